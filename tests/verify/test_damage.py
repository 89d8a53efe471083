"""Every kind of damage that somebody with access to the database can do is found, and called by its name."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.import_statement import ImportStatement, StatementRow
from orderwell.flows.keep_access import AddPerson
from orderwell.flows.keep_bins import AddBin
from orderwell.flows.keep_catalog import AddLocation
from orderwell.flows.keep_customer_prices import SetCustomerPrice
from orderwell.flows.keep_delivery import KeepDeliveryMethod, ZoneAsk
from orderwell.flows.keep_drawer import CloseDrawer, KeepTill, OpenDrawer, PayOut
from orderwell.flows.keep_portal import AddPortalAccount, RedeemSignIn
from orderwell.flows.keep_webhooks import AddWebhookEndpoint
from orderwell.flows.make_pick_list import MakePickList
from orderwell.flows.match_bank_line import MatchBankLine, MatchTarget
from orderwell.flows.move_bins import PutAway, PutAwayLine
from orderwell.flows.ordered_units import UnitsAsk
from orderwell.flows.pick_from_list import PickFromList
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.receive_payment import ReceivePayment
from orderwell.flows.send_message import IssueSignInLink
from orderwell.flows.transfer_stock import TransferLineAsk, TransferStock
from orderwell.kit import feed
from orderwell.kit.database import Database
from orderwell.notifications.rules import new_secret
from orderwell.notifications.spread import spread
from orderwell.values.ids import show
from orderwell.verify.model import Report
from orderwell.verify.proof import verify
from tests.support.buying import buy, receive, supplier
from tests.support.shop import Shop
from tests.verify.vandal import Vandal, vandal

Copy = Callable[[], str]


@pytest.fixture(scope="module")
def copy(engine_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A fresh copy of a shop with some history behind it, as often as asked."""
    folder = tmp_path_factory.mktemp("damage")
    made: list[str] = []
    if engine_kind == "sqlite":
        url = f"sqlite:///{folder / 'shop.db'}"
        furnish(url)

        def copied() -> str:
            made.append(f"{folder / str(len(made))}.db")
            shutil.copy(folder / "shop.db", made[-1])
            return f"sqlite:///{made[-1]}"

        yield copied
        return
    server = request.getfixturevalue("postgres_server")
    url = server.create_database()
    furnish(url)

    def cloned() -> str:
        name = f"{url.rpartition('/')[2]}_{len(made)}"
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{url.rpartition("/")[2]}"')
        made.append(server.url(name))
        return made[-1]

    yield cloned
    for each in [*made, url]:
        server.drop_database(each)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def engine_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


def furnish(url: str) -> None:
    """Orders of every kind: shipped, partly shipped, awaited, drafted, waiting; two shelves, three invoices."""
    shop = Shop(url)
    shop.do(AddLocation("barn", "Barn", priority=1))
    shop.sku("lamp", price="49.95", stock=20, cost=2000)
    shop.sku("bulb", price="2.55", stock=100, cost=99, backorder="yes")
    shop.sku("postage", kind="service", price="4.95")
    shop.stock("lamp", 10, at="barn", cost=2100)
    shop.customer("jones", terms_days=30)
    shop.do(AddWebhookEndpoint("https://example.com/orders", new_secret(), types=["order.*"]))
    shop.do(AddWebhookEndpoint("https://example.com/all", new_secret()))
    shop.do(AddPortalAccount("jones", "J. Jones", "jones@example.com"))
    message = show("message", shop.rows("SELECT id FROM messages")[0][0])
    shop.do(IssueSignInLink(message, "a" * 64))
    shop.do(RedeemSignIn("a" * 64, "b" * 64))
    shop.do(SetCustomerPrice("jones", "bulb", Decimal("2.25"), from_quantity=Decimal(10)))
    shop.ship(shop.order(customer="jones", lamp=2, bulb=10, postage=1))
    shop.days_pass(1)
    shop.do(ImportStatement(rows=[StatementRow("2026-01-05", "10.00"), StatementRow("2026-01-05", "-5.00")]))
    [(line,)] = shop.rows("SELECT id FROM bank_lines WHERE amount_minor > 0")
    shop.do(MatchBankLine(show("bank_line", line), [MatchTarget(customer="jones", amount=1_000)]))
    part = shop.order(customer="jones", lamp=4)
    shop.ship(part, lines=[UnitsAsk(1, Decimal(1))])
    shop.ship(shop.order(channel="till", bulb=3))
    shop.order(lamp=3, bulb=5, reference="web-1")
    shop.order(bulb=200, reference="web-2")
    shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], draft=True))
    shop.do(AdjustStock("main", "lost", [AdjustLine("lamp", Decimal(-1))]))
    feed.catch_up(shop.app.database)
    shop.do(ReceivePayment("bank_transfer", 5000, customer="jones"))
    till = shop.order(channel="till", lamp=1)
    shop.do(AddPerson("Noor", "noor@example.com"))
    shop.do(KeepTill("front", "Front counter", "main"))
    drawer = shop.do(OpenDrawer("front", "noor@example.com", 10_000))["id"]
    shop.do(ReceivePayment("cash", order=till, till="front"))
    shop.do(PayOut("front", 300))
    shop.do(CloseDrawer(drawer, 14_690, deposited=4_000))
    supplier(shop, lamp="19.00")
    bought = buy(shop, lamp=30)
    receive(shop, bought, lamp=10)
    shop.do(TransferStock("barn", "main", [TransferLineAsk("lamp", Decimal(4))]))
    spread(shop.app.database, shop.clock, shop.app.ids.next)
    shop.do(AddBin("main", "A-1"))
    shop.do(PutAway("main", [PutAwayLine("lamp", Decimal(2), "A-1")]))
    made = shop.do(MakePickList("main", [shop.order(lamp=2)]))
    shop.do(PickFromList(made["id"], "lamp"))
    shop.do(KeepDeliveryMethod("van", "Van", "postage", [ZoneAsk("NL", Decimal(5), 1)]))
    shop.do(PlaceOrder("web", [LineAsk("bulb", Decimal(1))], delivery="van"))
    feed.catch_up(shop.app.database)
    shop.order(lamp=1)  # its event waits for a place in the feed
    shop.close()


