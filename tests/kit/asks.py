"""Random requests of a small shop, and all that a database says after them, without the ids chance gave."""

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from hypothesis import strategies as st

from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.cancel_order import CancelOrder
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.ship_order import ShipOrder
from orderwell.kit.database import Database
from orderwell.kit.idempotency import hash_of_request
from orderwell.kit.writer import Call, Outcome
from tests.support.shop import Shop

SKUS = ("apple", "bread", "cider", "postage")
REFERENCES = tuple(f"web-{n}" for n in range(1, 7))

lines = st.lists(
    st.builds(
        LineAsk,
        st.sampled_from((*SKUS, "unknown")) | st.sampled_from(SKUS),
        st.integers(1, 6).map(Decimal),
    ),
    min_size=1,
    max_size=3,
)
places = st.builds(PlaceOrder, st.just("web"), lines, reference=st.sampled_from(REFERENCES), draft=st.just(False))
drafts = st.builds(PlaceOrder, st.just("web"), lines, reference=st.sampled_from(REFERENCES), draft=st.just(True))
ships = st.builds(ShipOrder, st.sampled_from(REFERENCES), st.just("web"))
cancels = st.builds(CancelOrder, st.sampled_from(REFERENCES), st.just("web"))
adjusts = st.builds(
    AdjustStock,
    st.just("main"),
    st.sampled_from(["found", "damaged"]),
    st.builds(AdjustLine, st.sampled_from(SKUS[:3]), st.integers(-4, 8).map(Decimal)).map(lambda line: [line]),
)
asks = st.one_of(places, places, places, ships, ships, cancels, adjusts, drafts)
keyed = st.tuples(asks, st.none() | st.sampled_from(["k1", "k2", "k3"]))


def furnish(url: str) -> None:
    """Three goods, one of which may be backordered, and a service."""
    shop = Shop(url)
    shop.sku("apple", price="1.99", stock=10, cost=80)
    shop.sku("bread", price="2.55", stock=4, cost=123, backorder="yes")
    shop.sku("cider", price="7.00", stock=3, cost=333, tax_class="reduced")
    shop.sku("postage", kind="service", price="4.95")
    shop.close()


def call(ask: Any, key: str | None = None, **more: Any) -> Call:
    return Call(ask, key=key, input_hash=hash_of_request(ask), **more)


def told(outcome: Outcome) -> Any:
    """An outcome without ids: what the caller would see of it."""
    if outcome.refusal is not None:
        return outcome.refusal.code
    return "replayed" if outcome.replayed else _without_ids(outcome.answer)


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_ids(each) for key, each in value.items() if key not in ("id", "parcels", "order", "sku")}
    return [_without_ids(each) for each in value] if isinstance(value, list) else value


STATE = (
    "SELECT reference, status, version, net_minor, tax_minor FROM orders ORDER BY reference",
    "SELECT o.reference, l.n, l.quantity, l.open, l.promised, l.awaited, l.shipped, l.cancelled, l.invoiced, l.credited"
    " FROM order_lines l JOIN orders o ON o.id = l.order_id ORDER BY o.reference, l.n",
    "SELECT o.reference, m.line, m.source, m.target, m.quantity FROM unit_moves m"
    " JOIN orders o ON o.id = m.order_id ORDER BY m.event_id, m.n",
    "SELECT k.code, s.version, s.on_hand, s.promised, s.awaited FROM stock s JOIN skus k ON k.id = s.sku_id"
    " ORDER BY k.code",
    "SELECT k.code, v.quantity, v.value_minor FROM valuations v JOIN skus k ON k.id = v.sku_id ORDER BY k.code",
    "SELECT k.code, m.source_id < 10, m.target_id < 10, m.quantity, m.cost_minor, m.reason FROM stock_moves m"
    " JOIN skus k ON k.id = m.sku_id ORDER BY m.event_id, m.n",
    "SELECT template, debit, credit, amount_minor FROM journal ORDER BY event_id, n",
    "SELECT series, number, net_minor, tax_minor, reference FROM invoices ORDER BY series, number",
    "SELECT document, amount_minor, open_minor FROM open_items ORDER BY document, amount_minor, open_minor",
    "SELECT type, subject, actor FROM events ORDER BY cause, id",
    "SELECT name, value, version FROM counters ORDER BY name",
    "SELECT caller, key FROM idempotency ORDER BY caller, key",
)


def state(database: Database) -> list[list[tuple[Any, ...]]]:
    with database.reading() as connection:
        return [[tuple(row) for row in connection.execute(sa.text(sql))] for sql in STATE]
