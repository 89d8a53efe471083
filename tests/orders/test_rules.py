"""What orders amount to and which ways they may go: the worked money cases, and sums that always come out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwell.kit.errors import Invalid
from orderwell.orders.model import MOVES, NEXT, PLACES, Line
from orderwell.orders.rules import (
    Discount,
    IllegalMove,
    Priced,
    amounts,
    cancel_part,
    cancelled_invoiced,
    check_move,
    check_status,
    credit_part,
    due_on_invoice,
    fulfilment_status,
    invoice_part,
    left_to_invoice,
    not_invoiced,
    payment_status,
)


def line(quantity: int = 1, *, net: int = 1000, tax: int = 210, **places: int) -> Line:
    """A line whose units are open unless told otherwise; `invoiced` and `credited` may be given too."""
    counted = {name: places.pop(name, 0) for name in ("invoiced", "credited")}
    units = dict.fromkeys(PLACES, 0) | places
    units["open"] += quantity - sum(units.values())
    return Line(
        order_id=1, n=1, sku_id=1, kind="stocked", description="Lamp", quantity=quantity, unit_decimals=0,
        price_e4=100_000, discount_minor=0, net_minor=net, tax_minor=tax, rate_bp=2100, revenue="goods",
        **counted, **units,
    )  # fmt: skip


def priced(quantity: int, price_e4: int, rate_bp: int, discount: Discount | None = None) -> Priced:
    return Priced(quantity, 0, price_e4, rate_bp, discount or Discount())


def test_no_order_amounts_to_more_than_can_be_written_down() -> None:
    dearest = Priced(10**12, 3, 10**14, 0, Discount(percent=Decimal(100)))
    for lines in ([priced(10**9, 10**14, 2100)], [dearest], [priced(1, 10**14, 0)] * 1001):
        with pytest.raises(Invalid, match="more than can be written down"):
            amounts(lines, basis="net", currency="EUR")
    assert amounts([priced(1, 10**14, 0)] * 1000, basis="net", currency="EUR").lines[0].net_minor == 10**12


# -- the worked cases of money


def test_money_1_two_at_379_gross() -> None:
    total = amounts([priced(1, 3_790_000, 2100), priced(1, 3_790_000, 2100)], basis="gross", currency="EUR")
    assert sum(each.net_minor for each in total.lines) == 626_45
    assert sum(each.tax_minor for each in total.lines) == 131_55
    assert [each.net_minor for each in total.lines] in ([313_22, 313_23], [313_23, 313_22])
    (one,) = amounts([priced(2, 3_790_000, 2100)], basis="gross", currency="EUR").lines
    assert (one.net_minor, one.tax_minor) == (626_45, 131_55)


def test_money_2_gross_lines_at_five_percent() -> None:
    total = amounts([priced(1, 900_000, 500), priced(1, 550_000, 500)], basis="gross", currency="EUR").lines
    assert sum(each.net_minor for each in total) == 138_10
    assert sum(each.tax_minor for each in total) == 6_90


def test_money_3_tax_on_the_line_not_on_the_unit() -> None:
    (one,) = amounts([priced(10, 101_000, 2300)], basis="net", currency="EUR").lines
    assert (one.net_minor, one.tax_minor) == (101_00, 23_23)


@pytest.mark.parametrize(("price_e4", "tax"), [(459_500, 4_60), (459_400, 4_59)])
def test_money_4_halves_round_away_from_zero(price_e4: int, tax: int) -> None:
    assert amounts([priced(1, price_e4, 1000)], basis="net", currency="EUR").lines[0].tax_minor == tax


def test_money_5_line_discounts_round_line_by_line_and_an_order_discount_is_shared_out() -> None:
    prices = [10_600, 20_600, 30_600, 40_600]
    ten = Discount(percent=Decimal(10))
    by_line = amounts([priced(1, price, 0, ten) for price in prices], basis="net", currency="EUR")
    assert [each.discount_minor for each in by_line.lines] == [11, 21, 31, 41]
    by_order = amounts([priced(1, price, 0) for price in prices], basis="net", currency="EUR", discount=ten)
    assert by_order.discount_minor == 102
    assert sum(each.net_minor for each in by_order.lines) == 10_24 - 1_02
    assert [each.net_minor for each in by_order.lines] == [106 - 11, 206 - 21, 306 - 30, 406 - 40]


@pytest.mark.parametrize(
    ("lines", "discount", "codes"),
    [
        ([priced(1, 10_000, 0, Discount(minor=101))], Discount(), ["/lines/0/discount"]),
        ([priced(1, 10_000, 0)], Discount(minor=101), ["/discount"]),
        (
            [priced(1, 10_000, 0, Discount(minor=101)), priced(1, 0, 0, Discount(minor=1))],
            Discount(minor=10_000),
            ["/lines/0/discount", "/lines/1/discount"],
        ),
    ],
)
def test_a_discount_is_never_more_than_what_it_is_taken_from(
    lines: list[Priced], discount: Discount, codes: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        amounts(lines, basis="gross", currency="EUR", discount=discount)
    assert [problem.pointer for problem in refused.value.problems] == codes


@pytest.mark.parametrize(
    ("currency", "unit_decimals", "quantity", "price_e4", "net"),
    [
        ("EUR", 3, 1_250, 20_000, 250),
        ("JPY", 0, 3, 1_000_000, 300),
        ("TND", 0, 1, 12_345, 1_235),
        ("EUR", 0, 3, 25, 1),
    ],
)
def test_weights_currencies_without_cents_and_prices_below_a_cent(
    currency: str, unit_decimals: int, quantity: int, price_e4: int, net: int
) -> None:
    (one,) = amounts([Priced(quantity, unit_decimals, price_e4, 0)], basis="net", currency=currency).lines
    assert one.net_minor == net


LINES = st.lists(
    st.builds(priced, st.integers(1, 50), st.integers(0, 5_000_000), st.sampled_from([0, 500, 900, 2100])),
    min_size=1, max_size=8,
)  # fmt: skip
DISCOUNTS = st.one_of(
    st.just(Discount()), st.builds(lambda n: Discount(percent=Decimal(n)), st.integers(1, 100))
)  # fmt: skip


@given(LINES, DISCOUNTS, st.sampled_from(["net", "gross"]))
def test_lines_and_totals_agree_to_the_cent(lines: list[Priced], discount: Discount, basis: str) -> None:
    total = amounts(lines, basis=basis, currency="EUR", discount=discount)
    before = amounts(lines, basis=basis, currency="EUR")
    whole = sum(each.net_minor + (each.tax_minor if basis == "gross" else 0) for each in before.lines)
    left = sum(each.net_minor + (each.tax_minor if basis == "gross" else 0) for each in total.lines)
    assert left == whole - total.discount_minor
    assert all(each.net_minor >= 0 <= each.tax_minor for each in total.lines)
    for rate in {each.rate_bp for each in lines}:  # tax is right on the sum of each rate, as the invoice states it
        net = sum(each.net_minor for each, of in zip(total.lines, lines, strict=True) if of.rate_bp == rate)
        tax = sum(each.tax_minor for each, of in zip(total.lines, lines, strict=True) if of.rate_bp == rate)
        base, divisor = (net, 10_000) if basis == "net" else (net + tax, 10_000 + rate)
        assert abs(2 * (tax * divisor - base * rate)) <= divisor


# -- parts of a line

bases = st.sampled_from(["net", "gross"])


@given(
    st.integers(0, 50_000), st.sampled_from([0, 900, 2100]), st.lists(st.integers(1, 9), min_size=1, max_size=6), bases
)
def test_a_part_is_billed_at_the_price_that_was_agreed(price: int, rate: int, parts: list[int], basis: str) -> None:
    """Cents a unit, in the basis of the order: so many units of it are so many times that, in every invoice."""
    total = amounts([priced(sum(parts), price * 100, rate)], basis=basis, currency="EUR").lines[0]
    now = line(sum(parts), net=total.net_minor, tax=total.tax_minor)
    for part in parts:
        net, tax = invoice_part(now, part, basis=basis)
        assert (net if basis == "net" else net + tax) == part * price
        assert net >= 0 <= tax
        now = now._replace(invoiced=now.invoiced + part)


def test_two_of_four_loaves_at_255_are_510() -> None:
    total = amounts([priced(4, 25_500, 2100)], basis="gross", currency="EUR").lines[0]
    now = line(4, net=total.net_minor, tax=total.tax_minor)
    assert sum(invoice_part(now, 1, basis="gross")) == 255
    assert sum(invoice_part(now, 2, basis="gross")) == 510
    assert sum(invoice_part(now, 3, basis="gross")) == 765


@given(
    st.integers(0, 100_000), st.integers(0, 20_000), st.lists(st.integers(1, 9), min_size=1, max_size=6), bases
)  # fmt: skip
def test_parts_invoiced_one_after_the_other_sum_to_the_line(net: int, tax: int, parts: list[int], basis: str) -> None:
    now = line(sum(parts), net=net, tax=tax)
    sums = [0, 0]
    for part in parts:
        amount = invoice_part(now, part, basis=basis)
        assert min(amount) >= 0
        sums = [sums[0] + amount[0], sums[1] + amount[1]]
        now = now._replace(invoiced=now.invoiced + part)
        assert not_invoiced([now], basis=basis) == net + tax - sum(sums)
    assert sums == [net, tax]


@given(st.integers(0, 9_999), st.integers(0, 2_000), st.integers(1, 12), bases, st.data())
def test_invoices_cancellations_and_credits_in_any_order_sum_to_what_is_left(
    net: int, tax: int, quantity: int, basis: str, data: st.DataObject
) -> None:
    """Whatever happens to a line: the order is worth its units that are not cancelled, invoices less the credits of
    cancelled units never exceed that, and when all of it is billed and came back nothing is left."""
    now = line(quantity, net=net, tax=tax)
    worth, billed, credited = net + tax, 0, 0
    for _ in range(data.draw(st.integers(0, 8))):
        units = data.draw(st.integers(1, quantity))
        step = data.draw(st.sampled_from(["invoice", "cancel", "credit"]))
        if step == "invoice" and units <= left_to_invoice(now):
            billed += sum(invoice_part(now, units, basis=basis))
            now = now._replace(invoiced=now.invoiced + units)
        elif step == "cancel" and units <= now.quantity - now.cancelled - (now.credited - cancelled_invoiced(now)):
            free = min(units, left_to_invoice(now))
            worth -= sum(cancel_part(now, units, basis=basis))
            rest = now._replace(cancelled=now.cancelled + free)
            if units > free:
                credited += sum(cancel_part(rest, units - free, basis=basis))
            now = now._replace(cancelled=now.cancelled + units, credited=now.credited + units - free)
        elif step == "credit" and units <= now.invoiced - now.credited:
            credited += sum(credit_part(now, units, basis=basis))
            now = now._replace(credited=now.credited + units)
    rest = left_to_invoice(now)
    if rest:
        billed += sum(invoice_part(now, rest, basis=basis))
        now = now._replace(invoiced=now.invoiced + rest)
    assert not_invoiced([now], basis=basis) == 0
    kept = now.invoiced - now.credited
    if kept:
        credited += sum(credit_part(now, kept, basis=basis))
    assert billed == credited
    assert 0 <= worth <= net + tax


@given(st.integers(0, 99_999), st.integers(1, 9), bases, st.data())
def test_what_is_cancelled_unit_by_unit_is_worth_as_much_as_at_once(
    net: int, quantity: int, basis: str, data: st.DataObject
) -> None:
    now = line(quantity, net=net)
    units = data.draw(st.integers(1, quantity))
    at_once = cancel_part(now, units, basis=basis)
    sums = [0, 0]
    for _ in range(units):
        part = cancel_part(now, 1, basis=basis)
        sums = [sums[0] + part[0], sums[1] + part[1]]
        now = now._replace(cancelled=now.cancelled + 1)
    assert tuple(sums) == at_once


@pytest.mark.parametrize(
    ("places", "left", "due", "credited_late"),
    [
        ({}, 5, 0, 0),
        ({"shipped": 2}, 5, 2, 0),
        ({"shipped": 2, "invoiced": 2}, 3, 0, 0),
        ({"delivered": 1, "returned": 1, "shipped": 1, "invoiced": 2}, 3, 1, 0),
        ({"promised": 2, "invoiced": 2}, 3, 0, 0),
        ({"cancelled": 3, "invoiced": 2}, 0, 0, 0),
        ({"cancelled": 4, "invoiced": 5}, 0, 0, 4),
    ],
)
def test_units_to_invoice(places: dict[str, int], left: int, due: int, credited_late: int) -> None:
    now = line(5, **places)
    assert (left_to_invoice(now), due_on_invoice(now), cancelled_invoiced(now)) == (left, due, credited_late)


# -- words and moves


@pytest.mark.parametrize(
    ("status", "lines", "word"),
    [
        ("draft", [line(2)], "draft"),
        ("placed", [line(2)], "open"),
        ("placed", [line(2, promised=2)], "ready"),
        ("placed", [line(2, promised=1, picked=1)], "picked"),
        ("placed", [line(3, promised=1, picked=1, packed=1)], "packed"),
        ("placed", [line(3, promised=1, awaited=1, packed=1)], "backordered"),
        ("placed", [line(3, shipped=1, awaited=2)], "partly_shipped"),
        ("placed", [line(2, delivered=1, promised=1)], "partly_shipped"),
        ("placed", [line(2, shipped=2), line(1, cancelled=1)], "shipped"),
        ("placed", [line(2, delivered=1, shipped=1)], "shipped"),
        ("placed", [line(2, delivered=2)], "delivered"),
        ("placed", [line(2, delivered=1, returned=1)], "delivered"),
        ("placed", [line(2, returned=2)], "returned"),
        ("placed", [line(2, returned=1, cancelled=1)], "returned"),
        ("cancelled", [line(2, cancelled=2)], "cancelled"),
    ],
)
def test_the_word_for_where_the_units_are(status: str, lines: list[Line], word: str) -> None:
    assert fulfilment_status(status, lines) == word


@pytest.mark.parametrize(
    ("due", "captured", "refunded", "authorised", "word"),
    [
        (1000, 0, 0, 0, "unpaid"),
        (1000, 0, 0, 999, "unpaid"),
        (1000, 0, 0, 1000, "authorised"),
        (600, 400, 0, 0, "partly_paid"),
        (600, 400, 0, 600, "partly_paid"),
        (0, 1000, 0, 0, "paid"),
        (-1, 1001, 0, 0, "overpaid"),
        (0, 1000, 400, 0, "partly_refunded"),
        (0, 1000, 1000, 0, "refunded"),
        (0, 0, 0, 0, "settled"),
    ],
)
def test_the_word_for_what_is_paid(due: int, captured: int, refunded: int, authorised: int, word: str) -> None:
    told = payment_status(due_minor=due, captured_minor=captured, refunded_minor=refunded, authorised_minor=authorised)
    assert told == word


@pytest.mark.parametrize("source", MOVES)
def test_every_move_of_units_is_allowed_or_refused_by_name(source: str) -> None:
    for target in PLACES:
        if target in MOVES[source]:
            check_move(source, target)
        else:
            with pytest.raises(IllegalMove, match=f"{source} cannot become {target}") as refused:
                check_move(source, target)
            assert refused.value.facts["allowed"] == sorted(MOVES[source])


@pytest.mark.parametrize("now", NEXT)
def test_every_status_leads_where_the_table_says(now: str) -> None:
    for target in NEXT:
        if target in NEXT[now]:
            check_status(now, target)
        else:
            with pytest.raises(IllegalMove):
                check_status(now, target)


def test_what_has_left_never_becomes_cancelled_and_nothing_becomes_new() -> None:
    gone = ("shipped", "delivered", "returned")
    assert not any("cancelled" in MOVES[place] for place in gone)
    assert not any("new" in targets for targets in MOVES.values())
    assert {target for targets in MOVES.values() for target in targets} == set(PLACES)
