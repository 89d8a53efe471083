"""A customer asks what is known of them, and to be forgotten; the law has a word in what is kept, and for how long."""

import json
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from orderwell.customers.actions import CustomerErased
from orderwell.flows.erase_customer import EraseCustomer, ErasePortalAccount, MoneyOwed, OrdersOpen, found_now
from orderwell.flows.import_statement import ImportStatement, StatementRow
from orderwell.flows.keep_customers import AddCustomer
from orderwell.flows.keep_portal import AddPortalAccount, RequestSignIn
from orderwell.flows.merge_customers import MergeCustomer
from orderwell.flows.place_order import AddressAsk, LineAsk, PlaceOrder
from orderwell.flows.receive_payment import ReceivePayment
from orderwell.kit.errors import Invalid
from orderwell.kit.tables import TABLES
from orderwell.kit.writer import Call
from orderwell.portal.store import PORTAL_ACCOUNTS
from orderwell.reports.personal_data import personal_data
from orderwell.schema import LOCK_ORDER
from orderwell.values.ids import parse, show
from orderwell.worker import Worker
from tests.support.shop import Shop

CANARIES = ("Canary", "canary@", "0612345678", "Canarystraat", "NL99CANARY")
ADDRESS = AddressAsk(
    "Canary ship", "Canarystraat 1", "1234AB", "Canaryville", "NL", email="canary@ship.example", phone="0612345678"
)
BILL = AddressAsk("Canary bill", "Canarystraat 2", "1234AB", "Canaryville", "NL", email="canary@bill.example")


@pytest.fixture
def canary(shop: Shop) -> Shop:
    """Somebody whose name is in everything that can hold one."""
    shop.sku("lamp", price="49.95", stock=50, cost=2000)
    ask = AddCustomer("Canary Jansen", reference="c1", email="canary@home.example", phone="0612345678", terms_days=14)
    call(shop, ask, "key-1")
    call(shop, AddPortalAccount("c1", "Canary Noor", "canary@portal.example"), "key-2")
    shop.do(RequestSignIn("canary@portal.example"))
    work(shop)
    return shop


def call(shop: Shop, ask: Any, key: str) -> None:
    """As a face does, so that the answer is kept for retries."""
    shop.app.writer.call(Call(ask, actor="test", request_id=f"req_{key}", key=key, input_hash=key)).value()


def work(shop: Shop) -> None:
    worker = Worker(shop.app)
    worker.tick()
    worker.stop()


def order(shop: Shop, customer: str = "c1", **more: Any) -> str:
    return str(shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], customer=customer, **more))["id"])


def erase(shop: Shop, customer: str = "c1") -> dict[str, Any]:
    with shop.app.database.reading() as connection:
        found = found_now(connection, customer, shop.clock.now())
    told = shop.do(EraseCustomer(customer, found))
    work(shop)
    return told


def left(shop: Shop) -> set[str]:
    """Every `table.column` in which a canary still is: all columns of text there are."""
    found = set()
    for name in LOCK_ORDER:
        for column in TABLES[name].c:
            if isinstance(column.type, sa.Text):
                like = " OR ".join(f"{column.name} LIKE '%{each}%'" for each in CANARIES)
                if shop.rows(f"SELECT 1 FROM {name} WHERE {like}"):
                    found.add(f"{name}.{column.name}")
    return found


def test_of_who_never_got_an_invoice_nothing_is_left(canary: Shop) -> None:
    assert {"customers.name", "portal_accounts.email", "messages.body", "idempotency.answer"} <= left(canary)

    told = erase(canary)

    assert (told["kept_through"], told["name_kept"]) == (None, False)
    assert left(canary) == set()
    assert canary.rows("SELECT reference, name, status FROM customers") == [("c1", "erased", "blocked")]
    assert canary.rows("SELECT status FROM portal_accounts") == [("disabled",)]
    with pytest.raises(CustomerErased):
        order(canary)
    canary.prove()


