"""From the shelf to the customer: picked, packed, shipped, delivered; and everything that goes wrong on the way."""

from decimal import Decimal
from typing import Any

import pytest

from orderwell.flows.collect_order import CollectOrder, NotForCollection
from orderwell.flows.deliver_parcel import (
    DeliverParcel,
    FailDelivery,
    LoseParcel,
    ParcelCameBack,
)
from orderwell.flows.issue_credit_note import CreditLine, IssueCreditNote, Trace
from orderwell.flows.keep_catalog import AddLocation
from orderwell.flows.ordered_units import NothingReady, UnitsAsk
from orderwell.flows.pack_parcel import PackOrder, UnpackParcel
from orderwell.flows.pick_order import PickOrder, UnpickOrder
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.ship_parcel import ShipParcel
from orderwell.kit.errors import NotFound
from orderwell.orders import queries as order_queries
from orderwell.orders.actions import NotPlaced
from orderwell.orders.queries import FULFILMENT, OrderFilter
from orderwell.shipping import queries as parcel_queries
from orderwell.shipping.actions import IllegalParcelMove
from orderwell.values.ids import parse
from tests.support.shop import Shop


def some(line: int, units: int) -> list[UnitsAsk]:
    return [UnitsAsk(line, Decimal(units))]


def packed(shop: Shop, order: str, **more: Any) -> str:
    """Pack what is ready into one parcel; its id."""
    (parcel,) = shop.do(PackOrder(order, **more))["parcels"]
    return str(parcel)


def test_an_order_goes_step_by_step_from_the_shelf_to_the_customer(shop: Shop) -> None:
    shop.sku("lamp", price="12.10", stock=5)
    shop.sku("postage", kind="service", price="6.05")
    order = shop.order(lamp=2, postage=1)
    seen = []

    def now() -> str:
        with shop.app.database.reading() as connection:
            return str(order_queries.one(connection, order)["fulfilment_status"])

    seen.append(now())
    shop.do(PickOrder(order))
    seen.append(now())
    parcel = packed(shop, order)
    seen.append(now())
    assert shop.stock_of("lamp") == {"on_hand": 5, "promised": 2, "available": 3, "awaited": 0, "incoming": 0}
    assert shop.do(ShipParcel(parcel, tracking="3S1"))["invoice"] == "INV-000001"
    seen.append(now())
    assert shop.do(DeliverParcel(parcel))["status"] == "delivered"
    seen.append(now())
    assert seen == ["ready", "picked", "packed", "shipped", "delivered"]
    assert shop.units(order) == {"delivered": 3}  # postage went along, though it lies in no parcel
    assert shop.stock_of("lamp") == {"on_hand": 3, "promised": 0, "available": 3, "awaited": 0, "incoming": 0}
    assert shop.journal() == "\n".join(
        [
            "opening_stock: inventory <- opening 25.00",
            "invoice: receivable <- sales 25.00",
            "invoice: receivable <- vat_payable 5.25",
            "cost_of_goods: cost_of_goods <- inventory 10.00",
        ]
    )
    shop.prove()


def test_picking_in_part_and_putting_back(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=4)
    shop.do(PickOrder(order, lines=some(1, 3)))
    assert shop.units(order) == {"promised": 1, "picked": 3}
    with pytest.raises(NothingReady, match="Line 1: 2 were asked for, 1 are ready"):
        shop.do(PickOrder(order, lines=some(1, 2)))
    shop.do(UnpickOrder(order, lines=some(1, 1)))
    assert shop.units(order) == {"promised": 2, "picked": 2}
    assert shop.stock_of("lamp")["promised"] == 4
    shop.prove()
    shop.do(UnpickOrder(order))
    with pytest.raises(NothingReady, match="no picked units"):
        shop.do(UnpickOrder(order))


def test_each_location_picks_and_packs_its_own(shop: Shop) -> None:
    shop.do(AddLocation("barn", "Barn", priority=5))
    shop.sku("lamp", stock=2)
    shop.stock("lamp", 3, at="barn")
    order = shop.order(lamp=4)
    shop.do(PickOrder(order, location="main"))
    assert shop.units(order) == {"picked": 2, "promised": 2}
    with pytest.raises(NothingReady):
        shop.do(PickOrder(order, location="main"))
    both = shop.do(PackOrder(order))["parcels"]
    assert len(both) == 2
    shop.prove()
    for parcel in both:
        shop.do(ShipParcel(parcel))
    assert [shop.stock_of("lamp", at)["on_hand"] for at in ("main", "barn")] == [0, 1]
    shop.prove()


