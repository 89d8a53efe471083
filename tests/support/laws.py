"""The three laws, recomputed from the history of a test's shop and compared with what it keeps. Its own SQL, and sums
in plain Python, so that it does not share a mistake with the stores or with `verify`."""

from collections import Counter
from collections.abc import Callable
from typing import Any

Rows = Callable[..., list[tuple[Any, ...]]]
PLACES = ("open", "promised", "awaited", "picked", "packed", "shipped", "delivered", "returned", "cancelled")


def assert_laws(rows: Rows) -> None:
    """Every unit of orders, every unit of stock and every cent is where its movements put it."""
    units_of_orders(rows)
    units_of_stock(rows)
    units_promised(rows)
    units_to_come(rows)
    worth_of_stock(rows)
    open_items(rows)
    cash_in_drawers(rows)


def cash_in_drawers(rows: Rows) -> None:
    moved: Counter[int] = Counter()
    for till, amount in rows(
        "SELECT s.till_id, m.amount_minor FROM drawer_moves m JOIN drawer_sessions s ON s.id = m.session_id"
        " WHERE m.method = 'cash'"
    ):
        moved[till] += amount
    same(moved, Counter(dict(rows("SELECT id, cash_minor FROM tills"))), "cash in drawers")


def units_of_orders(rows: Rows) -> None:
    moved: Counter[tuple[int, int, str]] = Counter()
    for order, line, source, target, quantity in rows(
        "SELECT order_id, line, source, target, quantity FROM unit_moves"
    ):
        moved[order, line, target] += quantity
        if source != "new":
            moved[order, line, source] -= quantity
    kept: Counter[tuple[int, int, str]] = Counter()
    for order, line, quantity, *places in rows(f"SELECT order_id, n, quantity, {', '.join(PLACES)} FROM order_lines"):
        assert sum(places) == quantity, f"line {line} of order {order} holds {sum(places)} of {quantity} units"
        for place, units in zip(PLACES, places, strict=True):
            kept[order, line, place] += units
    same(moved, kept, "units of order lines")


def units_of_stock(rows: Rows) -> None:
    shelves = {id_ for (id_,) in rows("SELECT id FROM locations WHERE kind = 'stock'")}
    moved: Counter[tuple[int, int]] = Counter()
    for sku, source, target, quantity in rows("SELECT sku_id, source_id, target_id, quantity FROM stock_moves"):
        for place, units in ((source, -quantity), (target, quantity)):
            if place in shelves:
                moved[sku, place] += units
    kept: Counter[tuple[int, int]] = Counter()
    for sku, place, on_hand, promised in rows("SELECT sku_id, location_id, on_hand, promised FROM stock"):
        assert 0 <= promised <= on_hand, f"{promised} of {on_hand} units are promised"
        kept[sku, place] = on_hand
    same(moved, kept, "stock on hand")


def units_promised(rows: Rows) -> None:
    held: Counter[tuple[int, int]] = Counter()
    waiting: Counter[tuple[int, int]] = Counter()
    for sku, place, promised, awaited in rows(
        "SELECT sku_id, location_id, promised + picked, awaited FROM allocations"
    ):
        held[sku, place] += promised
        waiting[sku, place] += awaited
    for sku, place, quantity in rows(
        "SELECT l.sku_id, p.location_id, c.quantity FROM parcel_lines c JOIN parcels p ON p.id = c.parcel_id"
        " JOIN order_lines l ON l.order_id = p.order_id AND l.n = c.line WHERE p.status = 'packed'"
    ):
        held[sku, place] += quantity
    stock = rows("SELECT sku_id, location_id, promised, awaited FROM stock")
    same(held, Counter({(sku, place): promised for sku, place, promised, _ in stock}), "units promised")
    same(waiting, Counter({(sku, place): awaited for sku, place, _, awaited in stock}), "units awaited")


