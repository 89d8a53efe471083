"""Tills over HTTP: a drawer's day, and who may do what."""

from orderwell.flows.keep_access import AddPerson
from tests.api.conftest import ApiShop


def test_a_drawer_is_opened_sold_from_closed_and_reported(shop: ApiShop) -> None:
    shop.sku("lamp", price="49.95", stock=5)
    shop.do(AddPerson("Noor", "noor@example.com", ["shop_floor"]))
    till = shop.owner.post("/tills", {"code": "front", "name": "Front counter", "location": "main"})
    assert till.status_code == 200
    clerk = shop.client(person="noor@example.com")
    opened = clerk.post("/tills/front/open_drawer", {"person": "noor@example.com", "counted": 10_000})
    assert opened.status_code == 201
    session = opened.json()["id"]
    sale = {"channel": "till", "location": "main", "till": "front", "lines": [{"sku": "lamp", "quantity": "1"}]}
    assert clerk.post("/sales", sale).status_code == 201
    assert clerk.get("/tills").json()["data"][0]["session"]["id"] == session
    assert clerk.get("/tills").json()["data"][0]["cash"] == 14_995

    closed = clerk.post(f"/drawer_sessions/{session}/close", {"counted": 14_995, "deposited": 4_995})

    assert (closed.json()["difference"], closed.json()["left"]) == (0, 10_000)
    again = clerk.post(f"/drawer_sessions/{session}/close", {"counted": 1})
    assert (again.status_code, again.json()["code"]) == (409, "session_closed")
    report = clerk.get(f"/drawer_sessions/{session}").json()
    assert [(each["method"], each["total"]) for each in report["methods"]] == [("cash", 4_995), ("pin", 0)]
    moves = clerk.get(f"/drawer_sessions/{session}/moves").json()["data"]
    assert [(each["kind"], each["amount"]) for each in moves] == [
        ("deposited", -4_995),
        ("payment", 4_995),
        ("brought", 10_000),
    ]
    assert moves[1]["document"].startswith("pay_")
    assert len(clerk.get("/drawer_sessions", till=till.json()["id"], status="closed").json()["data"]) == 1
    assert clerk.get("/drawer_sessions/drs_0000000000001").status_code == 404


def test_a_packer_has_no_business_at_the_drawer(shop: ApiShop) -> None:
    shop.owner.post("/tills", {"code": "front", "name": "Front counter", "location": "main"})
    packer = shop.client(role="warehouse")
    assert packer.post("/tills/front/pay_out", {"amount": 100}).status_code == 403
    assert packer.get("/tills").status_code == 403
