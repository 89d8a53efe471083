"""Saved views over HTTP: one's own, and those of one's roles."""

from orderwell.flows.keep_access import AddPerson
from tests.api.conftest import ApiShop, Client

LATE = {"page": "orders", "name": "Late", "query": "status=placed&fulfilment=backordered"}


def names(client: Client) -> list[str]:
    return [each["name"] for each in client.get("/views").json()["data"]]


def test_views_are_seen_by_their_owner_and_by_the_role_they_are_shared_with(shop: ApiShop) -> None:
    people = {name: shop.do(AddPerson(name, f"{name}@example.com", ["shop_floor"]))["id"] for name in ("noor", "bram")}
    noor, bram = (shop.client(person=each) for each in people.values())
    mine = noor.post("/views", {**LATE, "person": people["noor"]})
    assert (mine.status_code, mine.json()["query"]) == (201, LATE["query"])
    shared = shop.owner.post("/views", {**LATE, "name": "For all", "role": "shop_floor"})
    assert shared.status_code == 201
    assert (names(noor), names(bram), names(shop.owner)) == (["For all", "Late"], ["For all"], [])

    view = mine.json()["id"]
    assert noor.post(f"/views/{view}/change", {"name": "Very late"}, if_match='"1"').json()["version"] == 2
    assert noor.post(f"/views/{view}/change", {"name": "Later"}, if_match='"1"').status_code == 412
    for path in (f"/views/{view}", f"/views/{shared.json()['id']}"):
        assert bram.post(f"{path}/remove").json()["code"] == "view_of_another"
    assert bram.post("/views", {**LATE, "role": "shop_floor"}).status_code == 403
    assert bram.post("/views", {**LATE, "person": people["noor"]}).status_code == 403
    assert noor.post(f"/views/{view}/remove").json()["status"] == "removed"
    assert noor.post(f"/views/{view}/remove").status_code == 404
    assert names(noor) == ["For all"]


def test_a_name_is_there_once_and_a_query_is_nothing_else(shop: ApiShop) -> None:
    shared = {**LATE, "role": "shop_floor"}
    first = shop.owner.post("/views", shared).json()["id"]
    assert shop.owner.post("/views", shared).json()["code"] == "view_exists"
    shop.owner.post(f"/views/{first}/remove")
    assert shop.owner.post("/views", shared).status_code == 201
    for wrong in ("a b", "x#y", "<script>", "//evil.example?x", "é", "x" * 1001):
        assert shop.owner.post("/views", {**shared, "name": "Wrong", "query": wrong}).status_code == 422, wrong
    assert shop.owner.post("/views", LATE).json()["errors"][0]["code"] == "one_of"
    assert shop.owner.post("/views", {**LATE, "role": "wizard"}).status_code == 422
    assert "Late" not in str(shop.rows("SELECT data FROM events WHERE subject = 'view'"))