def units_to_come(rows: Rows) -> None:
    received: Counter[tuple[int, int]] = Counter()
    cost: Counter[tuple[int, int]] = Counter()
    for purchase, line, quantity, amount, reverses in rows(
        "SELECT r.purchase_order_id, c.line, c.quantity, c.cost_minor, r.reverses"
        " FROM receipt_lines c JOIN receipts r ON r.id = c.receipt_id"
    ):
        sign = 1 if reverses is None else -1
        received[purchase, line] += sign * quantity
        cost[purchase, line] += sign * amount
    lines = rows(
        "SELECT purchase_order_id, n, sku_id, location_id, quantity, received, cancelled, received_minor"
        " FROM purchase_lines"
    )
    same(received, Counter({(each[0], each[1]): each[5] for each in lines}), "units received")
    same(cost, Counter({(each[0], each[1]): each[7] for each in lines}), "cost of units received")
    coming: Counter[tuple[int, int]] = Counter()
    for _, _, sku, place, quantity, came, cancelled, _ in lines:
        coming[sku, place] += quantity - came - cancelled
    for sku, place, under_way in rows(
        "SELECT l.sku_id, t.target_id, l.shipped - l.received - l.returned - l.lost"
        " FROM transfer_lines l JOIN transfers t ON t.id = l.transfer_id"
    ):
        coming[sku, place] += under_way
    stock = rows("SELECT sku_id, location_id, incoming FROM stock")
    same(coming, Counter({(sku, place): incoming for sku, place, incoming in stock}), "units incoming")
    in_transit: Counter[int] = Counter()
    for source, target, quantity in rows("SELECT source_id, target_id, quantity FROM stock_moves"):
        in_transit[target] += quantity
        in_transit[source] -= quantity
    (transit,) = rows("SELECT id FROM locations WHERE kind = 'transit'")[0]
    shipped = rows("SELECT COALESCE(SUM(shipped - received - returned - lost), 0) FROM transfer_lines")[0][0]
    assert in_transit[transit] == shipped, f"{in_transit[transit]} units are in transit, transfers say {shipped}"


def worth_of_stock(rows: Rows) -> None:
    """Goods on shelves and between them are ours: valued at what they came for, and that is the inventory account."""
    ours = {id_ for (id_,) in rows("SELECT id FROM locations WHERE kind IN ('stock', 'transit')")}
    quantity: Counter[int] = Counter()
    value: Counter[int] = Counter()
    for sku, source, target, units, cost in rows(
        "SELECT sku_id, source_id, target_id, quantity, cost_minor FROM stock_moves"
    ):
        sign = (target in ours) - (source in ours)
        quantity[sku] += sign * units
        value[sku] += sign * cost
    kept = rows("SELECT sku_id, quantity, value_minor FROM valuations")
    same(quantity, Counter({sku: units for sku, units, _ in kept}), "units valued")
    same(value, Counter({sku: worth for sku, _, worth in kept}), "worth of stock")
    assert accounts(rows)["inventory"] == sum(value.values()), "the inventory account is not what stock is worth"


def open_items(rows: Rows) -> None:
    """Per account of open items: what is open sums to its balance, and each item to what settlements left of it."""
    balances = accounts(rows)
    left: Counter[int] = Counter()
    kept: Counter[int] = Counter()
    open_: Counter[str] = Counter()
    for id_, account, amount, still in rows("SELECT id, account, amount_minor, open_minor FROM open_items"):
        left[id_], kept[id_] = amount, still
        open_[account] += still
    for debit, credit, amount in rows("SELECT debit_item, credit_item, amount_minor FROM settlements"):
        left[debit] -= amount
        left[credit] += amount
    same(left, kept, "open items")
    for account in ("receivable", "payable"):
        assert balances[account] == open_[account], (
            f"the {account} account stands at {balances[account]}, its items at {open_[account]}"
        )


def accounts(rows: Rows) -> Counter[str]:
    """Debit less credit of every account."""
    balances: Counter[str] = Counter()
    for debit, credit, amount in rows("SELECT debit, credit, amount_minor FROM journal"):
        assert amount > 0
        balances[debit] += amount
        balances[credit] -= amount
    return balances


def same(computed: Counter[Any], kept: Counter[Any], what: str) -> None:
    """Zero and absent are the same."""
    wrong = {
        key: (computed[key], kept[key]) for key in computed.keys() | kept.keys() if computed[key] != kept[key]
    }  # fmt: skip
    assert not wrong, f"{what}: history says and rows say {wrong}"
