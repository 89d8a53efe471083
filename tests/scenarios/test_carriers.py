"""A carrier with an API makes labels and tells how parcels fare; it is slow, forgetful, and never holds up the shop."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from orderwell.flows.carry_parcel import AskLabel, KeepCarrier, RecordLabel, RecordTracking, TrackingAsk
from orderwell.flows.deliver_parcel import FailDelivery, ParcelCameBack
from orderwell.flows.pack_parcel import PackOrder, UnpackParcel
from orderwell.flows.place_order import AddressAsk, LineAsk, PlaceOrder
from orderwell.flows.ship_parcel import ShipParcel
from orderwell.kit.errors import Invalid
from orderwell.kit.picture import Tx
from orderwell.kit.writer import STORIES, Story
from orderwell.shipping import queries
from orderwell.shipping.actions import AlreadyLabelled, CarrierClosed, IllegalParcelMove
from orderwell.shipping.simulated import Consignment, Depot, Faults, Refusal, Server
from orderwell.values.calendar import SECOND
from orderwell.values.ids import parse, show
from orderwell.worker import Worker
from tests.support.shop import Shop

HOME = AddressAsk("Jo Jones", street="Kade 1", postcode="1011 AB", city="Amsterdam", country="NL")
HOUR = 3_600 * SECOND


@pytest.fixture
def worker(shop: Shop) -> Iterator[Worker]:
    shop.sku("lamp", price="12.10", stock=50)
    worker = Worker(shop.app)
    worker.tick()
    yield worker
    worker.stop()


@pytest.fixture
def carrier(shop: Shop, worker: Worker) -> Iterator[Callable[..., Server]]:
    """A carrier on the shop's own clock, known to it as `swift`: `carrier(seed=3, lose_event=20)`."""
    running = []

    def start(seed: int = 1, **faults: Any) -> Server:
        server = Server(seed=seed, faults=Faults(**faults), now=shop.clock.now).start()
        running.append(server)
        shop.do(KeepCarrier("swift", server.url, "lamp-co"))
        return server

    yield start
    for server in running:
        server.stop()


def packed(shop: Shop, address: AddressAsk | None = HOME) -> str:
    order = shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], ship_to=address))["id"]
    return str(shop.do(PackOrder(order))["parcels"][0])


def parcel(shop: Shop, name: str) -> dict[str, Any]:
    with shop.app.database.reading() as connection:
        return queries.one(connection, name)


def told(shop: Shop, name: str) -> list[str]:
    with shop.app.database.reading() as connection:
        return [event["status"] for event in queries.tracking(connection, parse("parcel", name) or 0)]