def verified(url: str) -> Report:
    database = Database(url)
    report = verify(database)
    database.close()
    return report


def test_clean_data_gives_no_alarm(copy: Copy) -> None:
    report = verified(copy())
    assert report.breaks == []
    assert report.facts["orders"] == 10


AN_INVOICE = "(SELECT MIN(id) FROM invoices)"
A_PROMISED_LINE = "order_id = (SELECT MIN(order_id) FROM order_lines WHERE promised > 0) AND n = 1"
A_CAUSE = "(SELECT MAX(event_id) FROM journal)"

# code the damage must be found under, and what is done
DAMAGE: dict[str, tuple[str, ...]] = {
    # the bank
    "bank_line_differs": ("UPDATE bank_lines SET matched_minor = matched_minor - 1 WHERE matched_minor > 0",),
    "bank_match_differs": ("UPDATE bank_matches SET amount_minor = amount_minor + 1 WHERE state = 'standing'",),
    "payment_matched_twice": (
        "INSERT INTO bank_matches SELECT id + 1, line_id, payment_id, amount_minor, made_by, 'taken_back'"
        " FROM bank_matches WHERE state = 'standing'",
    ),
    # customers
    "merged_into_nobody": ("UPDATE customers SET merged_into_id = 7",),
    "portal_still_open": ("UPDATE portal_accounts SET status = 'disabled' WHERE status = 'active'",),
    "agreed_price_unseen": ("UPDATE customers SET prices = 'listed' WHERE prices = 'own'",),
    # units
    "units_differ": (
        f"UPDATE order_lines SET promised = promised + 1, quantity = quantity + 1 WHERE {A_PROMISED_LINE}",
    ),
    "quantity_differs": (f"UPDATE order_lines SET quantity = quantity + 1 WHERE {A_PROMISED_LINE}",),
    "units_do_not_sum": (f"UPDATE order_lines SET cancelled = cancelled + 1 WHERE {A_PROMISED_LINE}",),
    "unit_move_illegal": (
        "UPDATE unit_moves SET target = 'delivered' WHERE event_id = (SELECT MAX(event_id) FROM unit_moves) AND n = 0",
    ),
    "units_below_zero": (
        "UPDATE unit_moves SET source = 'picked' WHERE target = 'shipped' AND source = 'promised'"
        " AND event_id = (SELECT MIN(event_id) FROM unit_moves WHERE target = 'shipped')",
    ),
    "orphan_unit_move": ("UPDATE unit_moves SET line = 99 WHERE event_id = (SELECT MAX(event_id) FROM unit_moves)",),
    "orphan_order_line": ("DELETE FROM orders WHERE reference = 'web-1'",),
    "order_without_lines": (
        "DELETE FROM order_lines WHERE order_id = (SELECT id FROM orders WHERE reference = 'web-1')",
    ),
    "order_total_differs": (
        "UPDATE orders SET net_minor = net_minor - 1, tax_minor = tax_minor + 1 WHERE reference = 'web-1'",
    ),
    "allocation_differs": ("DELETE FROM allocations WHERE awaited > 0",),
    "allocation_of_other_sku": ("UPDATE allocations SET sku_id = sku_id + 1 WHERE promised > 0",),
    "packed_differs": ("UPDATE parcels SET status = 'packed'",),
    "parcel_of_other_order": ("UPDATE parcels SET order_id = (SELECT MAX(id) FROM orders)",),
    "status_differs": ("UPDATE orders SET status = 'cancelled' WHERE reference = 'web-2'",),
    "reference_twice": ("LOOSEN orders", "UPDATE orders SET reference = 'web-1' WHERE reference = 'web-2'"),
    # cash drawers
    "drawer_differs": ("UPDATE tills SET cash_minor = cash_minor + 1",),
    "session_differs": ("UPDATE drawer_sessions SET counted_minor = counted_minor + 1",),
    "drawer_not_posted": ("UPDATE drawer_moves SET amount_minor = amount_minor + 1 WHERE kind = 'payment'",),
    "orphan_drawer_moves": ("UPDATE drawer_moves SET session_id = 1 WHERE kind = 'payment'",),
    # stock
    "stock_differs": ("UPDATE stock SET on_hand = on_hand + 1 WHERE promised > 0",),
    "stock_below_zero": ("UPDATE stock_moves SET quantity = 500 WHERE reason = 'lost'",),
    "promised_differs": ("UPDATE stock SET promised = promised - 1 WHERE promised > 0",),
    "promised_twice": ("UPDATE stock SET promised = on_hand + 1 WHERE promised > 0",),
    "awaited_differs": ("UPDATE stock SET awaited = awaited + 7 WHERE awaited > 0",),
    "valuation_differs": ("UPDATE valuations SET value_minor = value_minor + 1",),
    "valuation_quantity_differs": ("UPDATE valuations SET quantity = quantity + 1",),
    "stock_move_malformed": ("UPDATE stock_moves SET cost_minor = -cost_minor WHERE reason = 'lost'",),
    "stock_value_not_posted": ("DELETE FROM journal WHERE template = 'stock_difference'",),
    "shipped_without_stock": ("DELETE FROM stock_moves WHERE reason = 'shipment'",),
    # bins
    "bin_stock_differs": ("UPDATE bin_stock SET quantity = quantity - 1",),
    "bin_below_zero": ("UPDATE bin_moves SET source_id = target_id, target_id = NULL",),
    "binned_differs": ("UPDATE stock SET binned = binned + 1 WHERE binned > 0",),
    "binned_too_much": ("UPDATE bin_stock SET quantity = 1000",),
    "bin_move_malformed": ("UPDATE bin_moves SET location_id = location_id + 1",),
    "orphan_bins": ("UPDATE bins SET location_id = 99",),
    "orphan_bin_stock": ("DELETE FROM bins",),
    "orphan_bin_moves": ("UPDATE bin_moves SET target_id = 99",),
    "pick_line_differs": ("UPDATE pick_lines SET picked = picked + 1",),
    "pick_line_out_of_bounds": ("UPDATE pick_lines SET short = asked",),
    "pick_list_status_differs": ("UPDATE pick_lists SET status = 'done'",),
    "orphan_pick_lines": ("DELETE FROM pick_lists",),
    "orphan_pick_moves": ("UPDATE pick_moves SET line = 99",),
    # delivery
    "orphan_delivery_zones": ("DELETE FROM delivery_methods",),
    "orphan_delivery_promises": ("UPDATE delivery_promises SET order_id = 99",),
    # money
    "trial_balance": ("UPDATE journal SET credit = 'nowhere' WHERE template = 'invoice'",),
    "posting_malformed": ("UPDATE journal SET amount_minor = -amount_minor WHERE template = 'cost_of_goods'",),
    "receivable_differs": ("DELETE FROM journal WHERE template = 'invoice' AND amount_minor > 1000",),
    "payable_differs": ("UPDATE open_items SET account = 'payable'",),
    "inventory_differs": ("UPDATE journal SET amount_minor = amount_minor + 1 WHERE template = 'opening_stock'",),
    "item_differs": ("UPDATE open_items SET open_minor = open_minor - 1",),
    "item_out_of_bounds": ("UPDATE open_items SET open_minor = amount_minor + 1",),
    "orphan_settlements": (f"INSERT INTO settlements VALUES ({A_CAUSE}, 99, 7, 8, 100)",),
    "settlement_mismatch": (f"INSERT INTO settlements SELECT {A_CAUSE}, 99, MAX(id), MIN(id), 100 FROM open_items",),
    # money that came in
    "payment_differs": ("UPDATE payments SET captured_minor = captured_minor - 1",),
    "refunded_too_much": ("UPDATE payment_moves SET kind = 'refund'",),
    "payment_not_posted": ("DELETE FROM journal WHERE template = 'payment'",),
    "fact_twice": (
        "INSERT INTO payment_moves SELECT id + 1, event_id, payment_id, kind, amount_minor, fact FROM payment_moves",
    ),
    "orphan_payment_moves": ("DELETE FROM payments",),
    # what is due
    "incoming_differs": ("UPDATE stock SET incoming = incoming + 1 WHERE incoming > 0",),
    "transit_differs": ("UPDATE transfer_lines SET received = received + 1",),
    "received_differs": ("UPDATE purchase_lines SET received = received - 1",),
    "received_too_much": ("UPDATE purchase_lines SET received = quantity + 1",),
    "goods_received_differs": ("UPDATE purchase_lines SET received_minor = received_minor + 100",),
    "orphan_receipt_lines": ("DELETE FROM receipts",),
    "orphan_purchase_lines": ("DELETE FROM purchase_orders",),
    "orphan_transfer_lines": ("DELETE FROM transfers",),
    # documents
    "number_gap": ("UPDATE invoices SET number = 9 WHERE number = 3",),
    "number_twice": ("LOOSEN invoices", "UPDATE invoices SET number = 2 WHERE number = 3"),
    "issue_date_back": ("UPDATE invoices SET issued_on = '2025-12-31' WHERE number = 2",),
    "counter_differs": ("UPDATE counters SET value = value + 1",),
    "invoice_total_differs": (
        f"UPDATE invoices SET net_minor = net_minor + 1, gross_minor = gross_minor + 1 WHERE id = {AN_INVOICE}",
    ),
    "invoice_without_lines": (f"DELETE FROM invoice_lines WHERE invoice_id = {AN_INVOICE}",),
    "invoice_not_posted": ("DELETE FROM journal WHERE template = 'invoice' AND debit = 'receivable'",),
    "tax_not_posted": ("UPDATE journal SET credit = 'sales' WHERE credit = 'vat_payable'",),
    "posting_without_document": (f"DELETE FROM invoices WHERE id = {AN_INVOICE}",),
    "invoice_item_differs": (f"DELETE FROM open_items WHERE document_id = {AN_INVOICE}",),
    "invoiced_differs": ("UPDATE order_lines SET invoiced = invoiced - 1 WHERE invoiced > 0",),
    "invoiced_too_much": ("UPDATE order_lines SET invoiced = quantity + 1 WHERE invoiced > 0",),
    "credited_too_much": (
        f"INSERT INTO credit_traces SELECT invoice_id, n, 5, 1, 99 FROM invoice_lines WHERE invoice_id = {AN_INVOICE}",
    ),
    "orphan_credit_traces": ("INSERT INTO credit_traces VALUES (1, 1, 1, 1, 1)",),
    # history
    "digest_differs": (f"UPDATE invoice_lines SET description = 'Something else' WHERE invoice_id = {AN_INVOICE}",),
    "digest_missing": (f"UPDATE events SET digest = NULL WHERE id = {A_CAUSE}",),
    "cause_missing": (f"DELETE FROM events WHERE cause = {A_CAUSE}",),
    "feed_gap": ("DELETE FROM feed WHERE position = 5",),
    "feed_event_missing": ("DELETE FROM events WHERE id = (SELECT event_id FROM feed WHERE position = 5)",),
    "feed_chain_broken": (
        "UPDATE events SET actor = 'nobody' WHERE id = (SELECT event_id FROM feed WHERE position = 5)",
    ),
    "feed_tip_differs": ("DELETE FROM feed WHERE position = (SELECT MAX(position) FROM feed)",),
    "event_lost": ("DELETE FROM events_fresh",),
    "event_waits_twice": ("INSERT INTO events_fresh SELECT event_id, event_id FROM feed WHERE position = 5",),
    "fresh_event_missing": ("INSERT INTO events_fresh VALUES (42, 42)",),
    # what others are told
    "delivery_missing": ("DELETE FROM jobs WHERE id = (SELECT MAX(id) FROM jobs WHERE kind = 'webhook.deliver')",),
    "endpoint_without_secret": (
        "DELETE FROM webhook_secrets WHERE endpoint_id = (SELECT MIN(id) FROM webhook_endpoints)",
    ),
    "progress_beyond_feed": ("UPDATE webhook_progress SET position = position + 5",),
    "delivery_of_nothing": (
        "UPDATE jobs SET subject_id = 42 WHERE id = (SELECT MAX(id) FROM jobs WHERE kind = 'webhook.deliver')",
    ),
    "job_malformed": ("UPDATE jobs SET status = 'done'",),
    "orphan_webhook_progress": ("DELETE FROM webhook_endpoints",),
    "orphan_webhook_secrets": ("DELETE FROM webhook_endpoints",),
    # rows as such
    "orphan_allocations": ("UPDATE allocations SET line = 77 WHERE awaited > 0",),
    "orphan_parcels": ("UPDATE parcels SET location_id = 99",),
    "orphan_parcel_lines": ("DELETE FROM parcels",),
    "orphan_invoice_lines": (f"DELETE FROM invoices WHERE id = {AN_INVOICE}",),
    "orphan_journal": ("UPDATE journal SET debit = 'nowhere' WHERE template = 'cost_of_goods'",),
    "orphan_stock": ("UPDATE stock SET location_id = 99 WHERE awaited > 0",),
    "orphan_stock_moves": ("UPDATE stock_moves SET target_id = 99 WHERE reason = 'lost'",),
    "orphan_valuations": ("UPDATE valuations SET sku_id = 99 WHERE sku_id = (SELECT MIN(sku_id) FROM valuations)",),
    "orphan_order_lines": ("UPDATE order_lines SET sku_id = 99 WHERE kind = 'service'",),
    "orphan_orders": ("UPDATE orders SET customer_id = 99 WHERE customer_id IS NOT NULL",),
    "orphan_invoices": ("UPDATE invoices SET customer_id = 99 WHERE customer_id IS NOT NULL",),
    "orphan_open_items": ("UPDATE open_items SET order_id = 99 WHERE order_id IS NOT NULL",),
    "orphan_prices": ("DELETE FROM skus WHERE kind = 'service'",),
}