def test_parcels_of_an_order_are_invoiced_one_by_one_and_sum_to_it(shop: Shop) -> None:
    shop.sku("lamp", price="3.33", stock=5)
    shop.sku("postage", kind="service", price="1.00")
    order = shop.order(lamp=3, postage=1)
    first = packed(shop, order, lines=some(1, 1))
    second = packed(shop, order, lines=some(1, 2))
    shop.do(ShipParcel(second))
    assert shop.units(order) == {"packed": 1, "shipped": 3}
    shop.do(ShipParcel(first))
    assert shop.rows("SELECT SUM(gross_minor), COUNT(*) FROM invoices") == [(1099, 2)]
    shop.prove()


def test_a_parcel_is_opened_before_it_leaves_and_not_after(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=2)
    parcel = packed(shop, order)
    shop.do(UnpackParcel(parcel))
    with pytest.raises(IllegalParcelMove, match="is unpacked; it cannot become shipped"):
        shop.do(ShipParcel(parcel))
    again = packed(shop, order)
    shop.do(ShipParcel(again))
    with pytest.raises(IllegalParcelMove, match="is shipped; it cannot become unpacked") as refused:
        shop.do(UnpackParcel(again))
    assert refused.value.facts["allowed"] == ["came_back", "delivered", "failed", "lost"]
    shop.prove()


def test_nothing_is_packed_twice_and_packed_units_do_not_go_by_the_back_door(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=2)
    packed(shop, order)
    with pytest.raises(NothingReady):
        shop.do(PackOrder(order))
    with pytest.raises(NothingReady):
        shop.ship(order)


def test_a_draft_is_not_for_the_warehouse(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    draft = shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], draft=True))["id"]
    for ask in (PickOrder(draft), PackOrder(draft)):
        with pytest.raises(NotPlaced):
            shop.do(ask)


def test_a_failed_delivery_is_tried_again(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=2)
    (parcel,) = shop.ship(order, carrier="Swift", tracking="S1")["parcels"]
    assert shop.do(FailDelivery(parcel, reason="nobody home"))["status"] == "failed"
    assert shop.do(FailDelivery(parcel))["status"] == "failed"
    assert shop.units(order) == {"shipped": 2}
    assert shop.do(DeliverParcel(parcel))["delivered_at"] == "2026-01-05T08:00:00Z"
    assert shop.units(order) == {"delivered": 2}
    with pytest.raises(IllegalParcelMove, match="is delivered"):
        shop.do(DeliverParcel(parcel))
    shop.prove()


def test_a_lost_parcel_may_turn_up(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=2)
    (parcel,) = shop.ship(order)["parcels"]
    shop.do(LoseParcel(parcel))
    assert shop.units(order) == {"shipped": 2}
    shop.do(DeliverParcel(parcel))
    assert shop.units(order) == {"delivered": 2}


def test_a_parcel_that_came_back_is_worth_what_it_cost_and_is_sent_again_on_the_same_invoice(shop: Shop) -> None:
    shop.sku("lamp", price="12.10", stock=2, cost=500)
    order = shop.order(lamp=2)
    (parcel,) = shop.ship(order)["parcels"]
    shop.stock("lamp", 2, cost=900)  # the average is another by now
    shop.do(FailDelivery(parcel))
    shop.do(ParcelCameBack(parcel))

    assert shop.units(order) == {"promised": 2}
    assert shop.journal(template="goods_back") == "goods_back: inventory <- cost_of_goods 10.00"
    assert shop.balance("inventory") == 2800
    assert shop.balance("receivable") == 2420
    shop.prove()

    assert shop.ship(order)["invoice"] is None
    assert shop.balance("receivable") == 2420
    assert shop.balance("cost_of_goods") == 1400
    with pytest.raises(IllegalParcelMove):
        shop.do(ParcelCameBack(parcel))
    shop.prove()


def test_what_was_taken_back_on_the_way_does_not_come_back_to_the_order(shop: Shop) -> None:
    shop.sku("lamp", price="12.10", stock=3, cost=500)
    order = shop.order(lamp=3)
    (parcel,) = shop.ship(order)["parcels"]
    shop.do(IssueCreditNote([CreditLine("lamp", Decimal(1), traces=[Trace(order, 1)])]))

    shop.do(ParcelCameBack(parcel))

    assert shop.units(order) == {"promised": 2, "returned": 1}
    assert shop.journal(template="goods_back") == "goods_back: inventory <- cost_of_goods 10.00"
    assert shop.stock_of("lamp")["promised"] == shop.stock_of("lamp")["on_hand"] == 2
    shop.prove()
    assert shop.ship(order)["invoice"] is None
    shop.prove()


def test_the_customer_fetches_an_order_at_its_collection_point(shop: Shop) -> None:
    shop.sku("lamp", price="12.10", stock=2)
    order = shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(2))], collect_at="main"))["id"]
    fetched = shop.do(CollectOrder(order))
    assert (fetched["fulfilment_status"], fetched["invoices"]) == ("delivered", ["INV-000001"])
    assert shop.units(order) == {"delivered": 2}
    with pytest.raises(NothingReady):
        shop.do(CollectOrder(order))
    shop.prove()


