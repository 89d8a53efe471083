"""Customers choose how and when; what they were told is kept beside what becomes of it."""

from decimal import Decimal
from typing import Any

import pytest

from orderwell.delivery.actions import MethodClosed
from orderwell.delivery.rules import NotDelivered
from orderwell.flows.deliver_parcel import DeliverParcel
from orderwell.flows.delivery_options import AskDeliveryOptions
from orderwell.flows.keep_catalog import AddChannel
from orderwell.flows.keep_delivery import KeepClosedDay, KeepDeliveryMethod, KeepDispatchTimes, ZoneAsk
from orderwell.flows.place_order import AddressAsk, DiscountAsk, LineAsk, PlaceOrder
from orderwell.inventory.rules import OutOfStock
from orderwell.kit.errors import Invalid
from orderwell.reports import REPORTS
from tests.support.buying import buy, receive, supplier
from tests.support.shop import Shop

HOME = AddressAsk("N. Bakker", "Dorpsstraat 1", "1234 AB", "Ede", "NL")
LEGS = (ZoneAsk("NL", Decimal("4.95"), 1, free_from=5000), ZoneAsk("NL", Decimal("14.95"), 3, "8800", "8899"))


@pytest.fixture
def sending(shop: Shop) -> Shop:
    """It is Monday 5 January 2026, nine o'clock; main sends until four, and parcels come the next working day."""
    shop.sku("lamp", price="20.00", stock=10, backorder="yes")
    shop.sku("postage", kind="service", price="0.00", revenue="delivery")
    keep(shop)
    shop.do(KeepDispatchTimes("main", "16:00"))
    return shop


def keep(shop: Shop, code: str = "parcel", **more: Any) -> dict[str, Any]:
    return shop.do(
        KeepDeliveryMethod(**{"code": code, "name": "Parcel", "sku": "postage", "zones": list(LEGS), **more})
    )


def options(shop: Shop, lamps: int = 1, **more: Any) -> dict[str, Any]:
    return shop.do(AskDeliveryOptions(**{"channel": "web", "lines": [LineAsk("lamp", Decimal(lamps))], **more}))


def place(shop: Shop, lamps: int = 1, **more: Any) -> dict[str, Any]:
    ask = {"channel": "web", "lines": [LineAsk("lamp", Decimal(lamps))], "ship_to": HOME, "delivery": "parcel"}
    return shop.do(PlaceOrder(**{**ask, **more}))


def promised(shop: Shop) -> list[tuple[Any, ...]]:
    return shop.rows("SELECT dispatch_on, deliver_on, cost_minor FROM delivery_promises ORDER BY order_id")


def on_time(shop: Shop) -> list[dict[str, Any]]:
    with shop.app.database.reading() as connection:
        answer = REPORTS["on_time"](connection)
    assert sum(each["promised"] for each in answer["data"]) == answer["totals"]["promised"]
    return answer["data"]


def test_options_say_date_and_cost_before_anything_is_ordered(sending: Shop) -> None:
    keep(sending, "slow", name="Slow", zones=[ZoneAsk("NL", Decimal("1.00"), 4)])
    found = options(sending, country="NL", postcode="1234 AB")
    told = [(each["delivery"], each["deliver_on"], each["cost"], each["tax"]) for each in found["data"]]
    assert told == [("parcel", "2026-01-06", 495, 86), ("slow", "2026-01-09", 100, 17)]
    far = options(sending, country="NL", postcode="8812 XY")["data"][0]
    assert (far["delivery"], far["deliver_on"], far["cost"]) == ("parcel", "2026-01-08", 1495)
    assert options(sending, country="DE")["data"] == []
    assert sending.stock_of("lamp")["promised"] == 0
    assert sending.rows("SELECT COUNT(*) FROM idempotency") == [(0,)]


def test_the_order_costs_and_promises_what_was_quoted(sending: Shop) -> None:
    quoted = options(sending, postcode="1234 AB")["data"][0]
    order = place(sending)
    assert order["gross"] == 2000 + quoted["cost"]
    assert [line["units"] for line in order["lines"]] == [{"promised": "1"}, {"open": "1"}]
    assert promised(sending) == [(quoted["dispatch_on"], quoted["deliver_on"], 495)]
    sending.ship(order["id"])
    assert "4.09" in sending.journal(template="invoice")
    sending.prove()


def test_a_lot_of_goods_is_delivered_for_nothing_and_a_discount_counts(sending: Shop) -> None:
    assert place(sending, 3)["gross"] == 6000
    less = DiscountAsk(percent=Decimal(20))
    assert options(sending, 3, discount=less)["data"][0]["cost"] == 495
    assert place(sending, 3, discount=less)["gross"] == 4800 + 495
    sending.prove()


def test_a_net_channel_is_told_net_prices(sending: Shop) -> None:
    sending.do(AddChannel("trade", "Trade", basis="net"))
    found = options(sending, channel="trade")
    assert (found["basis"], found["data"][0]["cost"], found["data"][0]["gross"]) == ("net", 409, 495)
    assert place(sending, channel="trade")["net"] == 1653 + 409


