"""Orders are cancelled, whole or in part, at every stage before they leave; the money follows to the cent."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from orderwell.flows.cancel_order import CancelOrder, TooLateToCancel
from orderwell.flows.deliver_parcel import ParcelCameBack
from orderwell.flows.ordered_units import UnitsAsk
from orderwell.flows.pack_parcel import PackOrder
from orderwell.flows.pick_order import PickOrder
from orderwell.flows.place_order import DiscountAsk, LineAsk, PlaceOrder
from orderwell.kit.errors import Invalid, NotFound
from orderwell.orders.rules import IllegalMove
from tests.support.shop import Shop

Opener = Callable[..., Shop]


def test_cancelling_a_whole_order_gives_its_stock_back_and_leaves_nothing_owed(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    shop.sku("postage", kind="service", price="4.95")
    cancelled = shop.cancel(shop.order(lamp=2, postage=1))
    assert (cancelled["status"], cancelled["fulfilment_status"]) == ("cancelled", "cancelled")
    assert (cancelled["net"], cancelled["tax"], cancelled["gross"]) == (0, 0, 0)
    assert shop.stock_of("lamp")["available"] == 5
    assert shop.journal() == "opening_stock: inventory <- opening 25.00"
    shop.prove()


def test_cancelling_some_units_lowers_what_the_order_comes_to(shop: Shop) -> None:
    shop.sku("lamp", price="3.33", stock=5)
    order = shop.order(lamp=3)
    after = shop.cancel(order, line1=1)
    assert (after["status"], after["gross"]) == ("placed", 666)
    assert shop.units(order) == {"promised": 2, "cancelled": 1}
    assert shop.cancel(order, line1=2)["status"] == "cancelled"
    shop.prove()


def test_the_cents_of_a_discounted_order_cancelled_unit_by_unit_sum_to_all_of_it(shop: Shop) -> None:
    shop.sku("lamp", price="1.03", stock=7)
    placed = shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(7))], discount=DiscountAsk(percent=Decimal(7))))
    left = [placed["gross"]]
    for _ in range(7):
        left.append(shop.cancel(placed["id"], line1=1)["gross"])
        shop.prove()
    assert left[-1] == 0
    assert left == sorted(left, reverse=True)


@pytest.mark.parametrize("basis", ["gross", "net"])
def test_what_is_left_of_an_order_costs_what_was_agreed_whatever_net_and_tax_round_to(
    open_shop: Opener, basis: str
) -> None:
    shop = open_shop(basis=basis)
    prices = {f"sku{n}": price for n, price in enumerate(["0.99", "1.07", "2.55", "3.33", "10.01", "19.95"])}
    for sku, price in prices.items():
        shop.sku(sku, price=price, stock=5)
    order = shop.order(**dict.fromkeys(prices, 4))
    for left in (3, 2, 1):
        after = shop.cancel(order, **{f"line{n}": 1 for n in range(1, 7)})
        agreed = sum(Decimal(price) * 100 for price in prices.values()) * left
        assert after["gross" if basis == "gross" else "net"] == agreed
        shop.prove()


def test_a_draft_is_cancelled(shop: Shop) -> None:
    shop.sku("lamp")
    draft = shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(2))], draft=True))["id"]
    assert shop.cancel(draft)["status"] == "cancelled"
    assert shop.units(draft) == {"cancelled": 2}
    shop.prove()


def test_what_is_awaited_is_cancelled_before_what_is_promised(shop: Shop) -> None:
    shop.sku("lamp", stock=2, backorder="yes")
    order = shop.order(lamp=5)
    shop.cancel(order, line1=4)
    assert shop.units(order) == {"promised": 1, "cancelled": 4}
    assert shop.stock_of("lamp") == {"on_hand": 2, "promised": 1, "available": 1, "awaited": 0, "incoming": 0}
    shop.prove()


def test_stock_of_a_cancelled_order_goes_to_the_order_that_waits_longest(shop: Shop) -> None:
    shop.sku("lamp", stock=3, backorder="yes")
    first, second, third = shop.order(lamp=3), shop.order(lamp=2), shop.order(lamp=2)
    shop.cancel(first)
    assert shop.units(second) == {"promised": 2}
    assert shop.units(third) == {"promised": 1, "awaited": 1}
    shop.prove()


def test_picked_units_are_cancelled_after_the_promised_ones(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=4)
    shop.do(PickOrder(order, lines=[UnitsAsk(1, Decimal(3))]))
    shop.cancel(order, line1=2)
    assert shop.units(order) == {"picked": 2, "cancelled": 2}
    assert shop.stock_of("lamp")["available"] == 3
    shop.prove()


def test_cancelling_packed_units_opens_their_parcel_and_no_other(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    shop.sku("bulb", stock=5)
    order = shop.order(lamp=3, bulb=2)
    (kept,) = shop.do(PackOrder(order, lines=[UnitsAsk(2, Decimal(1))]))["parcels"]
    (opened,) = shop.do(PackOrder(order))["parcels"]
    shop.cancel(order, line1=1)
    assert shop.units(order) == {"promised": 3, "packed": 1, "cancelled": 1}
    assert shop.rows("SELECT status FROM parcels ORDER BY id") == [("packed",), ("unpacked",)]
    assert kept != opened
    shop.prove()


def test_what_has_left_is_refused_by_name_and_the_rest_can_go(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=3)
    shop.ship(order, lines=[UnitsAsk(1, Decimal(2))])
    with pytest.raises(TooLateToCancel, match=r"line 1 \(3 to be cancelled, 1 still here\)") as refused:
        shop.cancel(order)
    assert refused.value.facts["lines"] == [{"line": 1, "left": "1"}]
    assert shop.units(order) == {"shipped": 2, "promised": 1}

    assert shop.cancel(order, line1=1)["fulfilment_status"] == "shipped"
    with pytest.raises(TooLateToCancel):
        shop.cancel(order, line1=1)
    shop.prove()


def test_what_cannot_be_meant_is_refused(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=3)
    with pytest.raises(Invalid, match="no line 7"):
        shop.cancel(order, line7=1)
    with pytest.raises(Invalid, match="named twice"):
        shop.do(CancelOrder(order, lines=[UnitsAsk(1, Decimal(1)), UnitsAsk(1, Decimal(1))]))
    with pytest.raises(Invalid, match="counted with 0 decimals"):
        shop.do(CancelOrder(order, lines=[UnitsAsk(1, Decimal("0.5"))]))
    with pytest.raises(NotFound):
        shop.do(CancelOrder("nowhere", channel="web"))
    shop.cancel(order)
    with pytest.raises(IllegalMove, match="cancelled cannot become cancelled"):
        shop.cancel(order)


def test_an_order_is_named_by_its_channels_reference(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    shop.order(lamp=3, reference="web-1")
    assert shop.do(CancelOrder("web-1", channel="web", reason="changed my mind"))["status"] == "cancelled"


def test_cancelling_what_was_invoiced_on_order_gives_a_credit_note(open_shop: Opener) -> None:
    shop = open_shop(invoice_on="order")
    shop.sku("lamp", price="10.01", stock=5)
    order = shop.order(lamp=2)
    assert shop.cancel(order, line1=1)["credit_note"] == "CRN-000001"
    assert shop.journal() == "\n".join(
        [
            "opening_stock: inventory <- opening 25.00",
            "invoice: receivable <- sales 16.55",
            "invoice: receivable <- vat_payable 3.47",
            "credit_note: sales_returns <- receivable 8.28",  # a lamp of 10.01 is credited at 10.01
            "credit_note: vat_payable <- receivable 1.73",
        ]
    )
    shop.cancel(order)
    assert shop.balance("receivable") == 0
    assert shop.balance("vat_payable") == 0
    shop.prove()


def test_units_that_came_back_are_credited_only_after_those_nobody_has_billed(shop: Shop) -> None:
    shop.sku("lamp", price="3.33", stock=5)
    order = shop.order(lamp=3)
    (parcel,) = shop.ship(order, lines=[UnitsAsk(1, Decimal(2))])["parcels"]
    shop.do(ParcelCameBack(parcel))
    assert shop.cancel(order, line1=1)["credit_note"] is None
    assert shop.cancel(order, line1=1)["credit_note"] == "CRN-000001"
    assert shop.cancel(order, line1=1)["gross"] == 0
    assert shop.balance("receivable") == 0
    assert shop.balance("cost_of_goods") == 0
    shop.prove()