def hours_pass(shop: Shop, worker: Worker, hours: int, *, step: int = 4) -> None:
    """The worker looks in every `step` hours."""
    for _ in range(hours // step):
        shop.clock.advance_to(shop.clock.now() + step * HOUR)
        worker.tick()


def shipped(shop: Shop, worker: Worker) -> str:
    name = packed(shop)
    shop.do(AskLabel(name, "swift"))
    worker.tick()
    shop.do(ShipParcel(name))
    return name


def test_a_parcel_gets_its_label_and_is_followed_to_the_door(
    shop: Shop, worker: Worker, carrier: Callable[..., Server]
) -> None:
    carrier()
    name = packed(shop)
    shop.do(AskLabel(name, "swift"))
    assert parcel(shop, name)["label"] == ""  # nothing is called before the commit, nor by the request
    worker.tick()
    labelled = parcel(shop, name)
    assert (labelled["tracking"], labelled["label"]) == ("SIM001000000001", "/labels/SIM001000000001.pdf")
    shop.do(ShipParcel(name))
    assert parcel(shop, name)["carrier"] == "swift"

    hours_pass(shop, worker, 48)

    assert parcel(shop, name)["status"] == "delivered"
    assert told(shop, name) == ["announced", "in_transit", "out_for_delivery", "delivered"]
    assert shop.rows("SELECT SUM(delivered) FROM order_lines") == [(1,)]
    shop.prove()


def test_a_label_asked_for_twice_is_one_label_and_a_second_one_is_refused(
    shop: Shop, worker: Worker, carrier: Callable[..., Server]
) -> None:
    server = carrier()
    name = packed(shop)
    shop.do(AskLabel(name, "swift"))
    shop.do(AskLabel(name, "swift"))
    worker.tick()
    assert len(server.depot.parcels) == 1
    with pytest.raises(AlreadyLabelled):
        shop.do(AskLabel(name, "swift"))
    shop.do(ShipParcel(name))
    with pytest.raises(IllegalParcelMove):
        shop.do(AskLabel(name, "swift"))


def test_what_the_carrier_will_not_take_is_told_and_is_not_asked_again(
    shop: Shop, worker: Worker, carrier: Callable[..., Server]
) -> None:
    carrier()
    name = packed(shop, address=None)
    shop.do(AskLabel(name, "swift"))
    worker.tick()
    assert parcel(shop, name)["label"] == ""
    [(reason,)] = shop.rows(
        "SELECT n.text FROM event_notes n JOIN events e ON e.id = n.event_id WHERE e.type = 'order.label_refused'"
    )
    assert reason == "the address has no name, postcode, city, country"
    assert shop.rows("SELECT status FROM jobs WHERE kind = 'carrier.label'") == [("done",)]


def test_only_carriers_that_are_known_and_open_are_asked(shop: Shop, worker: Worker) -> None:
    name = packed(shop)
    with pytest.raises(Invalid, match="no carrier 'moon'"):
        shop.do(AskLabel(name, "moon"))
    with pytest.raises(Invalid, match="http or https"):
        shop.do(KeepCarrier("moon", "ftp://moon", "us"))
    shop.do(KeepCarrier("moon", "http://127.0.0.1:9", "us", status="closed"))
    with pytest.raises(CarrierClosed):
        shop.do(AskLabel(name, "moon"))


def test_opening_a_parcel_cancels_its_label_whenever_that_comes(
    shop: Shop, worker: Worker, carrier: Callable[..., Server]
) -> None:
    server = carrier()
    first, second = packed(shop), packed(shop)
    shop.do(AskLabel(first, "swift"))
    worker.tick()
    shop.do(UnpackParcel(first))
    shop.do(AskLabel(second, "swift"))
    shop.do(UnpackParcel(second))  # before the carrier has answered
    worker.tick()
    assert [each.cancelled for each in server.depot.parcels.values()] == [True, True]
    assert parcel(shop, second)["label"] == ""
    shop.prove()


def test_a_label_of_another_carrier_than_the_last_one_chosen_is_dropped(
    shop: Shop, worker: Worker, carrier: Callable[..., Server]
) -> None:
    server = carrier()
    other = Server(seed=2, now=shop.clock.now).start()
    shop.do(KeepCarrier("brisk", other.url, "lamp-co"))
    name = packed(shop)
    shop.do(AskLabel(name, "swift"))
    shop.do(AskLabel(name, "brisk"))
    worker.tick()
    assert parcel(shop, name)["tracking"].startswith("SIM002")
    assert [each.cancelled for each in server.depot.parcels.values()] == [True]
    other.stop()


def test_a_carrier_that_fails_and_swallows_answers_is_asked_until_it_works(
    shop: Shop, worker: Worker, carrier: Callable[..., Server]
) -> None:
    server = carrier(seed=2, fail_first=40, lose_answer=30)
    names = [packed(shop) for _ in range(8)]
    for name in names:
        shop.do(AskLabel(name, "swift"))
    hours_pass(shop, worker, 12, step=1)
    assert all(parcel(shop, name)["label"] for name in names)
    assert len(server.depot.parcels) == 8
    errors = shop.rows("SELECT last_error FROM jobs")
    assert server.depot.calls > 8, errors
    shop.prove()


def test_a_dead_carrier_holds_up_neither_orders_nor_other_carriers(
    shop: Shop, worker: Worker, carrier: Callable[..., Server]
) -> None:
    carrier()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, and nobody listens
        shop.do(KeepCarrier("dead", f"http://127.0.0.1:{nobody.getsockname()[1]}", "lamp-co"))
        stuck, fine = packed(shop), shipped(shop, worker)
        shop.do(AskLabel(stuck, "dead"))
        hours_pass(shop, worker, 48)
        assert parcel(shop, stuck)["label"] == ""
        assert parcel(shop, fine)["status"] == "delivered"
        assert shop.do(ShipParcel(stuck, carrier="by hand", tracking="B1"))["fulfilment_status"] == "shipped"


def tasks(shop: Shop) -> list[tuple[str, str]]:
    return [(kind, show("parcel", number)) for kind, number in shop.rows("SELECT kind, subject_id FROM tasks")]


def test_nonsense_about_one_parcel_holds_up_no_other(
    shop: Shop, worker: Worker, carrier: Callable[..., Server]
) -> None:
    server = carrier()
    odd, fine = shipped(shop, worker), shipped(shop, worker)
    tell = server.depot._events

    def nonsense(told: Consignment) -> list[dict[str, Any]]:
        said = tell(told)
        return [{**each, "happened_at": "yesterday"} for each in said] if told.reference == odd else said

    server.depot._events = nonsense  # type: ignore[method-assign]
    hours_pass(shop, worker, 48)
    assert (parcel(shop, odd)["status"], parcel(shop, fine)["status"]) == ("shipped", "delivered")
    assert tasks(shop) == [("tracking_refused", odd)]
    server.depot._events = tell  # type: ignore[method-assign]
    hours_pass(shop, worker, 4)
    assert parcel(shop, odd)["status"] == "delivered"


def test_a_question_that_is_declined_for_one_parcel_is_asked_about_each(
    shop: Shop, worker: Worker, carrier: Callable[..., Server]
) -> None:
    server = carrier()
    odd, fine = shipped(shop, worker), shipped(shop, worker)
    track = server.depot.track

    def declining(asked: dict[str, Any]) -> dict[str, Any]:
        if odd in asked["references"]:
            raise Refusal(422, "one of these is not yours")
        return track(asked)

    server.depot.track = declining  # type: ignore[method-assign]
    hours_pass(shop, worker, 48)
    assert (parcel(shop, odd)["status"], parcel(shop, fine)["status"]) == ("shipped", "delivered")
    assert tasks(shop) == [("tracking_refused", odd)]


def test_an_answer_that_our_own_books_refuse_holds_up_neither_parcel_nor_carrier(
    shop: Shop, worker: Worker, carrier: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier()
    odd, fine = shipped(shop, worker), shipped(shop, worker)
    other = Server(seed=2, now=shop.clock.now).start()
    shop.do(KeepCarrier("tardy", other.url, "lamp-co"))  # asked after swift
    late = packed(shop)
    shop.do(AskLabel(late, "tardy"))
    worker.tick()
    shop.do(ShipParcel(late))
    story = STORIES[RecordTracking]

    def refusing(tx: Tx, ask: RecordTracking) -> Any:
        if ask.parcel == odd:
            raise IllegalParcelMove("not as things stand")
        return story.flow(tx, ask)

    monkeypatch.setitem(STORIES, RecordTracking, Story(refusing))
    hours_pass(shop, worker, 72)
    other.stop()
    assert [parcel(shop, name)["status"] for name in (odd, fine, late)] == ["shipped", "delivered", "delivered"]
    assert tasks(shop) == [("tracking_refused", odd)]


def test_a_carrier_that_asks_for_patience_holds_up_no_other(
    shop: Shop, worker: Worker, carrier: Callable[..., Server]
) -> None:
    carrier()
    busy = Server(seed=2, now=shop.clock.now).start()
    shop.do(KeepCarrier("busy", busy.url, "lamp-co"))  # asked before swift
    name = packed(shop)
    shop.do(AskLabel(name, "busy"))
    worker.tick()
    shop.do(ShipParcel(name))
    fine = shipped(shop, worker)

    def overrun(asked: dict[str, Any]) -> dict[str, Any]:
        raise Refusal(429, "not so fast")

    busy.depot.track = overrun  # type: ignore[method-assign]
    hours_pass(shop, worker, 72)
    busy.stop()
    assert (parcel(shop, name)["status"], parcel(shop, fine)["status"]) == ("shipped", "delivered")


def test_failed_deliveries_lost_parcels_and_events_that_are_late_or_never_told(
    shop: Shop, worker: Worker, carrier: Callable[..., Server]
) -> None:
    server = carrier(seed=4, lose_event=15, late_event=50, late_hours=40, fail_delivery=40, lose_parcel=20)
    names = [shipped(shop, worker) for _ in range(20)]
    hours_pass(shop, worker, 200, step=10)
    ends = {name: parcel(shop, name)["status"] for name in names}
    assert set(ends.values()) >= {"delivered", "lost", "failed"}
    for each in server.depot.parcels.values():
        decisive = [step for step in each.steps if step.status in ("delivered", "failed", "lost")]
        expected = max(decisive, key=lambda step: step.minutes).status if decisive else "shipped"
        assert ends[each.reference] == expected
    shop.prove()


def events(*said: tuple[str, int]) -> list[TrackingAsk]:
    return [TrackingAsk(f"{status}-{at}", status, at * HOUR) for status, at in said]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ([("delivered", 9), ("failed", 5), ("in_transit", 1)], "delivered"),
        ([("failed", 5), ("failed", 5), ("delivered", 9)], "delivered"),
        ([("lost", 5), ("delivered", 9)], "delivered"),
        ([("in_transit", 1), ("returning", 9)], "shipped"),
    ],
)
def test_what_happened_last_decides_in_whatever_order_it_is_told(
    shop: Shop, said: list[tuple[str, int]], end: str
) -> None:
    shop.sku("lamp", stock=5)
    for order in (said, said[::-1]):
        (name,) = shop.ship(shop.order(lamp=1))["parcels"]
        for each in order:
            shop.do(RecordTracking(name, events(each)))
        assert parcel(shop, name)["status"] == end
        assert len(told(shop, name)) == len(set(said))
    shop.prove()


