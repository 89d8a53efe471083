"""The bank's statement comes in: what it pays beyond doubt is matched, and the rest by hand."""

from decimal import Decimal

import pytest

from orderwell.banking import queries
from orderwell.banking.actions import LineIgnored, LineMatched, MatchTakenBack, MoreThanTheLine, NotIgnored
from orderwell.flows.find_debts import candidates
from orderwell.flows.import_statement import ImportStatement, StatementRow
from orderwell.flows.keep_books import LockPeriod
from orderwell.flows.match_bank_line import (
    IgnoreBankLine,
    MatchBankLine,
    MatchTarget,
    NothingToMatch,
    TakeUpBankLine,
    UnmatchBankLine,
)
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.receive_payment import NotYetPlaced, ReceivePayment
from orderwell.kit.errors import Invalid
from orderwell.ledger.actions import PeriodLocked
from orderwell.values.ids import parse, show
from orderwell.worker import Worker
from tests.support.money import check_money
from tests.support.shop import Shop


@pytest.fixture
def lamps(shop: Shop) -> Shop:
    shop.sku("lamp", price="49.95", stock=50, cost=2000)
    shop.customer("hotel", kind="company", terms_days=30, name="Grand Hotel")
    return shop


def bring(shop: Shop, *rows: tuple[str, str], counterparty: str = "", account: str = "") -> list[str]:
    """Import lines of (amount, text) and let the worker match them; their ids."""
    asked = [
        StatementRow("2026-01-05", amount, text=text, counterparty=counterparty, counterparty_account=account)
        for amount, text in rows
    ]
    told = shop.do(ImportStatement(rows=asked))
    assert told["bad"] == []
    work(shop)
    number = parse("bank_statement", told["id"])
    found = shop.rows("SELECT id FROM bank_lines WHERE statement_id = :id ORDER BY id", id=number)
    return [show("bank_line", each) for (each,) in found]


def work(shop: Shop) -> None:
    worker = Worker(shop.app)
    worker.tick()
    worker.stop()


def invoice_of(shop: Shop, order: str) -> tuple[str, str]:
    """Id and printed number."""
    [(id_, number)] = shop.rows(
        "SELECT id, number FROM invoices WHERE order_id = :id AND kind = 'invoice'", id=parse("order", order)
    )
    return show("invoice", id_), f"INV-{number:06d}"


def states(shop: Shop) -> list[tuple[int, int, str]]:
    return [
        (int(amount), int(matched), ignored)
        for amount, matched, ignored in shop.rows(
            "SELECT amount_minor, matched_minor, ignored FROM bank_lines ORDER BY id"
        )
    ]


def open_items(shop: Shop) -> list[tuple[str, int]]:
    found = shop.rows("SELECT document, open_minor FROM open_items WHERE open_minor <> 0 ORDER BY id")
    return [(document, int(amount)) for document, amount in found]


def tasks(shop: Shop) -> list[str]:
    return [detail for (detail,) in shop.rows("SELECT detail FROM tasks WHERE status = 'open' ORDER BY id")]


def test_a_line_that_names_the_order_and_pays_it_exactly_is_matched(lamps: Shop) -> None:
    order = lamps.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], reference="WEB-17"))["id"]

    bring(lamps, ("49,95", "Bestelling WEB-17, bedankt"))

    assert states(lamps) == [(4_995, 4_995, "")]
    assert lamps.journal(template="payment") == "payment: bank <- receivable 49.95"
    assert open_items(lamps) == [("payment", -4_995)]
    assert lamps.rows("SELECT made_by, state FROM bank_matches") == [("rule", "standing")]
    assert lamps.rows("SELECT method, order_id, paid_on FROM payments") == [
        ("bank_transfer", parse("order", order), "2026-01-05")
    ]
    lamps.ship(order)
    assert (open_items(lamps), tasks(lamps)) == ([], [])
    lamps.prove()


def test_a_line_that_names_two_invoices_and_pays_both_is_matched_with_both(lamps: Shop) -> None:
    numbers = []
    for units in (1, 2):
        order = lamps.order(customer="hotel", lamp=units)
        lamps.ship(order)
        numbers.append(invoice_of(lamps, order)[1])

    bring(lamps, ("149.85", " en ".join(numbers)))

    assert open_items(lamps) == []
    assert lamps.journal(template="payment").splitlines() == [
        "payment: bank <- receivable 49.95",
        "payment: bank <- receivable 99.90",
    ]
    lamps.prove()


