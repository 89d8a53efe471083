"""What a carrier tells is looked at before it goes any further: no text or instant that a database cannot hold."""

from types import SimpleNamespace
from typing import Any

import pytest

from orderwell.kit.jobs import Unreachable
from orderwell.shipping.carriers import MAX_INSTANT, HttpPort

EVENT = {"id": "t-1", "status": "in_transit", "happened_at": 1_767_600_000_000_000, "place": "Utrecht"}


def tracked(**more: Any) -> list[Any]:
    answer = SimpleNamespace(status_code=200, json=lambda: {"parcels": {"par_1": [{**EVENT, **more}]}})
    http: Any = SimpleNamespace(request=lambda *_, **__: answer)
    return HttpPort("https://carrier.example.com", "us", http).track(["par_1"])["par_1"]


def test_events_as_agreed_are_read() -> None:
    assert tracked()[0].place == "Utrecht"


@pytest.mark.parametrize(
    "wrong",
    [{"id": "a\0b"}, {"place": "\ud800"}, {"happened_at": MAX_INSTANT + 1}, {"happened_at": -1}, {"id": "x" * 301}],
)
def test_an_event_that_could_not_be_stored_is_no_answer(wrong: dict[str, Any]) -> None:
    with pytest.raises(Unreachable):
        tracked(**wrong)
