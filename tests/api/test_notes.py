"""Notes over HTTP: on the timeline with their text, each behind the right of what it is about, stale ones refused."""

from tests.api.conftest import ApiShop


def test_a_note_shows_in_the_timeline_until_it_is_erased(shop: ApiShop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=1)
    made = shop.owner.post(f"/orders/{order}/notes", {"text": "Ring twice", "pinned": True})
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    note = made.json()["id"]
    assert shop.owner.get(f"/orders/{order}/notes", pinned="true").json()["data"][0]["text"] == "Ring twice"
    assert shop.owner.get(f"/orders/{order}/timeline").json()["data"][-1]["note"]["text"] == "Ring twice"

    shop.owner.post(f"/orders/{order}/notes/{note}/remove")
    told = shop.owner.get(f"/orders/{order}/timeline").json()["data"]
    assert [(each["type"], each["note"]["text"]) for each in told[-2:]] == [
        ("order.note_added", ""),
        ("order.note_removed", ""),
    ]
    assert shop.owner.get(f"/orders/{order}/notes").json()["data"] == []


def test_who_saw_an_older_note_does_not_overwrite_it(shop: ApiShop) -> None:
    shop.customer("jones")
    note = shop.owner.post("/customers/jones/notes", {"text": "Pays late"}).json()["id"]
    change = f"/customers/jones/notes/{note}/change"
    assert shop.owner.post(change, {"text": "Pays on time"}, if_match='"1"').status_code == 200
    refused = shop.owner.post(change, {"text": "Pays never"}, if_match='"1"')
    assert (refused.status_code, refused.json()["code"]) == (412, "stale")


def test_notes_on_orders_and_on_customers_need_rights_of_their_own(shop: ApiShop) -> None:
    shop.sku("lamp", stock=5)
    order, customer = shop.order(lamp=1), shop.customer("jones")["id"]
    of_orders = shop.client(scopes=["orders:read", "orders:write"])
    assert of_orders.post(f"/orders/{order}/notes", {"text": "Mine"}).status_code == 201
    assert of_orders.post(f"/customers/{customer}/notes", {"text": "Mine"}).status_code == 403
    assert of_orders.get(f"/customers/{customer}/notes").status_code == 403
    assert shop.owner.get("/orders/ord_0000000000001/notes").status_code == 404
    assert shop.owner.get("/customers/nobody/notes").status_code == 404
