"""Reports: a small shop's week, and every figure beside the ledger, the documents and the shelves it comes from."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from orderwell.flows.apply_credit import ApplyCredit
from orderwell.flows.give_up_debt import RecordBadDebt
from orderwell.flows.issue_credit_note import CreditLine, IssueCreditNote, Trace
from orderwell.flows.ordered_units import UnitsAsk
from orderwell.kit.errors import Invalid
from orderwell.reports import REPORTS
from orderwell.reports.debts import bucket
from tests.support.shop import Shop


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    """Monday: anna buys 3 lamps and postage. Tuesday: ben 2 books at 9 % on the till; anna gives a lamp back.
    Wednesday: a guest buys a book, another waits for 4; a guest gets credit for nothing in particular."""
    shop = Shop(database_url)
    shop.customer("anna", terms_days=14, country="NL")
    shop.customer("ben", country="BE")
    shop.customer("carl")
    shop.sku("lamp", price="49.95", stock=10, cost=2000)
    shop.sku("book", price="10.90", stock=3, cost=333, tax_class="reduced", backorder="yes")
    shop.sku("post", price="4.95", kind="service", revenue="delivery")
    anna = shop.order(lamp=3, post=1, customer="anna")
    shop.ship(anna)
    shop.days_pass(1)
    shop.ship(shop.order(book=2, customer="ben", channel="till"))
    shop.do(IssueCreditNote([CreditLine("lamp", Decimal(1), traces=[Trace(anna, 1)])], restock="main"))
    shop.days_pass(1)
    guest = shop.order(book=5)
    shop.ship(guest, lines=[UnitsAsk(1, Decimal(1))])
    shop.do(IssueCreditNote([CreditLine("lamp", Decimal(2), Decimal("12.10"))], channel="web", reference="C-1"))
    yield shop
    shop.prove()
    shop.close()


def ask(shop: Shop, name: str, **parameters: Any) -> dict[str, Any]:
    with shop.app.database.reading() as connection:
        return REPORTS[name](connection, **parameters)


def pick(answer: dict[str, Any], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in answer["data"]]


def test_the_trial_balance_sums_to_zero_and_agrees_with_each_account(shop: Shop) -> None:
    found = ask(shop, "trial_balance")
    assert found["totals"]["balance"] == 0
    assert found["totals"]["debit"] == found["totals"]["credit"] == sum(amount for (amount,) in shop.rows(
        "SELECT amount_minor FROM journal"))  # fmt: skip
    for account, balance in pick(found, "account", "balance"):
        assert balance == shop.balance(account), account
    monday = {row["account"]: row["balance"] for row in ask(shop, "trial_balance", through="2026-01-05")["data"]}
    assert (monday["receivable"], monday["sales_returns"]) == (3 * 4995 + 495, 0)


def test_a_ledger_card_goes_from_balance_to_balance_page_by_page(shop: Shop) -> None:
    whole = ask(shop, "ledger_card", account="receivable")
    assert whole["balance_before"] == 0
    assert whole["balance_after"] == shop.balance("receivable") == whole["data"][-1]["balance"]
    tuesday = ask(shop, "ledger_card", account="receivable", **{"from": "2026-01-06", "to": "2026-01-06"})
    assert (tuesday["balance_before"], tuesday["balance_after"]) == (15480, 15480 + 2180 - 4995)
    assert {row["posted_on"] for row in tuesday["data"]} == {"2026-01-06"}

    paged, cursor, balance = [], None, 0
    while True:
        part = ask(shop, "ledger_card", account="receivable", limit=2, cursor=cursor)
        assert part["balance_before"] == balance
        paged += part["data"]
        balance, cursor = part["balance_after"], part["next_cursor"]
        if not part["has_more"]:
            break
    assert paged == whole["data"]


def test_the_vat_summary_agrees_with_the_account(shop: Shop) -> None:
    found = ask(shop, "vat_summary")
    assert pick(found, "rate", "tax") == [("9.00", 270), ("21.00", 2687 - 867 - 420)]
    assert found["totals"]["tax"] == found["totals"]["posted_tax"] == -shop.balance("vat_payable")
    assert found["totals"]["other_postings"] == 0
    tuesday = ask(shop, "vat_summary", **{"from": "2026-01-06", "to": "2026-01-06"})
    assert pick(tuesday, "rate", "invoiced_tax", "credited_tax") == [("9.00", 180, 0), ("21.00", 0, 867)]
    assert tuesday["totals"]["posted_tax"] == 180 - 867


REVENUE = ("sales", "sales_delivery", "sales_manual", "sales_voucher", "sales_other", "sales_returns")
BREAKDOWNS = ("day", "month", "channel", "product", "customer", "country")


def test_sales_however_broken_down_are_what_the_ledger_earned(shop: Shop) -> None:
    for by in BREAKDOWNS:
        found = ask(shop, f"sales_by_{by}")
        assert found["totals"]["net"] == -sum(shop.balance(account) for account in REVENUE), by
        assert found["totals"]["tax"] == -shop.balance("vat_payable"), by
        assert found["totals"]["gross"] == sum(row["gross"] for row in found["data"]), by
        nothing = ask(shop, f"sales_by_{by}", to="2026-01-04")
        assert (nothing["data"], nothing["totals"]["net"]) == ([], 0)


def test_sales_stand_where_they_belong(shop: Shop) -> None:
    assert pick(ask(shop, "sales_by_day"), "day", "invoices", "credit_notes", "gross") == [
        ("2026-01-05", 1, 0, 15480), ("2026-01-06", 1, 1, 2180 - 4995), ("2026-01-07", 1, 1, 1090 - 2420),
    ]  # fmt: skip
    assert pick(ask(shop, "sales_by_channel"), "channel", "gross") == [("till", 2180), ("web", 15480 - 4995 - 1330)]
    assert pick(ask(shop, "sales_by_customer"), "reference", "gross") == [
        ("anna", 10485), ("ben", 2180), (None, -1330),
    ]  # fmt: skip
    assert pick(ask(shop, "sales_by_country"), "country", "gross") == [("BE", 2180), ("NL", 10485 - 1330)]
    assert pick(ask(shop, "sales_by_product"), "sku", "sold", "credited", "quantity", "gross") == [
        ("lamp", "3", "3", "0", 14985 - 4995 - 2420), ("book", "3", "0", "3", 3270), ("post", "1", "0", "1", 495),
    ]  # fmt: skip
    first = ask(shop, "sales_by_product", limit=1)
    assert pick(first, "sku") == [("lamp",)]
    assert first["totals"] == ask(shop, "sales_by_product")["totals"]


def test_receivables_by_age_are_the_account_item_by_item(shop: Shop) -> None:
    now = ask(shop, "receivables")
    assert now["on"] == "2026-01-07"
    assert pick(now, "reference", "current", "1-30", "credit", "total") == [
        ("anna", 10485, 0, 0, 10485), ("ben", 0, 2180, 0, 2180), (None, 1090, 0, -2420, -1330),
    ]  # fmt: skip
    assert now["totals"]["total"] == shop.balance("receivable")
    later = ask(shop, "receivables", on="2026-04-19")
    assert pick(later, "reference", "61-90", "90+") == [("anna", 10485, 0), ("ben", 0, 2180), (None, 0, 1090)]


def test_receivables_of_a_day_gone_by_do_not_know_what_came_after(shop: Shop) -> None:
    before = ask(shop, "receivables", on="2026-01-07")["data"]
    shop.days_pass(1)
    shop.do(RecordBadDebt(customer="anna", amount=485))
    shop.do(IssueCreditNote([CreditLine("lamp", Decimal(1), Decimal(5))], customer="ben"))
    shop.do(ApplyCredit("ben"))
    assert ask(shop, "receivables", on="2026-01-07")["data"] == before
    for day in ("2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08"):
        ledger = {row["account"]: row["balance"] for row in ask(shop, "trial_balance", through=day)["data"]}
        assert ask(shop, "receivables", on=day)["totals"]["total"] == ledger["receivable"], day


@pytest.mark.parametrize(
    ("due", "word"),
    [("01-31", "current"), ("01-30", "1-30"), ("01-01", "1-30"), ("2025-12-31", "31-60"), ("2025-12-02", "31-60"),
     ("2025-12-01", "61-90"), ("2025-11-02", "61-90"), ("2025-11-01", "90+"), ("2026-03-01", "current")],
)  # fmt: skip
def test_each_day_overdue_has_its_bucket(due: str, word: str) -> None:
    assert bucket(due if len(due) == 10 else f"2026-{due}", "2026-01-31") == word


def test_the_value_of_stock_is_the_account(shop: Shop) -> None:
    found = ask(shop, "stock_value")
    assert pick(found, "sku", "location", "quantity", "value") == [("lamp", "main", "8", 16000)]
    assert found["totals"]["value"] == shop.balance("inventory") == 16000


def test_backorders_are_the_units_awaited_the_oldest_first(shop: Shop) -> None:
    shop.days_pass(2)
    second = shop.order(book=1, customer="ben", reference="B-2")
    found = ask(shop, "backorders")
    assert pick(found, "sku", "quantity", "days", "customer_name") == [
        ("book", "4", 2, None), ("book", "1", 0, "Ben"),
    ]  # fmt: skip
    assert found["data"][1]["order"] == second
    assert found["totals"] == {"orders": 2, "lines": 2}
    assert shop.stock_of("book")["awaited"] == 5


def test_a_customers_figures_equal_the_documents_behind_them(shop: Shop) -> None:
    found = ask(shop, "customer_figures")
    columns = ("reference", "orders", "ordered", "lifetime_value", "average_order", "last_order_on", "open_balance")
    assert pick(found, *columns) == [
        ("anna", 1, 15480, 10485, 15480, "2026-01-05", 10485),
        ("ben", 1, 2180, 2180, 2180, "2026-01-06", 2180),
        ("carl", 0, 0, 0, 0, None, 0),
    ]
    assert ask(shop, "customer_figures", customer="anna")["data"] == found["data"][:1]
    signed = "SUM(CASE WHEN kind = 'invoice' THEN gross_minor ELSE -gross_minor END)"
    documents = shop.rows(f"SELECT {signed} FROM invoices WHERE customer_id IS NOT NULL")
    assert documents == [(found["totals"]["lifetime_value"],)]
    owed = shop.rows("SELECT SUM(open_minor) FROM open_items WHERE party_id IS NOT NULL")
    assert owed == [(found["totals"]["open_balance"],)]


def test_what_a_report_does_not_know_is_refused_by_name(shop: Shop) -> None:
    for name, parameters, pointer in [
        ("trial_balance", {"until": "2026-01-01"}, "/until"),
        ("trial_balance", {"through": "yesterday"}, "/through"),
        ("ledger_card", {}, "/account"),
        ("ledger_card", {"account": "nothing"}, "/account"),
        ("ledger_card", {"account": "bank", "limit": "0"}, "/limit"),
        ("ledger_card", {"account": "bank", "cursor": "x"}, "/cursor"),
        ("customer_figures", {"customer": "nobody"}, "/customer"),
    ]:
        with pytest.raises(Invalid) as refused:
            ask(shop, name, **parameters)
        assert [problem.pointer for problem in refused.value.problems] == [pointer]


def test_every_report_says_what_it_answers(shop: Shop) -> None:
    for name, report in REPORTS.items():
        assert report.__doc__, name
        needed = {each: "cash" for each in report.required}
        answer = ask(shop, name, **needed)
        assert (answer["object"], answer["name"], answer["currency"]) == ("report", name, "EUR")
        assert isinstance(answer["data"], list)


@pytest.mark.parametrize("name", ["margin_by_month", "margin_by_channel", "margin_by_product"])
def test_the_margin_however_broken_down_is_what_the_ledger_earned(shop: Shop, name: str) -> None:
    found = ask(shop, name)
    earned = -sum(shop.balance(each) for each in ("sales", "sales_delivery", "sales_other", "sales_returns"))
    assert found["totals"]["net"] == earned
    assert found["totals"]["cost"] == shop.balance("cost_of_goods")
    assert found["totals"]["margin"] == earned - shop.balance("cost_of_goods")
    for each in ("net", "cost", "margin"):
        assert sum(row[each] for row in found["data"]) == found["totals"][each]


def test_the_margin_stands_where_it_was_earned(shop: Shop) -> None:
    """A lamp came back for its credit note; the two of the credit note of no order left no cost."""
    assert dict(pick(ask(shop, "margin_by_product"), "sku", "cost")) == {"book": 999, "post": 0, "lamp": 4000}
    channels = dict(pick(ask(shop, "margin_by_channel"), "channel", "cost"))
    assert channels["till"] == 2 * 333
    monday = ask(shop, "margin_by_product", **{"from": "2026-01-05", "to": "2026-01-05"})
    assert dict(pick(monday, "sku", "cost")) == {"lamp": 6000, "post": 0}


def test_sales_of_one_channel_are_its_row(shop: Shop) -> None:
    by_channel = {row["channel"]: row["net"] for row in ask(shop, "sales_by_channel")["data"]}
    for name in ("sales_by_day", "sales_by_month", "sales_by_country", "sales_by_customer", "sales_by_product"):
        for channel in ("web", "till"):
            assert ask(shop, name, channel=channel)["totals"]["net"] == by_channel[channel], (name, channel)
    with pytest.raises(Invalid, match="no channel"):
        ask(shop, "sales_by_day", channel="nowhere")
