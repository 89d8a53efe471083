"""A draft holds prices and no stock; it is changed, then confirmed or dropped."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from orderwell.flows.change_draft import ChangeDraft
from orderwell.flows.confirm_order import ConfirmOrder
from orderwell.flows.keep_catalog import AddLocation, SetPrice
from orderwell.flows.place_order import DiscountAsk, LineAsk, PlaceOrder
from orderwell.inventory.rules import OutOfStock
from orderwell.kit.errors import Invalid
from orderwell.orders.actions import NotADraft
from tests.support.shop import Shop

Opener = Callable[..., Shop]


def lines(**wants: int) -> list[LineAsk]:
    return [LineAsk(sku, Decimal(units)) for sku, units in wants.items()]


def draft(shop: Shop, **wants: int) -> dict[str, Any]:
    made: dict[str, Any] = shop.do(PlaceOrder("web", lines(**wants), draft=True))
    return made


def test_confirming_a_draft_promises_its_stock_as_placing_would(shop: Shop) -> None:
    shop.sku("lamp", stock=2, backorder="yes")
    shop.sku("postage", kind="service", price="4.95")
    made = draft(shop, lamp=3, postage=1)
    assert (made["status"], made["placed_on"]) == ("draft", None)
    assert shop.stock_of("lamp")["promised"] == 0
    shop.days_pass(1)

    placed = shop.do(ConfirmOrder(made["id"]))

    assert (placed["status"], placed["placed_on"]) == ("placed", "2026-01-06")
    assert shop.units(made["id"]) == {"open": 1, "promised": 2, "awaited": 1}
    assert shop.stock_of("lamp") == {"on_hand": 2, "promised": 2, "available": 0, "awaited": 1, "incoming": 0}
    shop.prove()


def test_a_draft_that_cannot_be_promised_stays_a_draft(shop: Shop) -> None:
    shop.sku("lamp", stock=1)
    made = draft(shop, lamp=2)
    with pytest.raises(OutOfStock):
        shop.do(ConfirmOrder(made["id"]))
    assert shop.rows("SELECT status FROM orders") == [("draft",)]
    assert shop.units(made["id"]) == {"open": 2}


def test_an_order_is_confirmed_once(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    made = draft(shop, lamp=2)
    shop.do(ConfirmOrder(made["id"]))
    with pytest.raises(NotADraft, match="is placed"):
        shop.do(ConfirmOrder(made["id"]))
    shop.cancel(made["id"])
    with pytest.raises(NotADraft, match="is cancelled"):
        shop.do(ConfirmOrder(made["id"]))


def test_a_draft_for_a_collection_point_is_promised_there(shop: Shop) -> None:
    shop.do(AddLocation("barn", "Barn", priority=5))
    shop.sku("lamp", stock=5)
    shop.stock("lamp", 1, at="barn")
    made = shop.do(PlaceOrder("web", lines(lamp=1), collect_at="barn", draft=True))
    shop.do(ConfirmOrder(made["id"]))
    assert shop.stock_of("lamp", "barn")["promised"] == 1


def test_changing_a_draft_keeps_the_numbers_of_lines_that_stay(shop: Shop) -> None:
    for sku, price in (("lamp", "10.00"), ("bulb", "2.00"), ("cord", "1.00")):
        shop.sku(sku, price=price, stock=9)
    made = draft(shop, lamp=1, bulb=2)

    changed = shop.do(ChangeDraft(made["id"], lines(bulb=2, cord=3, lamp=2), discount=DiscountAsk(amount=100)))

    live = {line["line"]: line["units"] for line in changed["lines"]}
    assert live == {1: {"cancelled": "1"}, 2: {"open": "2"}, 3: {"open": "3"}, 4: {"open": "2"}}
    assert (changed["gross"], changed["discount"]) == (400 + 300 + 2000 - 100, 100)
    shop.prove()

    shop.do(ConfirmOrder(made["id"]))
    assert shop.units(made["id"]) == {"promised": 7, "cancelled": 1}
    shop.prove()
    assert shop.ship(made["id"])["invoice"] == "INV-000001"
    assert shop.balance("receivable") == 2600
    shop.prove()


def test_units_cancelled_of_a_draft_stay_cancelled_when_it_changes(shop: Shop) -> None:
    shop.sku("lamp", stock=9)
    made = draft(shop, lamp=5)
    shop.cancel(made["id"], line1=2)

    shop.do(ChangeDraft(made["id"], lines(lamp=5)))

    assert shop.units(made["id"]) == {"open": 5, "cancelled": 5}
    shop.prove()


def test_a_draft_is_priced_anew_when_it_changes_and_not_when_it_is_confirmed(shop: Shop) -> None:
    shop.sku("lamp", price="10.00", stock=9)
    made = draft(shop, lamp=1)
    shop.do(SetPrice("lamp", Decimal("12.00")))
    assert shop.do(ChangeDraft(made["id"], lines(lamp=1)))["gross"] == 1200
    shop.do(SetPrice("lamp", Decimal("15.00")))
    assert shop.do(ConfirmOrder(made["id"]))["gross"] == 1200


def test_only_drafts_are_changed_and_only_into_something(shop: Shop) -> None:
    shop.sku("lamp", stock=9)
    with pytest.raises(NotADraft, match="is placed"):
        shop.do(ChangeDraft(shop.order(lamp=1), lines(lamp=2)))
    made = draft(shop, lamp=1)
    with pytest.raises(Invalid, match="no SKU 'moon'"):
        shop.do(ChangeDraft(made["id"], lines(moon=2)))
    assert shop.units(made["id"]) == {"open": 1}


def test_invoicing_on_order_invoices_a_draft_when_it_is_confirmed(open_shop: Opener) -> None:
    shop = open_shop(invoice_on="order")
    shop.sku("lamp", price="12.10", stock=9)
    made = draft(shop, lamp=1)
    assert shop.balance("receivable") == 0
    shop.do(ConfirmOrder(made["id"]))
    assert shop.balance("receivable") == 1210
    assert shop.ship(made["id"])["invoice"] is None
    assert shop.journal() == "\n".join(
        [
            "opening_stock: inventory <- opening 45.00",
            "invoice: receivable <- sales 10.00",
            "invoice: receivable <- vat_payable 2.10",
            "cost_of_goods: cost_of_goods <- inventory 5.00",
        ]
    )
    shop.prove()


def test_invoicing_on_order_invoices_placing_at_once_and_awaited_units_too(open_shop: Opener) -> None:
    shop = open_shop(invoice_on="order")
    shop.sku("lamp", price="12.10", stock=1, backorder="yes")
    order = shop.order(lamp=3)
    assert shop.balance("receivable") == 3630
    shop.ship(order)
    shop.stock("lamp", 2)
    shop.ship(order)
    assert shop.rows("SELECT COUNT(*) FROM invoices") == [(1,)]
    shop.prove()
