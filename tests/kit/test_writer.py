"""What happens to requests when something goes wrong: with them, with a neighbour, with the database."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from decimal import Decimal
from typing import Any

import pytest

from orderwell.app import App, open_app
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.ship_order import ShipOrder
from orderwell.kit import faults, writer
from orderwell.kit.errors import Failed, KeyReused, Overloaded, Unavailable
from orderwell.kit.writer import Call, Outcome
from orderwell.verify.proof import verify
from tests.kit.asks import call, state, told
from tests.kit.conftest import Copies
from tests.kit.poison import Bug, Poison


@pytest.fixture
def app(copy_of_shop: Copies) -> Iterator[App]:
    with copy_of_shop() as app:
        yield app
        assert verify(app.database).breaks == []


@pytest.fixture
def fault() -> Iterator[Callable[..., None]]:
    """Arm a fault point for so many times."""

    def arm(name: str, times: int = 1) -> None:
        left = [times]

        def strike() -> None:
            if left[0]:
                left[0] -= 1
                raise faults.Injected(name)

        faults.armed[name] = strike

    yield arm
    faults.armed.clear()


def order(quantity: int = 1, sku: str = "apple", **more: Any) -> PlaceOrder:
    return PlaceOrder("web", [LineAsk(sku, Decimal(quantity))], **more)


def orders_in(app: App) -> int:
    return len(state(app.database)[0])


# Refusals and poison


def test_a_refusal_leaves_no_trace_and_does_not_disturb_its_neighbours(app: App) -> None:
    before = state(app.database)
    assert told(app.writer.run([call(order(99), "k")])[0]) == "out_of_stock"
    assert state(app.database) == before
    outcomes = app.writer.run([call(order()), call(order(99)), call(order())])
    assert [outcome.refusal is None for outcome in outcomes] == [True, False, True]
    assert orders_in(app) == 2


def test_the_last_units_go_to_whoever_came_first(app: App) -> None:
    outcomes = app.writer.run([call(order(2, "cider")) for _ in range(3)])
    assert [told(each) if each.refusal else "yes" for each in outcomes] == ["yes", "out_of_stock", "out_of_stock"]


@pytest.mark.parametrize("kind", ["constraint", "too_large", "no_text"])
def test_what_the_database_refuses_stands_alone(app: App, kind: str) -> None:
    calls = [call(order(), f"k{n}") if n != 5 else Call(Poison(kind)) for n in range(9)]
    outcomes = app.writer.run(calls)
    assert [type(each.refusal) for n, each in enumerate(outcomes) if each.refusal] == [Failed]
    assert outcomes[5].refusal is not None
    assert orders_in(app) == 8


def test_a_slip_of_ours_stands_alone(app: App) -> None:
    outcomes = app.writer.run([call(order()), Call(Bug()), call(order())])
    assert [each.refusal is None for each in outcomes] == [True, False, True]
    assert isinstance(outcomes[1].refusal, Failed)


def test_a_listener_that_fails_does_not_stop_the_writer(app: App) -> None:
    def listen(_: Outcome) -> None:
        raise RuntimeError("gone")

    app.writer.start()
    app.writer.submit(Call(order(), done=listen))
    assert app.writer.ask(order())["object"] == "order"


# Keys


def test_the_same_key_gives_the_same_answer_in_one_batch_and_later(app: App) -> None:
    first, second = app.writer.run([call(order(), "k"), call(order(), "k")])
    (third,) = app.writer.run([call(order(), "k")])
    assert (first.replayed, second.replayed, third.replayed) == (False, True, True)
    assert first.body == second.body == third.body
    assert orders_in(app) == 1


def test_the_same_key_with_another_input_is_refused(app: App) -> None:
    first, second = app.writer.run([call(order(), "k"), call(order(2), "k")])
    (third,) = app.writer.run([call(order(3), "k")])
    assert first.refusal is None
    assert isinstance(second.refusal, KeyReused)
    assert isinstance(third.refusal, KeyReused)


def test_keys_of_two_callers_are_two_keys(app: App) -> None:
    outcomes = app.writer.run([call(order(), "k", actor="anna"), call(order(), "k", actor="ben")])
    assert [each.replayed for each in outcomes] == [False, False]


def test_a_refused_request_may_be_tried_again_under_its_key(app: App) -> None:
    assert told(app.writer.run([call(ShipOrder("r", channel="web"), "k")])[0]) == "not_found"
    outcomes = app.writer.run([call(order(reference="r")), call(ShipOrder("r", channel="web"), "k")])
    assert [each.refusal for each in outcomes] == [None, None]


def test_fifty_at_once_under_one_key_have_one_effect(app: App) -> None:
    app.writer.start()
    bodies: list[bytes | None] = []

    def ask() -> None:
        bodies.append(app.writer.call(call(order(), "k")).body)

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(bodies) == 50
    assert len(set(bodies)) == 1
    assert orders_in(app) == 1


# Dry runs


def test_a_dry_run_tells_what_would_be_written_and_writes_nothing(app: App) -> None:
    before = state(app.database)
    (outcome,) = app.writer.run([call(order(2), "k", dry_run=True)])
    assert outcome.answer["dry_run"] is True
    assert [move["quantity"] for move in outcome.answer["effects"]["unit_moves"]] == [2]
    assert state(app.database) == before
    placed, again, _ = app.writer.run([call(order(3), "k"), call(order(), dry_run=True), call(order())])
    assert (placed.replayed, again.answer["dry_run"]) == (False, True)
    assert orders_in(app) == 2


# The database goes away


@pytest.mark.parametrize("where", ["commit.before", "commit.after"])
def test_after_an_unknown_outcome_a_retry_tells_the_truth(app: App, fault: Callable[..., None], where: str) -> None:
    for n in range(3):
        fault(where)
        calls = [call(order(reference=f"{n}-{m}"), f"k{n}-{m}") for m in range(3)]
        assert {told(each) for each in app.writer.run(calls)} == {"outcome_unknown"}
        retried = app.writer.run([call(order(reference=f"{n}-{m}"), f"k{n}-{m}") for m in range(3)])
        assert [each.refusal for each in retried] == [None] * 3
        assert {each.replayed for each in retried} == {where == "commit.after"}
        assert orders_in(app) == 3 * n + 3


def test_a_fault_while_writing_leaves_nothing_half_done(app: App, fault: Callable[..., None]) -> None:
    before = state(app.database)
    fault("write.before", times=1)
    assert isinstance(app.writer.run([call(order(), "k")])[0].refusal, Failed)
    assert state(app.database) == before
    assert app.writer.run([call(order(), "k")])[0].refusal is None


@pytest.mark.parametrize("engine_kind", ["postgres"], indirect=True, scope="module")
def test_a_lost_connection_is_made_again_and_the_batch_repeated(app: App) -> None:
    app.writer.run([call(order())])
    with app.database.changing() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert app.writer.run([call(order())])[0].refusal is None
    assert orders_in(app) == 2


def test_too_many_waiting_are_turned_away_at_once(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MAX_WAITING", 3)
    let_in: list[Future[Outcome]] = [Future() for _ in range(3)]
    for future in let_in:
        app.writer.submit(Call(order(), done=future.set_result))
    with pytest.raises(Overloaded):
        app.writer.submit(Call(order()))
    app.writer.start()
    assert [future.result(30).refusal for future in let_in] == [None] * 3, "what was let in is done"
    assert app.writer.ask(order())["object"] == "order"
    assert orders_in(app) == 4


def test_a_stopped_writer_finishes_what_waits_and_takes_no_more(app: App) -> None:
    for _ in range(3):
        app.writer.submit(Call(order()))
    app.writer.start()
    app.writer.stop()
    assert orders_in(app) == 3
    with pytest.raises(Unavailable):
        app.writer.submit(Call(order()))


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True, scope="module")
def test_only_one_process_writes_an_sqlite_file(app: App) -> None:
    with pytest.raises(Unavailable, match="another process is writing"):
        open_app(str(app.database.url))