def test_a_delivery_nobody_makes_is_missed_by_who_wants_it_and_by_nobody_else(copy: Copy) -> None:
    """Of two endpoints one wants orders only: without any job, it misses only those."""
    url = copy()
    with vandal(url) as hand:
        hand.run("DELETE FROM jobs")
    database = Database(url)
    with database.reading() as connection:
        asked = "SELECT COUNT(*), COUNT(CASE WHEN type LIKE 'order.%' THEN 1 END) FROM events e JOIN feed f"
        asked += " ON f.event_id = e.id WHERE f.position > (SELECT MIN(position) FROM feed g JOIN events a"
        asked += " ON a.id = g.event_id WHERE a.type = 'webhook_endpoint.added')"
        every, orders = connection.execute(sa.text(asked)).one()
    database.close()
    assert verified(url).counts == {"delivery_missing": every - 1 + orders}  # the second hears nothing of its adding


@pytest.mark.parametrize("code", DAMAGE)
def test_damage_is_found_and_named(copy: Copy, code: str) -> None:
    url = copy()
    with vandal(url) as hand:
        for statement in DAMAGE[code]:
            do(hand, statement)
    report = verified(url)
    assert code in report.codes, report.counts
    assert all(each.sentence and each.where for each in report.breaks)


def do(hand: Vandal, statement: str) -> None:
    if statement.startswith("LOOSEN "):
        hand.loosen(statement.removeprefix("LOOSEN "))
    else:
        hand.run(statement)


