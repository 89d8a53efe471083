"""What a carrier tells is looked at before it goes any further: no text or instant that a database cannot hold."""

from types import SimpleNamespace
from typing import Any

import pytest

from orderwell.shipping.carriers import MAX_EVENTS, MAX_INSTANT, HttpPort, Journey

EVENT = {"id": "t-1", "status": "in_transit", "happened_at": 1_767_600_000_000_000, "place": "Utrecht"}


def tracked(*told: Any) -> Journey:
    """What is read of `par_1`, with an answer about `par_2` that is in order."""
    answer = SimpleNamespace(status_code=200, json=lambda: {"parcels": {"par_1": list(told), "par_2": [EVENT]}})
    http: Any = SimpleNamespace(request=lambda *_, **__: answer)
    found = HttpPort("https://carrier.example.com", "us", http).track(["par_1", "par_2"])
    assert len(found["par_2"].events) == 1
    return found["par_1"]


def test_events_as_agreed_are_read() -> None:
    assert tracked(EVENT).events[0].place == "Utrecht"
    assert tracked(EVENT).trouble == ""


@pytest.mark.parametrize(
    "wrong",
    [{"id": "a\0b"}, {"place": "\ud800"}, {"happened_at": MAX_INSTANT + 1}, {"happened_at": -1}, {"id": "x" * 301}],
)
def test_an_event_that_could_not_be_stored_is_trouble_of_its_parcel_alone(wrong: dict[str, Any]) -> None:
    journey = tracked(EVENT, {**EVENT, **wrong})
    assert journey.trouble
    assert journey.events == []


def test_more_events_than_a_parcel_can_have_are_trouble() -> None:
    assert tracked(*[EVENT] * (MAX_EVENTS + 1)).trouble == "201 events"