def test_what_is_not_beyond_doubt_is_a_task_with_candidates(lamps: Shop) -> None:
    order = lamps.order(customer="hotel", lamp=1)
    lamps.ship(order)
    invoice, number = invoice_of(lamps, order)

    [short, unknown, out] = bring(lamps, ("40.00", number), ("49.95", "hello"), ("-12.00", "rent"),
                                  counterparty="GRAND HOTEL")  # fmt: skip

    assert [each.split(": ")[1].split(".")[0] for each in tasks(lamps)] == [
        "the amount is not what is due of what it names",
        "it names no order or invoice",
        "it went out",
    ]
    assert lamps.journal(template="payment") == ""
    with lamps.app.database.reading() as connection:
        for name, reasons in (
            (short, ("the line names it", "the customer has this name")),
            (unknown, ("the same amount is open", "the customer has this name")),
        ):
            row = queries.line(connection, name)
            assert row is not None
            [found] = candidates(connection, row)
            assert (show("invoice", found.id), found.due_minor, found.reasons) == (invoice, 4_995, reasons)
    assert out


def test_read_twice_nothing_changes(lamps: Shop) -> None:
    lamps.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], reference="WEB-17"))
    content = "date,amount,text\n2026-01-05,49.95,WEB-17\n2026-01-05,5.00,two\n2026-01-05,5.00,two\nx,1.00,bad\n"
    first = lamps.do(ImportStatement("csv", content))
    work(lamps)
    before = lamps.rows("SELECT COUNT(*) FROM events"), states(lamps), lamps.journal()

    again = lamps.do(ImportStatement("csv", content))
    work(lamps)

    assert (first["added"], first["known"], again["added"], again["known"], again["id"]) == (3, 0, 0, 3, None)
    assert [each["line"] for each in first["bad"]] == [each["line"] for each in again["bad"]] == [5]
    assert (lamps.rows("SELECT COUNT(*) FROM events"), states(lamps), lamps.journal()) == before

    longer = lamps.do(ImportStatement("csv", content + "2026-01-05,5.00,two\n"))
    assert (longer["added"], longer["known"]) == (1, 3)


def test_by_hand_with_several_open_items_and_in_part(lamps: Shop) -> None:
    items = []
    for _ in range(2):
        lamps.ship(lamps.order(customer="hotel", lamp=1))
    for (id_,) in lamps.rows("SELECT id FROM open_items ORDER BY id"):
        items.append(show("open_item", id_))
    [line] = bring(lamps, ("60.00", "for the lamps"))

    told = lamps.do(MatchBankLine(line, [MatchTarget(open_item=items[0])]))

    assert (told["status"], told["matched"], told["left"]) == ("partly_matched", 4_995, 1_005)
    assert len(tasks(lamps)) == 1
    told = lamps.do(MatchBankLine(line, [MatchTarget(open_item=items[1])]))
    assert (told["status"], told["left"]) == ("matched", 0)
    assert open_items(lamps) == [("invoice", 3_990)]
    assert tasks(lamps) == []
    assert lamps.journal(template="payment").splitlines() == [
        "payment: bank <- receivable 49.95",
        "payment: bank <- receivable 10.05",
    ]
    check_money(lamps)
    lamps.prove()


def test_by_hand_too_much_stays_as_credit(lamps: Shop) -> None:
    order = lamps.order(customer="hotel", lamp=1)
    lamps.ship(order)
    [line] = bring(lamps, ("60.00", "for the lamps"))

    told = lamps.do(MatchBankLine(line, [MatchTarget(invoice=invoice_of(lamps, order)[0], amount=6_000)]))

    assert told["status"] == "matched"
    assert open_items(lamps) == [("payment", -1_005)]
    lamps.prove()


def test_on_account_of_a_customer_who_owes_nothing(lamps: Shop) -> None:
    [line] = bring(lamps, ("60.00", "in advance"))
    with pytest.raises(NothingToMatch):
        lamps.do(MatchBankLine(line, [MatchTarget(customer="hotel")]))
    lamps.do(MatchBankLine(line, [MatchTarget(customer="hotel", amount=6_000)]))
    assert open_items(lamps) == [("payment", -6_000)]


