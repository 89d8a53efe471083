"""The portal's accounts and links over HTTP: no answer holds a hash, and a secret is told once."""

from orderwell.reports.tracking import tracked
from orderwell.worker import Worker
from tests.api.conftest import ApiShop


def test_somebody_is_added_invited_and_shut_out(shop: ApiShop) -> None:
    shop.customer("hotel")
    clerk = shop.client(role="customer_service")
    added = clerk.post("/portal_accounts", {"customer": "hotel", "name": "Noor", "email": "noor@example.com"})
    assert added.status_code == 201
    worker = Worker(shop.app)
    worker.tick()
    worker.stop()
    [message] = clerk.get("/messages").json()["data"]
    assert (message["status"], message["account"]) == ("shown", added.json()["id"])
    assert shop.client(role="warehouse").get("/messages").status_code == 403
    path = f"/portal_accounts/{added.json()['id']}"
    assert clerk.post(path, {"role": "admin"}).json()["role"] == "admin"
    assert clerk.post(f"{path}/disable").json()["status"] == "disabled"
    assert clerk.get(path).json()["status"] == "disabled"
    assert clerk.get("/portal_accounts", email="noor@example.com").json()["data"][0]["id"] == added.json()["id"]
    assert clerk.get("/portal_sessions").json()["data"] == []


def test_a_link_to_an_order_is_told_once(shop: ApiShop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=1)
    made = shop.owner.post(f"/orders/{order}/links", {"days": 7}, key="link-1")
    again = shop.owner.post(f"/orders/{order}/links", {"days": 7}, key="link-1")
    assert (made.status_code, again.status_code) == (201, 201)
    assert "secret" not in again.json()
    with shop.app.database.reading() as connection:
        assert tracked(connection, made.json()["secret"], shop.clock.now())["object"] == "tracked_order"
    assert "hash" not in shop.owner.get("/order_links", order=order).text
    assert shop.owner.post(f"/order_links/{made.json()['id']}/revoke").json()["revoked_at"]
