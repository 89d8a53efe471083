"""A batch is nothing but its requests one after the other, at the price of one."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from orderwell.app import App
from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.ship_order import ShipOrder
from orderwell.kit.writer import Call
from orderwell.verify.proof import verify
from tests.kit.asks import SKUS, call, keyed, state, told
from tests.kit.conftest import Copies


def compare(copy_of_shop: Copies, wanted: Sequence[Any]) -> None:
    with copy_of_shop() as together, copy_of_shop() as alone:
        batch = [told(each) for each in together.writer.run([call(*each) for each in wanted])]
        single = [told(alone.writer.run([call(*each)])[0]) for each in wanted]
        assert batch == single
        assert state(together.database) == state(alone.database)
        assert verify(together.database).breaks == []


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True, scope="module")
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(wanted=st.lists(keyed, min_size=2, max_size=16))
def test_a_batch_of_many_does_what_each_alone_would_have_done(copy_of_shop: Copies, wanted: list[Any]) -> None:
    compare(copy_of_shop, wanted)


@pytest.mark.parametrize("engine_kind", ["postgres"], indirect=True, scope="module")
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(wanted=st.lists(keyed, min_size=8, max_size=24))
def test_the_same_on_postgresql(copy_of_shop: Copies, wanted: list[Any]) -> None:
    compare(copy_of_shop, wanted)


def order(*codes: str) -> PlaceOrder:
    return PlaceOrder("web", [LineAsk(code, Decimal(1)) for code in codes])


def statements(app: App, calls: Sequence[Call]) -> int:
    before = app.database.statements
    assert all(outcome.refusal is None for outcome in app.writer.run(calls))
    return app.database.statements - before


def test_a_batch_of_64_orders_costs_as_many_statements_as_one(copy_of_shop: Copies) -> None:
    with copy_of_shop() as app:
        stock(app)
        one = statements(app, [call(order(*SKUS), "a")])
        many = statements(app, [call(order(*SKUS), f"b{n}") for n in range(64)])
        assert one == many


def test_a_batch_of_64_shipments_costs_as_many_statements_as_one(copy_of_shop: Copies) -> None:
    with copy_of_shop() as app:
        stock(app)
        ids = [each.answer["id"] for each in app.writer.run([call(order(*SKUS[:3])) for _ in range(66)])]
        statements(app, [call(ShipOrder(ids[65]))])  # the first invoice ever makes the counter
        one = statements(app, [call(ShipOrder(ids[64]))])
        many = statements(app, [call(ShipOrder(each)) for each in ids[:64]])
        assert one == many


def test_an_order_and_its_shipment_may_be_in_one_batch(copy_of_shop: Copies) -> None:
    with copy_of_shop() as app:
        placed = PlaceOrder("web", [LineAsk("apple", Decimal(2))], reference="r")
        outcomes = app.writer.run([call(placed), call(ShipOrder("r", channel="web")), call(placed)])
        assert outcomes[1].answer["invoice"] == "INV-000001"
        assert told(outcomes[2]) == "order_exists"
        assert app.writer.batches == 1


def stock(app: App) -> None:
    lines = [AdjustLine(code, Decimal(500), cost=500) for code in SKUS[:3]]
    app.writer.ask(AdjustStock("main", "found", lines))