def test_taken_back_it_is_owed_again_and_the_line_can_be_matched_with_another(lamps: Shop) -> None:
    wrong, right = lamps.order(customer="hotel", lamp=1), lamps.order(lamp=1)
    lamps.ship(wrong)
    lamps.ship(right)
    [line] = bring(lamps, ("49.95", "lamp"))
    match = lamps.do(MatchBankLine(line, [MatchTarget(invoice=invoice_of(lamps, wrong)[0])]))["matches"][0]["id"]

    told = lamps.do(UnmatchBankLine(match, "another customer"))

    assert (told["status"], told["matches"][0]["state"]) == ("unmatched", "taken_back")
    assert open_items(lamps) == [("invoice", 4_995), ("refund", 4_995)]
    assert len(tasks(lamps)) == 1
    lamps.do(MatchBankLine(line, [MatchTarget(order=right)]))
    assert open_items(lamps) == [("refund", 4_995)]
    assert lamps.balance("bank") == 4_995
    assert "\n".join(each for each in lamps.journal().splitlines() if "bank" in each) == "\n".join(
        [
            "payment: bank <- receivable 49.95",
            "refund: receivable <- bank 49.95",
            "payment: bank <- receivable 49.95",
        ]
    )
    with pytest.raises(MatchTakenBack):
        lamps.do(UnmatchBankLine(match))
    check_money(lamps)
    lamps.prove()

    [again] = bring(lamps, ("49.95", wrong))  # what is owed again is due of the order that it was paid for
    assert open_items(lamps) == []
    assert again


def test_set_aside_with_a_reason_and_taken_up_again(lamps: Shop) -> None:
    order = lamps.order(lamp=1)
    [line] = bring(lamps, ("49.95", "payout"))
    told = lamps.do(IgnoreBankLine(line, "payout of the terminal"))
    assert (told["status"], told["ignored"], tasks(lamps)) == ("ignored", "payout of the terminal", [])
    with pytest.raises(LineIgnored):
        lamps.do(IgnoreBankLine(line, "again"))
    with pytest.raises(LineIgnored):
        lamps.do(MatchBankLine(line, [MatchTarget(order=order)]))
    assert lamps.do(TakeUpBankLine(line))["status"] == "unmatched"
    assert len(tasks(lamps)) == 1
    with pytest.raises(NotIgnored):
        lamps.do(TakeUpBankLine(line))
    lamps.do(MatchBankLine(line, [MatchTarget(order=order)]))
    with pytest.raises(LineMatched):
        lamps.do(IgnoreBankLine(line, "too late"))


def test_somebody_was_quicker_than_the_rule(lamps: Shop) -> None:
    order = lamps.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], reference="WEB-17"))["id"]
    lamps.do(ReceivePayment("bank_transfer", order=order))
    bring(lamps, ("49.95", "WEB-17"))
    assert tasks(lamps)[0].split(": ")[1].startswith("nothing is due of what it names")
    assert lamps.journal(template="payment") == "payment: bank <- receivable 49.95"


def test_a_day_that_is_closed_is_left_to_a_person(lamps: Shop) -> None:
    lamps.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], reference="WEB-17"))
    lamps.days_pass(3)
    lamps.do(LockPeriod("2026-01-06"))
    [line] = bring(lamps, ("49.95", "WEB-17"))
    assert "period_locked" in tasks(lamps)[0]
    order = show("order", int(lamps.rows("SELECT id FROM orders")[0][0]))
    with pytest.raises(PeriodLocked):
        lamps.do(MatchBankLine(line, [MatchTarget(order=order)]))
    assert lamps.do(MatchBankLine(line, [MatchTarget(order=order)], paid_on="2026-01-07"))["status"] == "matched"


def test_what_makes_no_sense_is_refused_and_leaves_no_trace(lamps: Shop) -> None:
    order = lamps.order(lamp=1)
    draft = lamps.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], draft=True))["id"]
    [line, out] = bring(lamps, ("49.95", "?"), ("-5.00", "rent"))
    for ask, refusal in (
        (MatchBankLine(line, [MatchTarget()]), Invalid),
        (MatchBankLine(line, [MatchTarget(order=order, customer="hotel")]), Invalid),
        (MatchBankLine(line, [MatchTarget(customer="nobody")]), Invalid),
        (MatchBankLine(line, [MatchTarget(open_item="itm_0000000000001")]), Invalid),
        (MatchBankLine(line, [MatchTarget(order=draft)]), NotYetPlaced),
        (MatchBankLine(line, [MatchTarget(order=order, amount=4_996)]), MoreThanTheLine),
        (MatchBankLine(line, [MatchTarget(order=order), MatchTarget(customer="hotel", amount=1)]), MoreThanTheLine),
        (MatchBankLine(line, [MatchTarget(order=order)], paid_on="2026-01-06"), Invalid),
        (MatchBankLine(out, [MatchTarget(order=order)]), Invalid),
        (ImportStatement(), Invalid),
        (ImportStatement("csv"), Invalid),
        (ImportStatement("csv", "date,amount\n", rows=[]), Invalid),
        (ImportStatement("camt053", "<a/>"), Invalid),
    ):
        with pytest.raises(refusal):
            lamps.do(ask)
    assert lamps.rows("SELECT COUNT(*) FROM payments") == [(0,)]
    assert states(lamps) == [(4_995, 0, ""), (-500, 0, "")]
