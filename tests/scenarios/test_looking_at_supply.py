"""What lies where, how it came to be so, what will be there when, and what is on order."""

from decimal import Decimal
from typing import Any

import pytest

from orderwell.flows.keep_catalog import AddLocation
from orderwell.flows.keep_suppliers import SetReorderRule
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.place_purchase import (
    CancelPurchase,
    ExpectPurchase,
    NothingDue,
    PlacePurchaseOrder,
    PurchaseLineAsk,
)
from orderwell.flows.propose_purchases import OrderProposals, Propose
from orderwell.flows.supplier_invoice import BookSupplierInvoice
from orderwell.flows.transfer_stock import TransferLineAsk, TransferStock
from orderwell.inventory import queries as stock
from orderwell.kit.errors import Invalid, NotFound
from orderwell.purchasing import queries as purchasing
from orderwell.reports.supply import available_by_date, expected_dates
from tests.support.buying import buy, receive, supplier
from tests.support.shop import Shop

TODAY = "2026-01-05"


def due(shop: Shop, day: str, **wants: int) -> str:
    lines = [PurchaseLineAsk(code, Decimal(units)) for code, units in wants.items()]
    return shop.do(PlacePurchaseOrder("acme", "main", lines, expected_on=day))["id"]


def availability(shop: Shop, code: str) -> list[tuple[str, str]]:
    with shop.app.database.reading() as connection:
        (place,) = available_by_date(connection, code, today=TODAY)["locations"]
    return [(each["day"], each["available"]) for each in place["from"]]


def expectations(shop: Shop, today: str = TODAY, **only: str) -> list[tuple[str, str, str | None]]:
    with shop.app.database.reading() as connection:
        found = expected_dates(connection, today=today, **only)
    return [(each["order"], each["quantity"], each["expected_on"]) for each in found]


def test_what_is_due_can_be_promised_from_that_day_on(shop: Shop) -> None:
    """Case S16."""
    shop.sku("lamp", stock=10)
    supplier(shop, lamp="4.00")
    due(shop, "2026-01-10", lamp=20)
    assert availability(shop, "lamp") == [(TODAY, "10"), ("2026-01-10", "30")]


def test_what_is_awaited_is_taken_off_what_comes(shop: Shop) -> None:
    shop.sku("lamp", stock=2, backorder="yes")
    supplier(shop, lamp="4.00")
    shop.order(lamp=7)
    due(shop, "2026-01-12", lamp=3)
    due(shop, "2026-01-10", lamp=4)
    assert availability(shop, "lamp") == [(TODAY, "0"), ("2026-01-12", "2")]


def test_what_is_overdue_is_told_and_not_counted_on(shop: Shop) -> None:
    shop.sku("lamp")
    supplier(shop, days=0, lamp="4.00")
    buy(shop, lamp=5)
    with shop.app.database.reading() as connection:
        (place,) = available_by_date(connection, "lamp", today=TODAY, location="main")["locations"]
        with pytest.raises(NotFound):
            available_by_date(connection, "vase", today=TODAY)
    assert (place["from"], place["overdue"]) == ([{"day": TODAY, "available": "0"}], "5")


def test_those_who_wait_are_told_the_day_the_oldest_promise_first(shop: Shop) -> None:
    shop.sku("lamp", backorder="yes")
    supplier(shop, lamp="4.00")
    first, second = shop.order(lamp=3), shop.order(lamp=4)
    late, early = due(shop, "2026-01-20", lamp=3), due(shop, "2026-01-10", lamp=2)

    assert expectations(shop) == [
        (first, "2", "2026-01-10"), (first, "1", "2026-01-20"), (second, "2", "2026-01-20"), (second, "2", None),
    ]  # fmt: skip
    assert expectations(shop, order=second) == [(second, "2", "2026-01-20"), (second, "2", None)]
    assert expectations(shop, sku="vase") == []
    receive(shop, early)
    assert expectations(shop)[0] == (first, "1", "2026-01-20")
    shop.do(CancelPurchase(late))
    assert expectations(shop, order=first) == [(first, "1", None)]


def test_goods_from_another_shelf_have_a_day_too(shop: Shop) -> None:
    shop.do(AddLocation("north", "North", priority=1))
    shop.sku("lamp", stock=10, backorder="yes")
    order = shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(4))], collect_at="north"))["id"]
    sent = shop.do(
        TransferStock("main", "north", [TransferLineAsk("lamp", Decimal(6))], "T-1", expected_on="2026-01-07")
    )
    assert expectations(shop) == [(order, "4", "2026-01-07")]
    with shop.app.database.reading() as connection:
        north = available_by_date(connection, "lamp", today=TODAY, location="north")["locations"][0]
        assert north["from"][-1] == {"day": "2026-01-07", "available": "2"}
        assert stock.transfer(connection, "T-1") == sent
        assert stock.transfer_list(connection, status="under_way")["data"] == [sent]
        assert stock.transfer_list(connection, status="ended")["data"] == []
        with pytest.raises(NotFound):
            stock.transfer(connection, "T-2")