def test_what_invoices_have_to_say_is_kept_for_seven_years_and_then_goes_by_itself(canary: Shop) -> None:
    paid = order(canary, ship_to=ADDRESS, bill_to=BILL)
    canary.ship(paid)
    row = StatementRow("2026-01-05", "49.95", counterparty="Canary J", counterparty_account="NL99CANARY", text=paid)
    canary.do(ImportStatement(rows=[row]))
    work(canary)
    journal, before = canary.journal(), canary.rows("SELECT * FROM invoices")

    told = erase(canary)

    assert (told["addresses"], told["kept_addresses"], told["kept_through"]) == (2, 1, "2033-12-31")
    assert left(canary) == {
        "addresses.name", "addresses.street", "addresses.city", "bank_lines.counterparty",
        "bank_lines.counterparty_account",
    }  # fmt: skip
    assert canary.rows("SELECT name, email FROM addresses ORDER BY id") == [("erased", ""), ("Canary bill", "")]
    assert (canary.journal(), canary.rows("SELECT * FROM invoices")) == (journal, before)
    canary.prove()

    canary.days_pass(365 * 7 + 2 + 350)  # 2033-12-22
    work(canary)
    assert left(canary) != set()
    canary.days_pass(11)
    work(canary)
    work(canary)
    assert left(canary) == set()
    canary.prove()


def test_an_invoice_without_an_address_keeps_the_name(canary: Shop) -> None:
    paid = order(canary)
    canary.ship(paid)
    canary.do(ReceivePayment("bank_transfer", customer="c1"))
    assert erase(canary)["name_kept"]
    assert left(canary) == {"customers.name"}
    canary.prove()


def test_refused_by_name_while_orders_are_open_or_money_is_owed(canary: Shop) -> None:
    waiting = order(canary, reference="web-9")
    with pytest.raises(OrdersOpen, match="web-9"):
        erase(canary)
    canary.ship(waiting)
    with pytest.raises(MoneyOwed, match=r"49\.95 EUR"):
        erase(canary)
    canary.do(ReceivePayment("bank_transfer", 6_000, customer="c1"))
    with pytest.raises(MoneyOwed, match=r"-10\.05 EUR"):
        erase(canary)
    draft = order(canary, reference="draft-1", draft=True)
    with pytest.raises(OrdersOpen, match="draft-1"):
        erase(canary)
    canary.cancel(draft)
    assert "customers.name" in left(canary)
    with pytest.raises(Invalid):
        erase(canary, "nobody")


def test_who_was_merged_is_erased_with_the_one_that_is_kept(canary: Shop) -> None:
    canary.customer("c2", name="Canary Two", email="canary@two.example")
    canary.do(MergeCustomer("c2", "c1"))
    erase(canary, "c2")
    assert left(canary) == set()
    canary.prove()


def test_one_of_a_companys_people_is_erased_and_the_company_is_not(canary: Shop) -> None:
    [(number,)] = canary.rows(f"SELECT id FROM {PORTAL_ACCOUNTS.name}")
    canary.do(ErasePortalAccount(show("portal_account", number)))
    work(canary)
    assert left(canary) == {"customers.name", "customers.email", "customers.phone", "idempotency.answer"}
    canary.prove()


def test_all_that_is_known_is_told_and_nothing_of_anybody_else(canary: Shop) -> None:
    canary.customer("other", name="Somebody Else", email="else@example.com")
    canary.ship(order(canary, "other"))
    mine = order(canary, ship_to=ADDRESS, bill_to=BILL)
    canary.ship(mine)
    canary.do(ImportStatement(rows=[StatementRow("2026-01-05", "49.95", counterparty="Canary J", text=mine)]))
    work(canary)

    with canary.app.database.reading() as connection:
        told = personal_data(connection, "c1")

    text = json.dumps(told)
    for column in left(canary) - {"idempotency.answer"}:
        table, _, name = column.partition(".")
        for (value,) in canary.rows(f"SELECT {name} FROM {table} WHERE {name} LIKE '%anary%'"):
            assert json.dumps(value)[1:-1] in text, column
    assert "Else" not in text
    assert "hash" not in text
    assert [row["id"] for row in told["data"]["orders"]] == [parse("order", mine)]
    assert {name for name, rows in told["data"].items() if rows} >= {
        "customers", "addresses", "orders", "order_lines", "invoices", "invoice_lines", "payments", "bank_lines",
        "portal_accounts", "messages", "events",
    }  # fmt: skip


def test_of_an_order_that_is_collected_it_is_told_when_and_where(canary: Shop) -> None:
    place = canary.rows("SELECT id FROM locations WHERE code = 'main'")
    order(canary, collect_at="main")
    with canary.app.database.reading() as connection:
        told = personal_data(connection, "c1")["data"]["orders"][-1]
    assert (told["placed_at"], told["collect_at"]) == ("2026-01-05T08:00:00Z", place[0][0])
