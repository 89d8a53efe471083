"""The scanner's day over HTTP: one request a scan, safe to send again; and questions that need no key."""

from orderwell.flows.keep_bins import AddBin
from tests.api.conftest import ApiShop


def test_a_scan_sent_again_after_a_lost_connection_books_once(shop: ApiShop) -> None:
    shop.sku("lamp", stock=5)
    shop.do(AddBin("main", "A-1"))
    put = {"location": "main", "lines": [{"sku": "lamp", "quantity": "5", "bin": "A-1"}]}
    assert shop.owner.get("/stock/to_put_away", location="main").json()["data"][0]["quantity"] == "5"
    assert shop.owner.post("/stock/put_away", put).status_code == 200
    (bin_,) = shop.owner.get("/bins").json()["data"]
    assert (bin_["code"], bin_["contents"][0]["quantity"]) == ("A-1", "5")

    order = shop.owner.order(quantity=2).json()["id"]
    (ready,) = shop.owner.get("/locations/main/to_pick").json()["data"]
    made = shop.owner.post("/pick_lists", {"location": "main", "orders": [ready["order"]]})
    assert (made.status_code, ready["order"]) == (201, order)
    name = made.json()["id"]
    scan = {"item": "lamp", "bin": "A-1"}
    first = shop.owner.post(f"/pick_lists/{name}/pick", scan, key="scan-1")
    again = shop.owner.post(f"/pick_lists/{name}/pick", scan, key="scan-1")
    assert (first.status_code, again.headers.get("idempotent-replayed")) == (200, "true")
    assert first.content == again.content
    line = shop.owner.get(f"/pick_lists/{name}").json()["lines"][0]
    assert (line["picked"], line["left"], line["bin_code"], line["sku_code"]) == ("1", "1", "A-1", "lamp")

    wrong = shop.owner.post(f"/pick_lists/{name}/pick", {"item": "lamp", "quantity": "2"})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "more_than_asked")
    missing = shop.owner.get("/stock/to_put_away")
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (422, "/location")


def test_a_look_up_tells_only_what_its_caller_may_see(shop: ApiShop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(reference="web-7", lamp=1)
    clerk = shop.client(scopes=["catalog:read"])
    assert [each["id"] for each in shop.owner.get("/lookup", code="web-7").json()["data"]] == [order]
    assert clerk.get("/lookup", code="web-7").json()["data"] == []
    assert clerk.get("/lookup", code="lamp").json()["data"][0]["object"] == "sku"
    assert clerk.get("/lookup").status_code == 422


def test_delivery_is_asked_for_without_a_key_and_promised_with_the_order(shop: ApiShop) -> None:
    shop.sku("lamp", price="20.00", stock=5)
    shop.sku("postage", kind="service")
    method = {
        "code": "parcel", "name": "Parcel", "sku": "postage",
        "zones": [{"country": "NL", "price": "4.95", "lead_days": 1}],
    }  # fmt: skip
    assert shop.owner.post("/delivery_methods", method).json()["zones"][0]["price"] == "4.95"
    asked = {"channel": "web", "lines": [{"sku": "lamp", "quantity": "1"}]}
    headers = shop.owner.headers()
    answer = shop.http.post("/api/v1/delivery_options", json=asked, headers=headers)
    assert answer.status_code == 200
    (option,) = answer.json()["data"]
    order = shop.owner.post("/orders", {**asked, "delivery": "parcel"}).json()
    assert order["gross"] == 2000 + option["cost"]
    promise = shop.owner.get(f"/orders/{order['id']}/delivery_promise").json()
    assert (promise["deliver_on"], promise["cost"]) == (option["deliver_on"], 495)
    assert shop.owner.get("/reports/on_time").json()["totals"]["promised"] == 1
    refused = shop.owner.post("/orders", {**asked, "delivery": "pigeon"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_delivery_method")
