"""Prices agreed with customers, over HTTP."""

from tests.api.conftest import ApiShop


def test_agreed_looked_up_ordered_at_and_ended(shop: ApiShop) -> None:
    shop.sku("lamp", price="49.95", stock=5)
    hotel = shop.customer("hotel", kind="company")["id"]
    agreed = shop.owner.post("/customer_prices", {"customer": "hotel", "sku": "lamp", "price": "40.00"})
    assert agreed.status_code == 201

    listed = shop.owner.get("/customer_prices", customer=hotel).json()["data"]
    assert [each["id"] for each in listed] == [agreed.json()["id"]]
    told = shop.owner.get("/skus/lamp/prices", customer=hotel).json()["data"]
    assert [(each["object"], each["price"]) for each in told] == [("customer_price", "40.00"), ("price", "49.95")]
    order = {"channel": "web", "customer": "hotel", "lines": [{"sku": "lamp", "quantity": "1"}]}
    assert shop.owner.post("/orders", order).json()["gross"] == 4_000

    assert shop.owner.post(f"/customer_prices/{agreed.json()['id']}/end").status_code == 200
    assert shop.owner.post("/orders", order).json()["gross"] == 4_995
    assert shop.owner.get("/skus/nothing/prices").status_code == 404
    assert shop.owner.get("/skus/lamp/prices", customer="nobody").status_code == 422
