"""The event stream: everything once, in order, to whoever may see it, and only that."""

import ast
import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import orderwell
from orderwell.access.model import RIGHTS
from orderwell.flows.keep_access import DefineRole
from orderwell.flows.pick_order import PickOrder
from orderwell.flows.receive_payment import ReceivePayment
from orderwell.flows.sign_in import EndSession
from orderwell.kit import feed
from orderwell.reports.order_page import BETWEEN_US
from orderwell.web.live import RIGHTS_OF_SUBJECTS
from orderwell.web.words import EVENTS
from tests.web.conftest import WebShop

SOURCE = Path(orderwell.__file__).parent


class Stream:
    """One page that listens, on a loop and a thread of its own: a browser's loop may be running in this one."""

    def __init__(self, shop: WebShop, role: str, after: int | None = None) -> None:
        self.shop, self.token = shop, shop.session(role)
        self._loop, self._thread = asyncio.new_event_loop(), ThreadPoolExecutor(1)
        hub = shop.site.face.cache["site"].hub
        viewer = self._run(lambda: shop.site.face.cache["site"].sessions.viewer(self.token))
        self._heard = hub.listen(self.token, viewer, after)

    def next(self) -> str:
        return str(self._run(lambda: asyncio.wait_for(anext(self._heard), 10)))

    def _run(self, made: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        return self._thread.submit(lambda: self._loop.run_until_complete(made())).result()

    def news(self) -> dict[str, Any]:
        while True:
            text = self.next()
            if "event: news" in text:
                return json.loads(text.partition("data: ")[2])

    def ended(self) -> bool:
        try:
            while True:
                self.next()
        except StopAsyncIteration:
            return True

    def close(self) -> None:
        self._run(self._heard.aclose)
        self._run(self._end)
        self._thread.shutdown()
        self._loop.close()

    async def _end(self) -> None:
        pending = asyncio.all_tasks(self._loop) - {asyncio.current_task()}
        for each in pending:
            each.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


@pytest.fixture
def listen(shop: WebShop) -> Iterator[Callable[..., Stream]]:
    open_: list[Stream] = []

    def listen(role: str, after: int | None = None) -> Stream:
        open_.append(Stream(shop, role, after))
        open_[-1].next()
        return open_[-1]

    yield listen
    for stream in open_:
        stream.close()


@pytest.fixture
def order(shop: WebShop) -> str:
    shop.sku("lamp", price="10.00", stock=5)
    placed = shop.order(lamp=3)
    feed.catch_up(shop.app.database)
    return placed


def test_what_happens_is_told_with_what_it_is_about(shop: WebShop, order: str, listen: Any) -> None:
    stream = listen("owner")
    shop.do(ReceivePayment("bank_transfer", amount=100, order=order))
    feed.catch_up(shop.app.database)
    told = [stream.news()]
    while told[-1]["type"] != "payment.received":
        told.append(stream.news())
    assert order in told[-1]["about"]
    assert told[-1]["about"][0].startswith("pay_")


def test_who_comes_back_hears_what_was_missed_and_nothing_twice(shop: WebShop, order: str, listen: Any) -> None:
    with shop.app.database.reading() as connection:
        position = feed.last_position(connection)
    shop.do(PickOrder(order))
    feed.catch_up(shop.app.database)
    stream = listen("owner", position)
    types = []
    while "order.picked" not in types:
        types.append(stream.news()["type"])
    assert types.count("order.picked") == 1


def test_nobody_is_told_what_they_may_not_see(shop: WebShop, order: str, listen: Any) -> None:
    shop.do(DefineRole("picker", "Picker", ["orders:read", "shipping:write"]))
    stream = listen("picker")
    shop.do(ReceivePayment("bank_transfer", amount=100, order=order))
    shop.do(PickOrder(order))
    feed.catch_up(shop.app.database)
    heard = [stream.news()["type"]]
    while heard[-1] != "order.picked":
        heard.append(stream.news()["type"])
    assert all(each.startswith(("order.", "invoice.")) for each in heard), heard


def test_a_stream_ends_with_its_session(shop: WebShop, listen: Any) -> None:
    from orderwell.values.ids import show

    stream = listen("owner")
    (id_,) = shop.rows("SELECT MAX(id) FROM sessions")[0]
    shop.do(EndSession(show("session", id_)))
    assert stream.ended()


def test_what_happens_to_orders_and_payments_is_said_in_words() -> None:
    """On an order's timeline nobody reads `payment.captured`."""
    announced = {
        node.args[1].value
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "announce"
        if len(node.args) > 2 and isinstance(node.args[1], ast.Constant)
    }
    about = {each for each in announced if each.startswith(("order.", "payment."))}
    assert len(about) > 30
    assert about <= EVENTS.keys() | BETWEEN_US, about - EVENTS.keys() - BETWEEN_US


def test_every_kind_of_thing_that_is_announced_has_a_right() -> None:
    """What is not named is told to nobody; that is safe, and a page that waits for it would wait for ever."""
    announced = {
        node.args[2].value
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "announce"
        if len(node.args) > 2 and isinstance(node.args[2], ast.Constant)
    }
    assert len(announced) > 15
    assert announced <= set(RIGHTS_OF_SUBJECTS), announced - set(RIGHTS_OF_SUBJECTS)
    assert set(RIGHTS_OF_SUBJECTS.values()) <= set(RIGHTS)
