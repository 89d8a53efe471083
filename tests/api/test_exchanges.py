"""Exchanges over HTTP: one request, kept under its key like any other."""

from tests.api.conftest import ApiShop


def test_an_exchange_is_made_once_however_often_it_is_sent(shop: ApiShop) -> None:
    shop.sku("lamp", price="49.95", stock=5)
    sale = {"channel": "till", "location": "main", "lines": [{"sku": "lamp", "quantity": "1"}]}
    clerk = shop.client(role="shop_floor")
    sold = clerk.post("/sales", sale).json()
    body = {**sale, "returned": [{"order": sold["reference"], "channel": "till", "line": 1, "quantity": "1"}]}
    first = clerk.post("/exchanges", body, key="counter-7")
    assert (first.status_code, first.json()["to_pay"]) == (201, 0)
    assert clerk.post("/exchanges", body, key="counter-7").content == first.content
    refused = clerk.post("/exchanges", body, key="counter-8")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_returned")
    assert shop.stock_of("lamp")["on_hand"] == 4


def test_who_may_sell_may_not_therefore_take_back(shop: ApiShop) -> None:
    seller = shop.client(scopes=["orders:write", "payments:take"])
    body = {
        "channel": "till", "location": "main",
        "returned": [{"order": "ord_0000000000001", "line": 1, "quantity": "1"}],
    }  # fmt: skip
    assert seller.post("/exchanges", body).json()["facts"] == {"lacking": ["returns:write", "tills:use"]}
    assert shop.owner.post("/exchanges", body).status_code == 404
