"""The same once more: what was ordered before, as it costs and is delivered today."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from orderwell.delivery.rules import NotDelivered
from orderwell.flows.keep_addresses import AddAddress
from orderwell.flows.keep_catalog import SetPrice
from orderwell.flows.keep_customers import AddCustomer
from orderwell.flows.keep_delivery import KeepDeliveryMethod, ZoneAsk
from orderwell.flows.merge_customers import MergeCustomer
from orderwell.flows.order_again import NothingSoldStill, OrderAgain
from orderwell.flows.place_order import AddressAsk, LineAsk, PlaceOrder
from orderwell.kit.errors import Invalid, NotFound
from tests.support.shop import Shop

HOME = AddressAsk("Anna", "Dorpsstraat 1", "3511 AA", "Utrecht", "NL")


@pytest.fixture
def before(shop: Shop) -> str:
    """Anna bought two lamps and a cord, delivered in the evening."""
    shop.sku("lamp", price="10.00", stock=9)
    shop.sku("cord", price="2.00", stock=9)
    shop.sku("postage", price="4.95", kind="service", revenue="delivery")
    for code, price in (("parcel", "4.95"), ("evening", "6.95")):
        shop.do(KeepDeliveryMethod(code, code.capitalize(), "postage", [ZoneAsk("NL", Decimal(price), 1)]))
    shop.customer("anna")
    lines = [LineAsk("lamp", Decimal(1)), LineAsk("cord", Decimal(1)), LineAsk("lamp", Decimal(1))]
    return str(shop.do(PlaceOrder("web", lines, customer="anna", ship_to=HOME, delivery="evening"))["id"])


def retire(shop: Shop, code: str) -> None:
    """No verb does it yet: written straight into the table."""
    with shop.app.database.changing() as connection:
        connection.execute(sa.text("UPDATE skus SET status = 'retired' WHERE code = :code"), {"code": code})


def told(order: dict[str, object]) -> list[tuple[str, str, str]]:
    return [(line["description"], line["quantity"], line["unit_price"]) for line in order["lines"]]  # type: ignore[attr-defined]


def test_it_is_placed_at_todays_prices_and_delivered_as_before(shop: Shop, before: str) -> None:
    shop.do(SetPrice("lamp", Decimal("12.50")))
    again = shop.do(OrderAgain(before, reference="W-2"))
    assert told(again) == [("Lamp", "2", "12.50"), ("Cord", "1", "2.00"), ("Postage", "1", "6.95")]
    assert (again["reference"], again["status"], again["left_out"]) == ("W-2", "placed", [])
    assert shop.stock_of("lamp")["promised"] == 4
    [address] = shop.rows(
        "SELECT a.street, a.city FROM orders o JOIN addresses a ON a.id = o.ship_to WHERE o.reference = 'W-2'"
    )
    assert address == ("Dorpsstraat 1", "Utrecht")
    shop.prove()


def test_what_is_no_longer_sold_is_left_out_and_named(shop: Shop, before: str) -> None:
    retire(shop, "cord")
    again = shop.do(OrderAgain(before))
    assert [line[0] for line in told(again)] == ["Lamp", "Postage"]
    assert again["left_out"] == ["cord"]
    retire(shop, "lamp")
    with pytest.raises(NothingSoldStill):
        shop.do(OrderAgain(before))


def test_a_way_of_delivery_that_is_gone_gives_way_to_the_cheapest(shop: Shop, before: str) -> None:
    def keep(code: str, country: str, status: str) -> None:
        zones = [ZoneAsk(country, Decimal("4.95"), 1)]
        shop.do(KeepDeliveryMethod(code, code.capitalize(), "postage", zones, status=status))  # type: ignore[arg-type]

    keep("evening", "NL", "closed")
    assert told(shop.do(OrderAgain(before)))[-1] == ("Postage", "1", "4.95")
    keep("parcel", "BE", "open")
    with pytest.raises(NotDelivered):
        shop.do(OrderAgain(before))
    keep("parcel", "BE", "closed")  # the house names no way at all: it is agreed upon later
    assert [line[0] for line in told(shop.do(OrderAgain(before)))] == ["Lamp", "Cord"]


def test_it_is_for_whoever_the_customer_is_now(shop: Shop, before: str) -> None:
    kept = shop.do(AddCustomer("Anna B.", reference="anna-b", terms_days=14))
    shop.do(MergeCustomer("anna", "anna-b"))
    again = shop.do(OrderAgain(before))
    assert again["customer"] == kept["id"]
    assert shop.rows("SELECT terms_days FROM orders WHERE reference = :id", id=again["reference"]) == [(14,)]


def test_a_draft_is_not_ordered_again(shop: Shop, before: str) -> None:
    draft = shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], draft=True))["id"]
    with pytest.raises(NotFound):
        shop.do(OrderAgain(draft))
    with pytest.raises(NotFound):
        shop.do(OrderAgain("ord_0000000000001"))


def test_an_address_is_written_down_under_who_the_customer_is_now(shop: Shop, before: str) -> None:
    kept = shop.customer("kept")
    shop.do(MergeCustomer("anna", "kept"))
    added = shop.do(AddAddress("anna", "Anna", "Kerkweg 2", "Haarlem", "NL", "2011 BB"))
    assert (added["customer"], added["street"]) == (kept["id"], "Kerkweg 2")
    with pytest.raises(Invalid, match="no customer"):
        shop.do(AddAddress("nobody", "Anna", "Kerkweg 2", "Haarlem", "NL"))