def test_after_the_cut_off_and_on_closed_days_it_takes_longer(sending: Shop) -> None:
    sending.do(KeepClosedDay("2026-01-06", "Epiphany"))
    assert options(sending)["data"][0]["deliver_on"] == "2026-01-07"
    sending.clock.advance_to(sending.clock.now() + 7 * 3_600_000_000)  # four o'clock
    late = options(sending)["data"][0]
    assert (late["dispatch_on"], late["deliver_on"]) == ("2026-01-07", "2026-01-08")
    sending.do(KeepClosedDay("2026-01-06", status="open"))
    assert options(sending)["data"][0]["dispatch_on"] == "2026-01-06"


def test_what_is_awaited_comes_with_what_is_on_order_else_by_the_lead_time(sending: Shop) -> None:
    assert options(sending, 12)["data"][0]["deliver_on"] is None  # nobody sells it to us
    supplier(sending, lamp="5.00")
    days = sending.rows("SELECT lead_time_days FROM suppliers")[0][0]
    by_lead_time = options(sending, 12)["lines"][0]
    assert by_lead_time["how"] == "lead time"
    assert by_lead_time["ready_on"] == f"2026-01-{5 + days:02d}"
    buy(sending, lamp=2)
    expected = sending.rows("SELECT expected_on FROM purchase_orders")[0][0]
    first = options(sending, 12)["lines"][0]
    assert (first["how"], first["ready_on"]) == ("on order", expected)
    order = place(sending, 12)
    assert sending.units(order["id"]) == {"promised": 10, "awaited": 2, "open": 1}
    assert sending.rows("SELECT rule FROM delivery_promises")[0][0].startswith(f"line 1 at main: ready {expected} (on")
    assert options(sending, 1)["lines"][0]["how"] == "lead time"  # the two on order are for the order before


def test_what_cannot_be_delivered_is_refused_and_leaves_no_trace(sending: Shop) -> None:
    abroad = AddressAsk("N. Bakker", country="DE")
    with pytest.raises(NotDelivered):
        place(sending, ship_to=abroad)
    with pytest.raises(Invalid, match="no method"):
        place(sending, delivery="pigeon")
    with pytest.raises(Invalid, match="fetches"):
        place(sending, collect_at="main")
    with pytest.raises(Invalid, match="draft"):
        place(sending, draft=True)
    with pytest.raises(Invalid, match="lies on a shelf"):
        keep(sending, sku="lamp")
    with pytest.raises(Invalid, match="prefix"):
        keep(sending, zones=[ZoneAsk("NL", Decimal(1), 1, "2000", "1000")])
    with pytest.raises(Invalid, match="time of day"):
        sending.do(KeepDispatchTimes("main", "25:00"))
    keep(sending, status="closed")
    with pytest.raises(MethodClosed):
        place(sending)
    sending.sku("bulb", stock=1)
    with pytest.raises(OutOfStock, match="bulb"):
        options(sending, lines=[LineAsk("bulb", Decimal(2))])
    assert sending.rows("SELECT COUNT(*) FROM orders") == [(0,)]


def test_a_method_that_changes_keeps_what_was_promised(sending: Shop) -> None:
    place(sending)
    changed = keep(sending, zones=[ZoneAsk("NL", Decimal("9.95"), 5)])
    assert [zone["price"] for zone in changed["zones"]] == ["9.95"]
    assert options(sending, postcode="8812")["data"][0]["cost"] == 995
    assert promised(sending) == [("2026-01-05", "2026-01-06", 495)]
    keep(sending)
    assert options(sending, postcode="8812")["data"][0]["cost"] == 1495


def test_promises_are_kept_late_or_open(sending: Shop) -> None:
    kept, late, partly, cancelled = (place(sending)["id"] for _ in range(4))
    web = {"day": "2026-01-06", "channel": "web", "promised": 4, "kept": 0, "late": 0, "open": 4}
    assert on_time(sending) == [web]
    sending.cancel(cancelled)
    (parcel,) = sending.ship(kept)["parcels"]
    sending.days_pass(1)
    sending.do(DeliverParcel(parcel))
    assert on_time(sending) == [{**web, "promised": 3, "kept": 1, "open": 2}]
    sending.ship(late)  # a day too late to be there in time
    assert on_time(sending) == [{**web, "promised": 3, "kept": 1, "late": 1, "open": 1}]
    sending.days_pass(1)
    sending.order(lamp=1)  # time goes by with what happens
    assert on_time(sending) == [{**web, "promised": 3, "kept": 1, "late": 2, "open": 0}]
    assert sending.units(partly) == {"promised": 1, "open": 1}


def test_goods_that_came_are_for_the_one_who_was_promised_them(sending: Shop) -> None:
    supplier(sending, lamp="5.00")
    bought = buy(sending, lamp=2)
    order = place(sending, 12)
    receive(sending, bought, lamp=2)
    assert sending.units(order["id"]) == {"promised": 12, "open": 1}
    sending.prove()
