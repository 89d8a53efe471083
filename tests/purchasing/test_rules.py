"""How much to order, from whom, what receipts cost, what invoices are for: cases, and what always holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwell.kit.errors import Conflict, Invalid
from orderwell.ledger.templates import goods_sent_back, supplier_invoice
from orderwell.purchasing.model import PurchaseLine, SupplierSku
from orderwell.purchasing.rules import (
    MoreThanOrdered,
    Position,
    best_terms,
    check_cost,
    cost_of_receipt,
    cost_sent_back,
    goods_matched,
    purchase_status,
    quantity_to_propose,
    spread,
    to_match,
    whole_lots,
)
from orderwell.values.money import line_amount


def line(n: int = 1, quantity: int = 10, *, sku: int = 1, cost_e4: int = 40000, **more: int) -> PurchaseLine:
    return PurchaseLine(1, n, sku, 1, quantity, 0, cost_e4, 0, 0, 0, 0, 0)._replace(**more)


@pytest.mark.parametrize(
    ("position", "point", "target", "lot", "minimum", "wanted"),
    [
        (Position(0, 3, 0), -5, 5, 1, 0, 0),  # S19
        (Position(0, 3, 0), 0, 10, 1, 0, 13),
        (Position(0, 3, 0), 5, 15, 1, 0, 18),
        (Position(0, 3, 0, proposed=13), 0, 10, 1, 0, 0),
        (Position(0, 3, 0, proposed=2), 0, 10, 1, 0, 13),  # not enough any more: raised to the whole of it
        (Position(0, 3, 13), 0, 10, 1, 0, 0),
        (Position(5, 0, 0), 5, 20, 1, 0, 0),  # at the point is not below it
        (Position(4, 0, 0), 5, 20, 6, 0, 18),
        (Position(4, 0, 0), 5, 5, 1, 0, 1),
        (Position(4, 0, 0), 5, 5, 1, 12, 12),
        (Position(4, 0, 0), 5, 5, 5, 12, 15),
    ],
)
def test_what_is_missing_is_proposed(
    position: Position, point: int, target: int, lot: int, minimum: int, wanted: int
) -> None:
    assert quantity_to_propose(position, point=point, target=target, lot=lot, minimum=minimum) == wanted


units = st.integers(0, 10_000)


@given(units, units, units, st.integers(-500, 500), units, st.integers(1, 144), units)
def test_a_second_run_never_adds_to_the_first(
    available: int, awaited: int, incoming: int, point: int, above: int, lot: int, minimum: int
) -> None:
    def run(proposed: int, incoming: int = incoming) -> int:
        position = Position(available, awaited, incoming, proposed)
        return quantity_to_propose(position, point=point, target=point + above, lot=lot, minimum=minimum)

    wanted = run(0)
    assert wanted % lot == 0
    assert run(wanted) == 0  # while it is proposed
    assert run(0, incoming + wanted) == 0  # and once it is ordered
    if wanted:
        assert available - awaited + incoming + wanted >= point + above


@given(units, st.integers(1, 144), units)
def test_whole_lots_are_the_least_that_is_enough(quantity: int, lot: int, minimum: int) -> None:
    found = whole_lots(quantity, lot=lot, minimum=minimum)
    assert found % lot == 0
    assert 0 <= found - max(quantity, minimum) < lot


def test_the_cheapest_sells_to_us_then_the_quickest_unless_one_is_named() -> None:
    terms = [SupplierSku(n, 1, cost, 1, 0, "") for n, cost in ((1, 500), (2, 400), (3, 400), (4, 400))]
    lead = {1: 1, 2: 9, 3: 5, 4: 5}
    assert best_terms(terms, lead) == terms[2]
    assert best_terms(terms, lead, supplier_id=1) == terms[0]
    assert best_terms(terms, lead, supplier_id=9) is None
    assert best_terms([], {}) is None


@pytest.mark.parametrize(
    ("received", "cancelled", "word"),
    [(0, 0, "ordered"), (4, 0, "partly_received"), (4, 6, "received"), (10, 0, "received"), (0, 10, "cancelled")],
)
def test_the_word_for_a_purchase_follows_from_its_quantities(received: int, cancelled: int, word: str) -> None:
    assert purchase_status([line(received=received, cancelled=cancelled)]) == word


def test_units_are_shared_out_over_the_lines_of_their_sku() -> None:
    lines = [line(1, 3), line(2, 5, sku=2), line(3, 4)]

    def refuse(sku: int, wanted: int, left: int) -> Conflict:
        return MoreThanOrdered(f"{sku}: {wanted} of {left}")

    assert spread([(1, 2), (1, 3)], lines, lambda each: each.due, refuse) == {1: 3, 3: 2}
    with pytest.raises(MoreThanOrdered, match="1: 8 of 7"):
        spread([(2, 5), (1, 8)], lines, lambda each: each.due, refuse)


@given(
    st.integers(0, 10**7),
    st.integers(0, 3),
    st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500)), min_size=1, max_size=8),
)
def test_receipts_sum_to_what_was_ordered_whatever_went_back(
    cost_e4: int, decimals: int, steps: list[tuple[int, int]]
) -> None:
    """Each step receives some and sends some of them back, to be delivered again."""
    whole = sum(came for came, _ in steps)
    now = line(1, whole, cost_e4=cost_e4)._replace(unit_decimals=decimals)
    for came, back in [*steps, (0, 0)]:
        quantity = min(came, now.due) or now.due
        if not quantity:
            continue
        cost = cost_of_receipt(now, quantity, "EUR")
        now = now._replace(received=now.received + quantity, received_minor=now.received_minor + cost)
        back = min(back, quantity)
        if back and now.due + back < whole:
            returned = cost_sent_back(back, before=0, received=quantity, cost_minor=cost)
            assert 0 <= returned <= cost
            now = now._replace(received=now.received - back, received_minor=now.received_minor - returned)
    if now.due:
        rest = cost_of_receipt(now, now.due, "EUR")
        now = now._replace(received=whole, received_minor=now.received_minor + rest)
    total = line_amount(whole, cost_e4, unit_decimals=decimals, currency="EUR")
    assert abs(now.received_minor - total) <= 1
    assert now.received_minor >= total


@given(st.integers(1, 500), st.integers(0, 10**6), st.data())
def test_invoices_clear_what_came_to_the_cent(received: int, cost: int, data: st.DataObject) -> None:
    now = line(1, received, received=received, received_minor=cost)
    while to_match(now):
        quantity = data.draw(st.integers(1, to_match(now)))
        goods = goods_matched(now, quantity)
        assert goods >= 0
        now = now._replace(invoiced=now.invoiced + quantity, invoiced_minor=now.invoiced_minor + goods)
    assert now.invoiced_minor == cost


amounts = st.integers(-(10**12), 10**12)


@given(amounts, amounts, amounts)
def test_a_suppliers_invoice_ends_where_the_document_says(goods: int, difference: int, tax: int) -> None:
    transfers = supplier_invoice(goods_minor=goods, difference_minor=difference, tax_minor=tax)
    owed = {"goods_received": goods, "stock_differences": difference, "vat_receivable": tax}
    assert balance(transfers) == drop_zero({**owed, "payable": -sum(owed.values())})


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_goods_sent_back_end_where_the_document_says(cost: int, taken: int) -> None:
    assert balance(goods_sent_back(cost_minor=cost, taken_minor=taken)) == drop_zero(
        {"goods_received": cost, "inventory": -taken, "stock_differences": taken - cost}
    )


def balance(transfers: list) -> dict[str, int]:  # type: ignore[type-arg]
    found: dict[str, int] = {}
    for debit, credit, amount in transfers:
        assert amount > 0
        found[debit] = found.get(debit, 0) + amount
        found[credit] = found.get(credit, 0) - amount
    return drop_zero(found)


def drop_zero(balances: dict[str, int]) -> dict[str, int]:
    return {account: amount for account, amount in balances.items() if amount}


def test_no_purchase_order_costs_more_than_can_be_written_down() -> None:
    check_cost([line(quantity=1000, cost_e4=10**14)], "EUR")
    with pytest.raises(Invalid, match="more than can be written down"):
        check_cost([line(quantity=1000, cost_e4=10**14), line(2, quantity=1, cost_e4=100)], "EUR")
