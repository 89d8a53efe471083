"""A company pays what was agreed with it; everybody else, and everything else, costs what is on the list."""

from decimal import Decimal
from typing import Any

import pytest

from orderwell.catalog.actions import NoPrice
from orderwell.flows.change_draft import ChangeDraft
from orderwell.flows.keep_catalog import SetPrice
from orderwell.flows.keep_customer_prices import EndCustomerPrice, PriceEnded, SetCustomerPrice
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.kit.errors import Invalid, NotFound
from orderwell.reports.prices import prices
from tests.support.shop import Shop


@pytest.fixture
def lamps(shop: Shop) -> Shop:
    shop.sku("lamp", price="49.95", stock=500, cost=2000)
    shop.sku("bulb", price="2.55", stock=500, cost=100)
    shop.customer("hotel", kind="company", terms_days=30)
    shop.customer("jones")
    return shop


def agree(shop: Shop, price: str, sku: str = "lamp", customer: str = "hotel", **more: Any) -> dict[str, Any]:
    return shop.do(SetCustomerPrice(customer, sku, Decimal(price), **more))


def paid_for(shop: Shop, *, quantity: int = 1, customer: str | None = "hotel", **more: Any) -> str:
    """The unit price of a line of lamps."""
    order = shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(quantity), **more)], customer=customer))
    return str(order["lines"][0]["unit_price"])


def test_the_agreed_price_comes_before_the_channels_and_the_general_one(lamps: Shop) -> None:
    assert paid_for(lamps) == "49.95"
    lamps.do(SetPrice("lamp", Decimal("47.50"), channel="web"))
    assert paid_for(lamps) == "47.50"
    agree(lamps, "39.50")
    assert paid_for(lamps) == "39.50"
    assert paid_for(lamps, customer="jones") == "47.50"
    assert paid_for(lamps, customer=None) == "47.50"
    assert paid_for(lamps, unit_price=Decimal("12.00")) == "12.00"
    lamps.prove()


def test_a_net_price_is_turned_into_the_channels_basis_at_the_rate_of_the_sku(lamps: Shop) -> None:
    agree(lamps, "30.00", basis="net")
    order = lamps.order(customer="hotel", lamp=2)
    lamps.ship(order)
    assert lamps.journal(template="invoice") == "\n".join(
        ["invoice: receivable <- sales 60.00", "invoice: receivable <- vat_payable 12.60"]
    )
    lamps.prove()


def test_from_a_quantity_in_one_line_on(lamps: Shop) -> None:
    agree(lamps, "45.00")
    agree(lamps, "40.00", from_quantity=Decimal(10))
    agree(lamps, "35.00", from_quantity=Decimal(100))
    assert [paid_for(lamps, quantity=units) for units in (9, 10, 99, 100)] == ["45.00", "40.00", "40.00", "35.00"]


def test_for_a_while(lamps: Shop) -> None:
    agree(lamps, "40.00", valid_from="2026-01-06", valid_to="2026-01-07")
    found = []
    for _ in range(4):
        found.append(paid_for(lamps))
        lamps.days_pass(1)
    assert found == ["49.95", "40.00", "40.00", "49.95"]


def test_one_sku_of_an_order_may_have_an_agreed_price_and_another_none(lamps: Shop) -> None:
    agree(lamps, "40.00")
    lines = [LineAsk("bulb", Decimal(1)), LineAsk("lamp", Decimal(1))]
    order = lamps.do(PlaceOrder("web", lines, customer="hotel"))
    assert [line["unit_price"] for line in order["lines"]] == ["2.55", "40.00"]


def test_what_is_on_no_list_is_sold_to_whom_it_was_agreed_with(lamps: Shop) -> None:
    lamps.sku("crate", price=None, stock=5)
    agree(lamps, "15.00", sku="crate")
    assert lamps.order(customer="hotel", crate=1)
    with pytest.raises(NoPrice):
        lamps.order(customer="jones", crate=1)


def test_a_draft_that_changes_is_priced_for_its_customer(lamps: Shop) -> None:
    draft = lamps.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], customer="hotel", draft=True))
    assert draft["lines"][0]["unit_price"] == "49.95"
    agree(lamps, "40.00")
    changed = lamps.do(ChangeDraft(draft["id"], [LineAsk("lamp", Decimal(2))]))
    assert changed["lines"][1]["unit_price"] == "40.00"


def test_set_again_it_is_replaced_and_ended_it_holds_no_longer(lamps: Shop) -> None:
    first = agree(lamps, "40.00")
    assert agree(lamps, "38.00")["id"] == first["id"]
    assert paid_for(lamps) == "38.00"
    before = lamps.order(customer="hotel", lamp=1)
    lamps.days_pass(1)

    assert lamps.do(EndCustomerPrice(first["id"]))["valid_to"] == "2026-01-05"

    assert paid_for(lamps) == "49.95"
    assert lamps.rows("SELECT gross_minor FROM orders WHERE reference = :id", id=before) == [(3_800,)]
    with pytest.raises(PriceEnded):
        lamps.do(EndCustomerPrice(first["id"]))


def test_the_prices_of_a_sku_as_they_are_told(lamps: Shop) -> None:
    lamps.do(SetPrice("lamp", Decimal("47.50"), channel="web"))
    agree(lamps, "40.00", from_quantity=Decimal(10), valid_to="2026-12-31")
    with lamps.app.database.reading() as connection:
        everyone = prices(connection, sku="lamp")["data"]
        hotel = prices(connection, sku="lamp", customer="hotel")["data"]
    assert [(each["channel"], each["price"]) for each in everyone] == [(None, "49.95"), ("web", "47.50")]
    assert [each["object"] for each in hotel] == ["customer_price", "price", "price"]
    assert (hotel[0]["from_quantity"], hotel[0]["valid_from"], hotel[0]["valid_to"]) == ("10", "2026-01-05",
                                                                                         "2026-12-31")  # fmt: skip


def test_what_makes_no_sense_is_refused_and_leaves_no_trace(lamps: Shop) -> None:
    for more, pointer in (
        ({"customer": "nobody"}, "/customer"),
        ({"sku": "nothing"}, "/sku"),
        ({"valid_from": "2026-02-30"}, "/valid_from"),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-31"}, "/valid_to"),
        ({"price": "1.00001"}, "/price"),
    ):
        with pytest.raises(Invalid) as refusal:
            agree(lamps, **{"price": "40.00", **more})
        assert refusal.value.problems[0].pointer == pointer
    with pytest.raises(NotFound):
        lamps.do(EndCustomerPrice("cpr_0000000000001"))
    assert lamps.rows("SELECT COUNT(*) FROM customer_prices") == [(0,)]
    assert lamps.rows("SELECT DISTINCT prices FROM customers") == [("listed",)]
