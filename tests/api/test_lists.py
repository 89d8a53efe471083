"""Lists, filters, expansion, the feed: what is read is what is there, and no page skips or repeats."""

import threading
from typing import Any

import sqlalchemy as sa

from orderwell.flows.receive_payment import ReceivePayment
from orderwell.flows.refund_payment import RefundOrder
from orderwell.kit import feed
from tests.api.conftest import ApiShop
from tests.support.answers import ASKED


def walk(shop: ApiShop, path: str, **params: Any) -> list[dict[str, Any]]:
    found, cursor = [], {}
    while True:
        page = shop.owner.get(path, **params, **cursor).json()
        found += page["data"]
        if not page["has_more"]:
            return found
        cursor = {"cursor": page["next_cursor"]}


def test_a_walk_through_pages_skips_and_repeats_nothing_while_orders_come_in(shop: ApiShop) -> None:
    shop.sku("lamp", stock=10_000)
    there = {shop.order(lamp=1) for _ in range(30)}
    stop = threading.Event()

    def keep_ordering() -> None:
        while not stop.is_set():
            shop.order(lamp=1)

    busy = threading.Thread(target=keep_ordering)
    busy.start()
    try:
        for _ in range(3):
            ids = [order["id"] for order in walk(shop, "/orders", limit=4)]
            assert len(ids) == len(set(ids))
            assert there <= set(ids)
            assert ids == sorted(ids, reverse=True)
    finally:
        stop.set()
        busy.join()


def test_filters_find_what_they_say(shop: ApiShop) -> None:
    shop.sku("lamp", stock=10)
    shop.customer("anna")
    first = shop.order(lamp=1, customer="anna", reference="web-1")
    second = shop.order(lamp=1)
    anna = shop.owner.get("/customers", reference="anna").json()["data"][0]["id"]
    for params, expected in (
        ({"customer": anna}, [first]),
        ({"reference": "web-1"}, [first]),
        ({"status": "placed"}, [second, first]),
        ({"fulfilment": "shipped"}, []),
        ({"placed_from": "2026-01-06"}, []),
        ({"placed_to": "2026-01-05"}, [second, first]),
    ):
        assert [each["id"] for each in shop.owner.get("/orders", **params).json()["data"]] == expected, params


def test_an_order_can_be_had_with_what_belongs_to_it(shop: ApiShop) -> None:
    shop.sku("lamp", stock=10)
    shop.customer("anna")
    order = shop.order(lamp=1, customer="anna")
    shop.ship(order)
    plain = shop.owner.get(f"/orders/{order}").json()
    assert plain["customer"].startswith("cus_")
    wanted = ["customer", "lines.sku", "parcels", "invoices", "payments"]
    whole = shop.owner.get(f"/orders/{order}", **{"expand[]": wanted}).json()
    assert whole["customer"]["reference"] == "anna"
    assert whole["lines"][0]["sku"]["code"] == "lamp"
    assert [parcel["order"] for parcel in whole["parcels"]] == [order]
    assert [(invoice["gross"], invoice["open"]) for invoice in whole["invoices"]] == [(1000, 1000)]
    assert whole["payments"] == []


def test_each_expanded_thing_needs_its_own_right(shop: ApiShop) -> None:
    shop.sku("lamp", stock=10)
    order = shop.order(lamp=1)
    client = shop.client(scopes=["orders:read", "catalog:read"])
    assert client.get(f"/orders/{order}", **{"expand[]": "lines.sku"}).status_code == 200
    refused = client.get(f"/orders/{order}", **{"expand[]": "customer"})
    assert (refused.status_code, refused.json()["facts"]) == (403, {"lacking": ["customers:read"]})


def test_the_feed_tells_each_event_once_in_order(shop: ApiShop) -> None:
    shop.sku("lamp", stock=10)
    order = shop.owner.order(request_id="mine").json()["id"]
    shop.ship(order)
    feed.catch_up(shop.app.database)
    found, after = [], "0"
    while True:
        page = shop.owner.get("/events", limit=3, after=after).json()
        found += page["data"]
        after = page["next_cursor"]
        if not page["has_more"]:
            break
    assert shop.rows("SELECT count(*) FROM events") == [(len({each["id"] for each in found}),)] == [(len(found),)]
    placed = shop.owner.get("/events", types="order.placed").json()["data"]
    assert [(each["subject_id"], each["request_id"]) for each in placed] == [(order, "mine")]
    assert placed[0]["actor"].startswith("key_")
    types = {each["type"] for each in shop.owner.get("/events", types=["order.*", "sku.*"]).json()["data"]}
    assert {type_.split(".")[0] for type_ in types} == {"order", "sku"}
    timeline = shop.owner.get(f"/orders/{order}/timeline").json()["data"]
    assert next(each["type"] for each in timeline) == "order.placed"
    assert "order.shipped" in [each["type"] for each in timeline]