def test_stock_is_listed_by_sku_and_location(shop: Shop) -> None:
    shop.do(AddLocation("north", "North", priority=1))
    shop.sku("lamp", stock=5, cost=300)
    shop.stock("lamp", 2, at="north", cost=300)
    shop.sku("shade", stock=1)
    shop.sku("never")
    shop.order(lamp=3)
    with shop.app.database.reading() as connection:
        shade, lamp = stock.stock(connection)["data"]
        (north,) = stock.stock(connection, location="north", sku="lamp")["data"]
        first = stock.stock(connection, limit=1)
        rest = stock.stock(connection, limit=1, cursor=first["next_cursor"])
        with pytest.raises(NotFound):
            stock.stock(connection, location="south")
    assert (lamp["on_hand"], lamp["promised"], lamp["available"], lamp["value"]) == ("7", "3", "4", 2100)
    assert [(each["location_code"], each["available"]) for each in lamp["locations"]] == [("main", "2"), ("north", "2")]
    assert (north["on_hand"], shade["sku_code"]) == ("2", "shade")
    assert ([first["data"], rest["data"]], rest["has_more"]) == ([[shade], [lamp]], False)


def test_the_card_of_a_sku_tells_every_movement_and_its_balance(shop: Shop) -> None:
    shop.sku("lamp", stock=5, cost=300)
    supplier(shop, lamp="4.00")
    receive(shop, buy(shop, lamp=10), lamp=4)
    shop.ship(shop.order(lamp=6))

    def card(**more: Any) -> list[tuple[str, ...]]:
        with shop.app.database.reading() as connection:
            data = stock.movements(connection, "lamp", **more)["data"]
        return [(m["reason"], m["from"], m["to"], m["quantity"], m["cost"], m["balance"]) for m in data]

    assert card() == [
        ("shipment", "main", "customer", "6", 2067, "3"),
        ("purchase", "supplier", "main", "4", 1600, "9"),
        ("opening", "opening", "main", "5", 1500, "5"),
    ]
    assert card(location="main", limit=1) == card()[:1]
    with shop.app.database.reading() as connection:
        page = stock.movements(connection, "lamp", limit=1)
        rest = stock.movements(connection, "lamp", cursor=page["next_cursor"])
        with pytest.raises(NotFound):
            stock.movements(connection, "vase")
    assert [each["balance"] for each in rest["data"]] == ["9", "5"]


def test_purchasing_is_told_as_it_stands(shop: Shop) -> None:
    shop.sku("lamp")
    made = supplier(shop, lamp="4.00")
    shop.do(SetReorderRule("lamp", "main", Decimal(1), Decimal(8)))
    shop.do(Propose())
    with shop.app.database.reading() as connection:
        (proposal,) = purchasing.proposals(connection)["data"]
    (ordered,) = shop.do(OrderProposals())["data"]
    receipt = receive(shop, ordered["id"], lamp=3)
    invoice = shop.do(BookSupplierInvoice(ordered["id"], "17", net=1200))

    with shop.app.database.reading() as connection:
        assert [each["id"] for each in purchasing.suppliers(connection)["data"]] == [made["id"]]
        assert purchasing.supplier(connection, "acme")["skus"][0]["cost"] == "4.00"
        assert purchasing.reorder_rules(connection, "lamp")[0]["reorder_target"] == "8"
        assert (proposal["sku_code"], proposal["quantity"]) == ("lamp", "8")
        assert purchasing.proposals(connection)["data"] == []
        assert purchasing.proposals(connection, status=None)["data"][0]["purchase_order"] == ordered["id"]
        one = purchasing.purchase_order(connection, ordered["reference"])
        (listed,) = purchasing.purchase_orders(connection, supplier=made["id"], status="partly_received")["data"]
        for status in ("ordered", "received", "cancelled", "lost"):
            assert purchasing.purchase_orders(connection, status=status)["data"] == []
        for ask in (purchasing.supplier, purchasing.purchase_order):
            with pytest.raises(NotFound):
                ask(connection, "nobody")
    assert (one["status"], listed["lines"]) == ("partly_received", one["lines"])
    assert [each["id"] for each in one["receipts"]] == [receipt["id"]]
    assert [each["id"] for each in one["supplier_invoices"]] == [invoice["id"]]


def test_the_supplier_names_another_day(shop: Shop) -> None:
    shop.sku("lamp", backorder="yes")
    supplier(shop, lamp="4.00")
    order = shop.order(lamp=3)
    purchase = due(shop, "2026-01-10", lamp=3)

    assert shop.do(ExpectPurchase(purchase, "2026-01-14"))["expected_on"] == "2026-01-14"

    assert expectations(shop) == [(order, "3", "2026-01-14")]
    with pytest.raises(Invalid, match="is over"):
        shop.do(ExpectPurchase(purchase, "2026-01-04"))
    receive(shop, purchase)
    with pytest.raises(NothingDue):
        shop.do(ExpectPurchase(purchase, "2026-01-14"))
