"""An order goes elsewhere, as long as its goods are on the shelf."""

import pytest

from orderwell.flows.change_address import ChangeAddress, OtherCountry, TooLateForAddress
from orderwell.flows.pick_order import PickOrder, UnpickOrder
from orderwell.flows.place_order import AddressAsk, LineAsk, PlaceOrder
from orderwell.kit.errors import Invalid
from tests.support.shop import Shop

HOME = AddressAsk("N. Bakker", "Dorpsstraat 1", "1234 AB", "Ede", "NL")
WORK = AddressAsk("N. Bakker", "Kade 7", "6811 AA", "Arnhem", "", "Bakker BV")


@pytest.fixture
def order(shop: Shop) -> str:
    shop.sku("lamp", stock=5)
    shop.customer("noor", country="NL")
    placed = shop.do(PlaceOrder("web", [LineAsk("lamp", 2)], customer="noor", ship_to=HOME))  # type: ignore[arg-type]
    return str(placed["id"])


def goes_to(shop: Shop) -> list[tuple[object, ...]]:
    return shop.rows("SELECT a.street, a.country, a.customer_id FROM orders o JOIN addresses a ON a.id = o.ship_to")


def test_it_goes_where_the_customer_wants_it_and_the_invoice_stays(shop: Shop, order: str) -> None:
    changed = shop.do(ChangeAddress(order, WORK))
    ((street, country, customer),) = goes_to(shop)
    assert (street, country) == ("Kade 7", "NL")
    assert customer == shop.rows("SELECT customer_id FROM orders")[0][0]
    assert (changed["before"]["street"], changed["ship_to"]["company"]) == ("Dorpsstraat 1", "Bakker BV")
    billed = shop.rows("SELECT a.street FROM orders o JOIN addresses a ON a.id = o.bill_to")
    assert billed == [("Dorpsstraat 1",)]
    ((data,),) = shop.rows("SELECT data FROM events WHERE type = 'order.address_changed'")
    assert "Kade" not in data  # the audit trail names addresses, it does not hold them
    shop.prove()


def test_it_is_taken_back(shop: Shop, order: str) -> None:
    before = shop.do(ChangeAddress(order, WORK))["before"]
    shop.do(ChangeAddress(order, AddressAsk(**before)))
    assert goes_to(shop)[0][0] == "Dorpsstraat 1"


def test_it_is_too_late_once_goods_are_picked_until_they_are_put_back(shop: Shop, order: str) -> None:
    shop.do(PickOrder(order))
    with pytest.raises(TooLateForAddress, match="Put them back first"):
        shop.do(ChangeAddress(order, WORK))
    assert goes_to(shop)[0][0] == "Dorpsstraat 1"
    shop.do(UnpickOrder(order))
    shop.do(ChangeAddress(order, WORK))
    shop.ship(order)
    with pytest.raises(TooLateForAddress):
        shop.do(ChangeAddress(order, HOME))


def test_part_of_it_cancelled_it_can_still_go_elsewhere_and_all_of_it_not(shop: Shop, order: str) -> None:
    shop.cancel(order, line1=1)
    shop.do(ChangeAddress(order, WORK))
    shop.cancel(order)
    with pytest.raises(TooLateForAddress, match="is cancelled"):
        shop.do(ChangeAddress(order, HOME))


def test_another_country_and_what_is_fetched_are_refused(shop: Shop, order: str) -> None:
    with pytest.raises(OtherCountry, match="goes to NL"):
        shop.do(ChangeAddress(order, AddressAsk("N. Bakker", country="DE")))
    fetched = shop.do(PlaceOrder("web", [LineAsk("lamp", 1)], collect_at="main"))["id"]  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="fetches this order"):
        shop.do(ChangeAddress(fetched, HOME))


def test_a_guests_order_without_an_address_gets_one(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=1)
    assert shop.do(ChangeAddress(order, HOME))["before"] is None
    assert goes_to(shop)[0] == ("Dorpsstraat 1", "NL", None)
