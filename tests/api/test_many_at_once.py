"""Batches: many operations in one request, each with its own status, key and problem."""

from orderwell.api.batches import MAX_OPERATIONS
from tests.api.conftest import ApiShop


def orders(*quantities: int) -> dict[str, object]:
    lines = [[{"sku": "lamp", "quantity": str(quantity)}] for quantity in quantities]
    return {"operations": [{"path": "/orders", "body": {"channel": "web", "lines": each}} for each in lines]}


def test_each_operation_has_its_own_status(shop: ApiShop) -> None:
    shop.sku("lamp", stock=5)
    batch = orders(1, 100, 2)
    batch["operations"] += [  # type: ignore[operator]
        {"path": "/orders", "body": {"channel": "web"}},
        {"path": "/nothing"},
        {"path": "/orders/ord_0000000000001/cancel"},
    ]
    answer = shop.owner.post("/batches", batch).json()
    assert [each["status"] for each in answer["data"]] == [201, 409, 201, 422, 404, 404]
    assert answer["data"][1]["body"]["code"] == "out_of_stock"
    assert answer["data"][3]["body"]["errors"][0]["pointer"] == "/lines"
    assert shop.stock_of("lamp")["promised"] == 3


def test_a_batch_sent_again_gets_the_same_bytes_and_does_nothing(shop: ApiShop) -> None:
    shop.sku("lamp", stock=5)
    first = shop.owner.post("/batches", orders(1, 2), key="b1")
    again = shop.owner.post("/batches", orders(1, 2), key="b1")
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert shop.stock_of("lamp")["promised"] == 3
    other = shop.owner.post("/batches", orders(1, 1), key="b1").json()["data"]
    assert [(each["status"], each["body"].get("code")) for each in other] == [
        (201, None),
        (422, "idempotency_key_reused"),
    ]


def test_what_was_refused_in_a_batch_may_succeed_when_it_is_sent_again(shop: ApiShop) -> None:
    shop.sku("lamp", stock=1)
    statuses = [each["status"] for each in shop.owner.post("/batches", orders(1, 2), key="b1").json()["data"]]
    shop.stock("lamp", 2)
    again = [each["status"] for each in shop.owner.post("/batches", orders(1, 2), key="b1").json()["data"]]
    assert (statuses, again) == ([201, 409], [201, 201])


def test_each_operation_asks_for_its_own_right(shop: ApiShop) -> None:
    shop.sku("lamp", stock=5)
    batch = orders(1)
    batch["operations"] += [{"path": "/products", "body": {"code": "x", "name": "X"}}]  # type: ignore[operator]
    client = shop.client(scopes=["orders:write"])
    assert [each["status"] for each in client.post("/batches", batch).json()["data"]] == [201, 403]


def test_a_dry_run_of_a_batch_writes_nothing(shop: ApiShop) -> None:
    shop.sku("lamp", stock=5)
    answer = shop.owner.post("/batches?dry_run=true", orders(1, 2)).json()
    assert [(each["status"], each["body"]["dry_run"]) for each in answer["data"]] == [(200, True), (200, True)]
    assert shop.stock_of("lamp")["promised"] == 0


def test_a_hundred_orders_go_in_few_batches_of_the_writer(shop: ApiShop) -> None:
    shop.sku("lamp", stock=1000)
    before = shop.app.writer.batches
    answer = shop.owner.post("/batches", orders(*[1] * 100)).json()
    assert {each["status"] for each in answer["data"]} == {201}
    assert shop.app.writer.batches - before <= 20
    assert len({each["body"]["id"] for each in answer["data"]}) == 100


def test_there_is_a_limit(shop: ApiShop) -> None:
    shop.sku("lamp", stock=5)
    for quantities in ([1] * (MAX_OPERATIONS + 1), []):
        refused = shop.owner.post("/batches", orders(*quantities))
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "out_of_range")
