"""Export and erasure over HTTP: asked twice with one key it is done once."""

from tests.api.conftest import ApiShop


def test_exported_refused_and_erased(shop: ApiShop) -> None:
    shop.sku("lamp", price="49.95", stock=5)
    customer = shop.customer("c1", name="Canary Jansen")["id"]
    order = shop.order(customer="c1", lamp=1)
    clerk = shop.client(role="customer_service")

    told = clerk.get(f"/customers/{customer}/personal_data").json()
    assert told["data"]["customers"][0]["name"] == "Canary Jansen"
    refused = clerk.post(f"/customers/{customer}/erase")
    assert (refused.status_code, refused.json()["code"]) == (409, "orders_open")
    shop.cancel(order)

    erased = clerk.post(f"/customers/{customer}/erase", key="erase-1")
    again = clerk.post(f"/customers/{customer}/erase", key="erase-1")

    assert (erased.status_code, erased.json()) == (200, again.json())
    assert clerk.get(f"/customers/{customer}").json()["name"] == "erased"
    assert clerk.post("/customers/cus_0000000000001/erase").status_code == 404
    assert shop.client(role="warehouse").get(f"/customers/{customer}/personal_data").status_code == 403
