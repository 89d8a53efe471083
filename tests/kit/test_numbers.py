"""Numbers without a gap, whoever asks for them at once and whoever gives up after having had one."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from orderwell.app import App
from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.ship_order import ShipOrder
from orderwell.invoicing import actions as invoicing
from orderwell.kit.errors import Conflict
from orderwell.kit.picture import Tx
from orderwell.kit.writer import Call, flow
from orderwell.verify.proof import verify
from tests.kit.asks import call
from tests.kit.conftest import Copies

CLIENTS, EACH = 64, 4


@dataclass(frozen=True, slots=True)
class TakeNumberAndGiveUp:
    pass


@flow(TakeNumberAndGiveUp)
def take_number_and_give_up(tx: Tx, ask: TakeNumberAndGiveUp) -> dict[str, Any]:
    invoicing.next_number(tx, "INV")
    raise Conflict("Changed my mind.")


@pytest.fixture
def app(copy_of_shop: Copies) -> Iterator[App]:
    with copy_of_shop() as app:
        yield app


def test_64_at_once_of_whom_a_third_give_up_leave_no_gap(app: App) -> None:
    app.writer.ask(AdjustStock("main", "found", [AdjustLine("apple", Decimal(CLIENTS * EACH), cost=1)]))
    app.writer.start()
    numbers: list[str] = []

    def client(n: int) -> None:
        for m in range(EACH):
            if (n + m) % 3 == 0:
                refused = app.writer.call(Call(TakeNumberAndGiveUp())).refusal
                assert refused is not None
                assert refused.code == "conflict"
                continue
            order = PlaceOrder("web", [LineAsk("apple", Decimal(1))], draft=m == 3, reference=f"{n}-{m}")
            assert app.writer.call(call(order)).refusal is None
            if m != 3:  # a draft takes no number
                numbers.append(app.writer.call(call(ShipOrder(f"{n}-{m}", "web"))).answer["invoice"])

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [f"INV-{n:06d}" for n in range(1, len(numbers) + 1)]
    assert len(numbers) > CLIENTS
    assert verify(app.database).breaks == []