def test_an_order_that_is_sent_is_not_fetched(shop: Shop) -> None:
    shop.sku("lamp", stock=2)
    with pytest.raises(NotForCollection, match="ship it instead"):
        shop.do(CollectOrder(shop.order(lamp=1)))


def test_what_is_fetched_may_have_been_packed_and_is_then_handed_over_with_the_rest(shop: Shop) -> None:
    shop.sku("lamp", stock=3)
    order = shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(3))], collect_at="main"))["id"]
    packed(shop, order, lines=some(1, 2))
    shop.do(CollectOrder(order))
    assert shop.units(order) == {"delivered": 3}
    shop.prove()


# -- looking


def test_the_work_list_of_a_location(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    first, second = shop.order(lamp=2, reference="a"), shop.order(lamp=1, reference="b")
    shop.do(PickOrder(first, lines=some(1, 1)))
    parcel = packed(shop, second)
    with shop.app.database.reading() as connection:
        (main,) = connection.exec_driver_sql("SELECT id FROM locations WHERE code = 'main'").scalars()
        work = order_queries.ready_at(connection, main)
        waiting = parcel_queries.listed(connection, status="packed", location_id=main)["data"]
    assert [(each["order"], each["to_pick"], each["to_pack"]) for each in work] == [(first, "1", "1")]
    assert [each["id"] for each in waiting] == [parcel]


def test_one_order_in_full(shop: Shop) -> None:
    shop.sku("lamp", stock=2, backorder="yes")
    order = shop.order(lamp=3)
    (parcel,) = shop.ship(order, lines=some(1, 1), carrier="Swift", tracking="S1")["parcels"]
    number = parse("order", order)
    assert number is not None
    with shop.app.database.reading() as connection:
        full = order_queries.one(connection, order)
        parcels = parcel_queries.of_order(connection, number)
        with pytest.raises(NotFound):
            order_queries.one(connection, "ord_0000000000000")
        with pytest.raises(NotFound):
            parcel_queries.one(connection, "nonsense")
        assert parcel_queries.one(connection, parcel) == parcels[0]
    (line,) = full["lines"]
    assert line["sku_code"] == "lamp"
    assert [(each["location_code"], each["promised"], each["awaited"]) for each in line["allocations"]] == [
        ("main", "1", "1")
    ]
    assert [event["type"] for event in full["timeline"]] == ["order.placed", "invoice.issued", "order.shipped"]
    assert full["timeline"][-1]["data"] == {"parcels": [parcel], "units": 1}
    assert [(each["tracking"], each["lines"]) for each in parcels] == [("S1", [{"line": 1, "smallest_units": 1}])]


def test_orders_are_found_by_channel_customer_day_reference_and_state(shop: Shop) -> None:
    shop.sku("lamp", stock=20, backorder="yes")
    jones = shop.customer("jones")["id"]
    states = {
        "ready": shop.order(lamp=1, reference="one", customer="jones"),
        "cancelled": shop.order(lamp=1),
        "picked": shop.order(lamp=1),
        "packed": shop.order(lamp=1),
        "shipped": shop.order(lamp=1, channel="till"),
        "delivered": shop.order(lamp=1),
        "partly_shipped": shop.order(lamp=2),
    }
    shop.cancel(states["cancelled"])
    shop.do(PickOrder(states["picked"]))
    shop.do(PackOrder(states["packed"]))
    shop.ship(states["shipped"])
    shop.do(DeliverParcel(shop.ship(states["delivered"])["parcels"][0]))
    shop.ship(states["partly_shipped"], lines=some(1, 1))
    shop.days_pass(1)
    states["backordered"] = shop.order(lamp=30)
    states["draft"] = shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], draft=True))["id"]
    with shop.app.database.reading() as connection:

        def found(**only: Any) -> list[str]:
            return [each["id"] for each in order_queries.listed(connection, OrderFilter(**only))["data"]]

        for word in FULFILMENT:
            rows = order_queries.listed(connection, OrderFilter(fulfilment=word))["data"]
            assert [each["id"] for each in rows] == [states[word]] if word in states else rows == []
            assert all(each["fulfilment_status"] == word for each in rows)
        till = order_queries.one(connection, states["shipped"])["channel"]
        assert found(channel=till) == [states["shipped"]]
        assert found(customers=[parse("customer", jones)]) == found(reference="one") == [states["ready"]]
        assert found(status="cancelled") == [states["cancelled"]]
        assert found(placed_from="2026-01-06") == [states["backordered"]]
        assert len(found(placed_from="2026-01-05", placed_to="2026-01-05")) == 7
        page = order_queries.listed(connection, limit=5)
        rest = order_queries.listed(connection, limit=5, cursor=page["next_cursor"])
        assert [each["id"] for each in [*page["data"], *rest["data"]]] == sorted(states.values(), reverse=True)
        assert rest["has_more"] is False
    shop.prove()
