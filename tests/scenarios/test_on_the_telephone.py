"""Orders that somebody takes on the telephone."""

from decimal import Decimal

import pytest

from orderwell.flows.keep_providers import KeepProvider
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.take_order import NewCustomer, NoTerms, TakeOrder
from orderwell.inventory.actions import OutOfStock
from orderwell.kit.errors import Invalid
from tests.support.shop import Shop


def order(units: int = 1, **more: object) -> PlaceOrder:
    return PlaceOrder("web", [LineAsk("lamp", Decimal(units))], **more)  # type: ignore[arg-type]


def test_a_new_customer_comes_with_the_order_or_not_at_all(shop: Shop) -> None:
    shop.sku("lamp", price="10.00", stock=2)
    with pytest.raises(OutOfStock):
        shop.do(TakeOrder(order(3), NewCustomer("Anna")))
    assert shop.rows("SELECT count(*) FROM customers") == [(0,)]
    taken = shop.do(TakeOrder(order(2), NewCustomer("Anna", phone="06 1234 5678")))
    assert shop.rows("SELECT name, phone FROM customers") == [("Anna", "06 1234 5678")]
    assert taken["customer"] is not None
    assert taken["payment"] is None


def test_a_customer_is_known_or_new(shop: Shop) -> None:
    shop.sku("lamp", stock=2)
    shop.customer("C1")
    with pytest.raises(Invalid):
        shop.do(TakeOrder(order(customer="C1"), NewCustomer("Anna")))


def test_only_who_has_terms_pays_on_account(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    shop.customer("C1")
    shop.customer("C2", kind="company", terms_days=14)
    for who in ("C1", None):
        with pytest.raises(NoTerms):
            shop.do(TakeOrder(order(customer=who), pay="on_account"))
    taken = shop.do(TakeOrder(order(customer="C2"), pay="on_account"))
    assert taken["payment_method"] == "on_account"
    assert taken["expires_at"] is None


def test_a_link_begins_the_payment_with_the_order(shop: Shop) -> None:
    shop.sku("lamp", price="10.00", stock=5)
    with pytest.raises(Invalid):
        shop.do(TakeOrder(order(), pay="link"))
    shop.do(KeepProvider("simulated", "http://localhost:9", "shop"))
    taken = shop.do(TakeOrder(order(), pay="link", provider="simulated"))
    assert (taken["payment_method"], taken["payment"]["amount"]) == ("redirect", 1_000)
    draft = shop.do(TakeOrder(order(draft=True), pay="link", provider="simulated"))
    assert (draft["status"], draft["payment"]) == ("draft", None)
