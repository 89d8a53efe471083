"""`expand[]` puts things in place of their ids: as deep as is allowed, and only for whom each of them is."""

from decimal import Decimal
from typing import Any

import pytest

from orderwell.api.expand import KINDS
from orderwell.api.operations import Read
from orderwell.api.reads import MAX_EXPAND_DEPTH
from orderwell.flows.keep_suppliers import AddSupplier
from orderwell.flows.ordered_units import UnitsAsk
from orderwell.flows.place_purchase import PlacePurchaseOrder, PurchaseLineAsk
from orderwell.flows.receive_payment import ReceivePayment
from orderwell.flows.return_goods import AnnounceReturn
from tests.api.conftest import ApiShop
from tests.support.answers import as_described, operations


def house(shop: ApiShop) -> dict[str, str]:
    """One of each noun that can be looked up with more, by the name of its look-up."""
    shop.sku("lamp", stock=5)
    shop.customer("anna")
    shop.do(AddSupplier("acme", "Acme"))
    order = shop.order(lamp=2, customer="anna")
    shop.ship(order)
    purchase = shop.do(PlacePurchaseOrder("acme", "main", [PurchaseLineAsk("lamp", Decimal(1), cost=Decimal(2))]))
    return {
        "get_order": order,
        "get_parcel": shop.owner.get("/parcels").json()["data"][0]["id"],
        "get_invoice": shop.owner.get("/invoices").json()["data"][0]["id"],
        "get_payment": shop.do(ReceivePayment("bank_transfer", order=order))["id"],
        "get_return": shop.do(AnnounceReturn(order, [UnitsAsk(1, Decimal(1))]))["id"],
        "get_purchase_order": purchase["id"],
    }


def path_of(name: str, id_: str) -> str:
    read = operations()[name]
    return read.path.removeprefix("/api/v1").replace(f"{{{read.path_fields[0]}}}", id_)


def look(shop: ApiShop, name: str, id_: str, *expand: str) -> Any:
    return as_described(name, shop.owner.get(path_of(name, id_), **{"expand[]": list(expand)}).json())


def test_every_noun_has_its_things_put_in(shop: ApiShop) -> None:
    ids = house(shop)
    parcel = look(shop, "get_parcel", ids["get_parcel"], "location", "order.customer", "order.lines.sku")
    assert parcel["location"]["code"] == "main"
    assert parcel["order"]["customer"]["reference"] == "anna"
    assert parcel["order"]["lines"][0]["sku"]["code"] == "lamp"
    invoice = look(shop, "get_invoice", ids["get_invoice"], "order", "customer", "lines.sku")
    assert (invoice["order"]["id"], invoice["customer"]["reference"]) == (ids["get_order"], "anna")
    assert invoice["lines"][0]["sku"]["object"] == "sku"
    payment = look(shop, "get_payment", ids["get_payment"], "order.customer")
    assert payment["order"]["customer"]["name"] == "Anna"
    returned = look(shop, "get_return", ids["get_return"], "order", "lines.sku")
    assert (returned["order"]["id"], returned["lines"][0]["sku"]["code"]) == (ids["get_order"], "lamp")
    purchase = look(shop, "get_purchase_order", ids["get_purchase_order"], "supplier", "lines.location")
    assert (purchase["supplier"]["name"], purchase["lines"][0]["location"]["code"]) == ("Acme", "main")


def test_what_is_not_asked_for_stays_an_id(shop: ApiShop) -> None:
    ids = house(shop)
    assert look(shop, "get_invoice", ids["get_invoice"], "order")["order"]["customer"].startswith("cus_")
    assert shop.owner.get(f"/invoices/{ids['get_invoice']}").json()["order"] == ids["get_order"]


def test_each_thing_and_each_on_the_way_to_it_needs_its_own_right(shop: ApiShop) -> None:
    ids = house(shop)
    for name, id_ in ids.items():
        read = operations()[name]
        assert isinstance(read, Read)
        assert read.expands, name
        for path, right in read.expands.items():
            words = path.split(".")
            ways = {".".join(words[:n]) for n in range(1, len(words) + 1)} & read.expands.keys()
            needed = sorted({read.expands[way] for way in ways} - {read.right})
            alone = shop.client(scopes=[read.right])
            answer = alone.get(path_of(name, id_), **{"expand[]": path})
            if not needed:
                assert answer.status_code == 200, (name, path)
                continue
            assert (answer.status_code, answer.json()["facts"]) == (403, {"lacking": needed}), (name, path)
            assert right in needed
            assert shop.client(scopes=[read.right, *needed]).get(
                path_of(name, id_), **{"expand[]": path}
            ).status_code == 200  # fmt: skip


def test_the_right_to_see_what_is_behind_a_thing_is_not_the_right_to_see_it(shop: ApiShop) -> None:
    parcel = house(shop)["get_parcel"]
    client = shop.client(scopes=["shipping:read", "customers:read"])
    refused = client.get(f"/parcels/{parcel}", **{"expand[]": "order.customer"})
    assert (refused.status_code, refused.json()["facts"]) == (403, {"lacking": ["orders:read"]})


@pytest.mark.parametrize("asked", ["order.customer.order.customer.order", "lines.sku.product.skus.prices"])
def test_nobody_goes_deeper_than_is_allowed(shop: ApiShop, asked: str) -> None:
    refused = shop.owner.get(f"/parcels/{house(shop)['get_parcel']}", **{"expand[]": asked})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/expand")
    assert f"{MAX_EXPAND_DEPTH} levels" in refused.json()["detail"]


def test_what_may_be_expanded_is_within_the_depth_and_of_a_kind_we_load() -> None:
    for read in operations().values():
        if isinstance(read, Read):
            for path in read.expands:
                assert len(path.split(".")) <= MAX_EXPAND_DEPTH
                assert path.rpartition(".")[2] in KINDS or read.name == "get_order", path