def test_stock_movements_and_the_journal_are_lists_too(shop: ApiShop) -> None:
    shop.sku("lamp", stock=10)
    shop.sku("bulb", stock=4)
    shop.ship(shop.order(lamp=3, bulb=1))
    stock = shop.owner.get("/stock", sku="lamp", location="main").json()["data"]
    assert [(each["sku_code"], each["on_hand"], each["available"]) for each in stock] == [("lamp", "7", "7")]
    assert len(walk(shop, "/stock", limit=1)) == 2
    assert len(walk(shop, "/stock_moves", limit=1)) == 4
    posted = walk(shop, "/journal", limit=2, debit="receivable")
    assert sum(each["amount"] for each in posted) == 4000
    owed = walk(shop, "/open_items", account="receivable")
    assert [each["open"] for each in owed] == [4000]


def test_every_list_answers_and_reading_writes_nothing(shop: ApiShop) -> None:
    before = shop.rows("SELECT count(*) FROM events")
    lists = [each for each in shop.api.operations if each.method == "GET" and not each.path_fields]
    for operation in lists:
        params = ASKED.get(operation.name, {})
        read = shop.http.get(operation.path, params=params, headers=shop.owner.headers())
        assert read.status_code == 200, (operation.path, read.text)
        head = shop.http.head(operation.path, params=params, headers=shop.owner.headers())
        assert (head.status_code, head.content) == (200, b"")
    assert len(lists) > 25
    assert shop.rows("SELECT count(*) FROM events") == before
    assert shop.rows("SELECT count(*) FROM api_key_uses") == [(0,)]


def test_when_a_key_was_used_is_noted_now_and_then(shop: ApiShop) -> None:
    from starlette.testclient import TestClient

    with TestClient(shop.api) as http:  # with its lifespan: notes are written when it ends at the latest
        http.get("/api/v1/orders", headers=shop.owner.headers())
    key = shop.rows("SELECT k.last FROM (SELECT max(used_at) AS last FROM api_key_uses) k")
    assert key == [(shop.clock.now(),)]


def test_the_test_clock_goes_forward_only(shop: ApiShop) -> None:
    assert shop.owner.get("/test_clock").json()["now"] == "2026-01-05T08:00:00Z"
    moved = shop.owner.post("/test_clock/advance", {"to": "2026-01-07T08:00:00Z"})
    assert (moved.status_code, moved.json()["now"]) == (200, "2026-01-07T08:00:00Z")
    for to, status in (("2026-01-06T08:00:00Z", 409), ("2036-01-06T08:00:00Z", 409), ("2026-01-08T08:00:00.1", 422)):
        assert shop.owner.post("/test_clock/advance", {"to": to}).status_code == status


def test_orders_tell_how_far_they_are_paid_and_a_page_costs_two_questions(shop: ApiShop) -> None:
    shop.sku("lamp", price="10.00", stock=50)
    shop.customer("jones", terms_days=30)
    states = {
        "unpaid": shop.order(lamp=1),
        "partly_paid": shop.order(lamp=1),
        "paid": shop.order(lamp=1),
        "overpaid": shop.order(lamp=1),
        "partly_refunded": shop.order(lamp=2),
        "refunded": shop.order(lamp=1),
        "settled": shop.order(lamp=1, customer="jones"),
    }
    shop.do(ReceivePayment("bank_transfer", 400, order=states["partly_paid"]))
    for word in ("paid", "overpaid", "partly_refunded", "refunded"):
        shop.do(ReceivePayment("bank_transfer", order=states[word]))
    shop.do(ReceivePayment("bank_transfer", 1, order=states["overpaid"]))
    shop.cancel(states["partly_refunded"], line1=1)
    shop.do(RefundOrder(states["partly_refunded"]))
    shop.cancel(states["refunded"])
    shop.do(RefundOrder(states["refunded"]))
    shop.ship(states["settled"])
    shop.do(ReceivePayment("bank_transfer", customer="jones"))  # on account: not for this order by name

    listed = {each["id"]: each["payment_status"] for each in shop.owner.get("/orders").json()["data"]}
    assert listed == {order: word for word, order in states.items()}
    for word, order in states.items():
        found = shop.owner.get(f"/orders/{order}").json()
        assert (found["payment_status"], found["id"]) == (word, order)

    asked: list[str] = []
    engine = shop.app.database.engine
    listener = lambda *told: asked.append(told[2])  # noqa: E731
    sa.event.listen(engine, "before_cursor_execute", listener)
    shop.owner.get("/orders")
    sa.event.remove(engine, "before_cursor_execute", listener)
    assert sum("FROM payments" in each for each in asked) == sum("FROM open_items" in each for each in asked) == 1
