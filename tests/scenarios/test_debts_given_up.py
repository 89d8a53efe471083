"""Bad debts and small rests: what will not be paid leaves the receivables, and the books say why."""

from collections.abc import Iterator

import pytest

from orderwell.flows.give_up_debt import AdjustmentExists, MoreThanOwed, RecordBadDebt, RestTooLarge, WriteOffRest
from orderwell.kit.errors import Invalid
from orderwell.values.ids import show
from tests.support.shop import Shop


@pytest.fixture(autouse=True)
def proved(shop: Shop) -> Iterator[None]:
    """After each scenario the three laws hold."""
    yield
    shop.prove()


def invoiced(shop: Shop, *, price: str = "100.00", customer: str | None = None) -> str:
    """Ship one order; its invoice."""
    shop.sku(f"lamp{price}", price=price, stock=1)
    shop.ship(shop.order(customer=customer, **{f"lamp{price}": 1}))
    return show("invoice", shop.rows("SELECT MAX(id) FROM invoices WHERE kind = 'invoice'")[0][0])


def test_an_invoice_that_will_not_be_paid_becomes_a_bad_debt(shop: Shop) -> None:
    invoice = invoiced(shop)
    before = shop.journal()
    made = shop.do(RecordBadDebt(invoice=invoice, note="Bankrupt"))
    assert (made["amount"], made["open"]) == (10000, 0)
    assert shop.journal().removeprefix(before).strip() == "bad_debt: bad_debt <- receivable 100.00"
    assert shop.rows("SELECT DISTINCT open_minor FROM open_items") == [(0,)]
    with pytest.raises(Invalid, match="nothing to give up"):
        shop.do(RecordBadDebt(invoice=invoice))


def test_part_of_what_a_customer_owes_is_given_up_oldest_invoice_first(shop: Shop) -> None:
    shop.customer("anna")
    invoiced(shop, price="10.00", customer="anna")
    shop.days_pass(1)
    invoiced(shop, price="20.00", customer="anna")
    shop.do(RecordBadDebt(amount=1500, customer="anna"))
    opened = shop.rows("SELECT open_minor FROM open_items WHERE amount_minor > 0 ORDER BY id")
    assert opened == [(0,), (1500,)]
    with pytest.raises(MoreThanOwed, match=r"15\.01 was to be given up, 15\.00 is owed"):
        shop.do(RecordBadDebt(amount=1501, customer="anna"))


def test_a_debt_that_turns_up_after_all_is_owed_again(shop: Shop) -> None:
    shop.customer("anna")
    invoiced(shop, price="10.00", customer="anna")
    shop.do(RecordBadDebt(customer="anna"))
    shop.do(RecordBadDebt(amount=-400, customer="anna"))
    assert shop.journal(template="bad_debt") == "\n".join(
        ["bad_debt: bad_debt <- receivable 10.00", "bad_debt: receivable <- bad_debt 4.00"]
    )
    assert shop.balance("receivable") == 400


def test_the_debt_of_nobody_known_takes_any_amount_and_is_sent_once(shop: Shop) -> None:
    first = shop.do(RecordBadDebt(amount=-1106206, channel="web", reference="A563185"))
    assert first["customer"] is None
    with pytest.raises(AdjustmentExists) as refused:
        shop.do(RecordBadDebt(amount=-1106206, channel="web", reference="A563185"))
    assert refused.value.facts == {"adjustment": first["id"]}
    shop.do(RecordBadDebt(amount=1106206, channel="web", reference="A563186"))
    shop.do(RecordBadDebt(amount=1106206, channel="web", reference="A563187"))
    assert shop.balance("receivable") == -1106206
    assert shop.rows("SELECT SUM(open_minor) FROM open_items WHERE party_id IS NULL") == [(-1106206,)]


def test_a_small_rest_is_written_off_and_a_large_one_is_not(shop: Shop) -> None:
    small = invoiced(shop, price="5.00")
    large = invoiced(shop, price="5.01")
    made = shop.do(WriteOffRest(small))
    assert (made["amount"], made["open"]) == (500, 0)
    assert shop.journal(template="write_off") == "write_off: rounding <- receivable 5.00"
    with pytest.raises(RestTooLarge, match=r"5\.01 is open on INV-000002; up to 5\.00"):
        shop.do(WriteOffRest(large))
    assert shop.balance("rounding") == 500


def test_giving_up_needs_a_name_or_an_amount(shop: Shop) -> None:
    with pytest.raises(Invalid, match="send an amount, or name who owes one"):
        shop.do(RecordBadDebt())
    assert shop.balance("bad_debt") == 0
