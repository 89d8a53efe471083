"""Merged customers over HTTP: every list by customer holds what was of both."""

from tests.api.conftest import ApiShop


def test_lists_of_the_one_that_is_kept_hold_what_was_of_both(shop: ApiShop) -> None:
    shop.sku("lamp", price="49.95", stock=5)
    old, new = shop.customer("old")["id"], shop.customer("new")["id"]
    for who in ("old", "new"):
        shop.ship(shop.order(customer=who, lamp=1))
        shop.owner.post("/payments", {"method": "bank_transfer", "customer": who})

    merged = shop.owner.post(f"/customers/{old}/merge", {"into": new})

    assert merged.json()["id"] == new
    for path in ("/orders", "/invoices", "/payments"):
        for who in (old, new):
            assert len(shop.owner.get(path, customer=who).json()["data"]) == 2, path
    assert [each["id"] for each in shop.owner.get("/customers").json()["data"]] == [new]
    assert [each["id"] for each in shop.owner.get("/customers", reference="old").json()["data"]] == [new]
    assert shop.owner.get(f"/customers/{old}").json()["merged_into"] == new
    order = {"channel": "web", "customer": "old", "lines": [{"sku": "lamp", "quantity": "1"}]}
    refused = shop.owner.post("/orders", order)
    assert (refused.status_code, refused.json()["code"]) == (409, "customer_merged")
    assert shop.owner.post(f"/customers/{old}/split").status_code == 200
    assert len(shop.owner.get("/orders", customer=new).json()["data"]) == 1