def test_history_without_its_guards_is_found(copy: Copy) -> None:
    url = copy()
    with vandal(url) as hand:
        if not hand.sqlite:
            hand.run("DROP TRIGGER guard_journal_update ON journal")
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        connection.execute("DROP TRIGGER guard_journal_update")
        connection.close()
    report = verified(url)
    where = report.breaks[0].where
    assert (report.counts, where) == ({"guard_missing": 1}, "trigger guard_journal_update")


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True, scope="module")
@pytest.mark.parametrize(
    ("code", "statement"),
    [
        ("wrong_type", "UPDATE journal SET amount_minor = 'a lot' WHERE template = 'invoice'"),
        ("constraint_broken", f"UPDATE order_lines SET quantity = quantity + 1 WHERE {A_PROMISED_LINE}"),
    ],
)
def test_what_only_sqlite_would_keep_is_found(copy: Copy, code: str, statement: str) -> None:
    url = copy()
    with vandal(url) as hand:
        hand.run(statement)
    assert code in verified(url).codes


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True, scope="module")
def test_a_damaged_file_is_found(copy: Copy) -> None:
    url = copy()
    path = Path(url.removeprefix("sqlite:///"))
    with sqlite3.connect(path) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'order_lines'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * size + 3)
        file.write(b"\xff\xff")
    assert verified(url).codes == {"file_damaged"}