def test_what_our_own_people_have_seen_stands(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    (name,) = shop.ship(shop.order(lamp=1))["parcels"]
    shop.do(FailDelivery(name))
    shop.do(ParcelCameBack(name))
    shop.do(RecordTracking(name, events(("delivered", 9))))
    assert parcel(shop, name)["status"] == "came_back"
    assert told(shop, name) == ["delivered"]
    shop.prove()


def test_a_label_recorded_twice_changes_nothing(shop: Shop, worker: Worker, carrier: Callable[..., Server]) -> None:
    carrier()
    name = packed(shop)
    shop.do(AskLabel(name, "swift"))
    for _ in range(2):
        shop.do(RecordLabel(name, "swift", "S1", "/S1.pdf"))
    assert shop.rows("SELECT COUNT(*) FROM events WHERE type = 'order.labelled'") == [(1,)]


def test_the_same_seed_takes_parcels_the_same_way() -> None:
    def tells(seed: int) -> list[Any]:
        now = [0]
        faults = Faults(lose_event=30, late_event=30, fail_delivery=40, lose_parcel=20)
        depot = Depot(seed, faults, lambda: now[0])
        address = {"name": "Jo", "postcode": "1", "city": "Ghent", "country": "BE"}
        for n in range(10):
            depot.label({"account": "a", "reference": f"p{n}", "address": address})
        now[0] = 400 * HOUR
        return [depot.track({"account": "a", "references": [f"p{n}" for n in range(10)]})]

    assert tells(5) == tells(5)
    assert tells(5) != tells(6)


def test_it_runs_as_a_process_of_its_own() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["--port", str(port), "--seed", "7", "--hour-ms", "1"]
    process = subprocess.Popen([sys.executable, "-m", "orderwell.shipping.simulated", *arguments])
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            body = {
                "account": "a",
                "reference": "p1",
                "address": {"name": "Jo", "postcode": "1", "city": "Ghent", "country": "BE"},
            }
            label = _until_it_listens(lambda: http.post("/labels", json=body)).json()
            assert label["tracking"] == "SIM007000000001"
            time.sleep(0.1)
            known = http.post("/tracking", json={"account": "a", "references": ["p1", "p2"]}).json()["parcels"]
            assert [event["status"] for event in known["p1"]][-1] == "delivered"
            assert "p2" not in known
            assert http.post("/labels", json={"account": "a"}).status_code == 422
            assert http.post("/nowhere", json={}).status_code == 404
            assert http.post("/labels/p1/cancel", json={"account": "a"}).status_code == 409
            assert http.post("/labels/p9/cancel", json={"account": "a"}).status_code == 404
    finally:
        process.terminate()
        process.wait()


def _until_it_listens(call: Callable[[], httpx2.Response]) -> httpx2.Response:
    for _ in range(200):
        try:
            return call()
        except httpx2.TransportError:
            time.sleep(0.05)
    raise AssertionError("the carrier did not start")
