"""The port to carriers: what we ask of any of them, and what they tell. Used by jobs only."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import httpx2

from ..kit.jobs import NotNow, Unreachable
from .model import TRACKING

T = TypeVar("T")
MAX_TEXT = 300
MAX_EVENTS = 200  # of one parcel in one answer
MAX_INSTANT = 10**17  # microseconds: the year 5138


class Declined(Exception):
    """The carrier understood and will not do it; asking again is of no use."""


class Label(NamedTuple):
    tracking: str
    label: str  # where the label is to be had


class Tracked(NamedTuple):
    """One event of a parcel's journey."""

    reference: str
    status: str
    happened_at: int  # microseconds since 1970 UTC
    place: str


class Journey(NamedTuple):
    """What is told of one parcel. `trouble`: it was not understood, and nothing of it counts."""

    events: Sequence[Tracked]
    trouble: str = ""


class Port(Protocol):
    """Every call may be repeated: the carrier knows a parcel by our id.

    Raises Declined; NotNow or Unreachable where it makes sense to come back later.
    """

    def label(self, parcel: str, address: Mapping[str, str]) -> Label: ...

    def cancel(self, parcel: str) -> None: ...

    def track(self, parcels: Sequence[str]) -> dict[str, Journey]:
        """What is known of each; a parcel the carrier has never heard of is left out."""


class HttpPort:
    """The simulated carrier's API, and the only place that knows its addresses and fields."""

    def __init__(self, url: str, account: str, http: httpx2.Client) -> None:
        self._url, self._account, self._http = url.rstrip("/"), account, http

    def label(self, parcel: str, address: Mapping[str, str]) -> Label:
        body = {"account": self._account, "reference": parcel, "address": dict(address)}
        found = self._send("POST", "/labels", body)
        return _read(lambda: Label(_text(found["tracking"]), _text(found["label"])))

    def cancel(self, parcel: str) -> None:
        self._send("POST", f"/labels/{parcel}/cancel", {"account": self._account})

    def track(self, parcels: Sequence[str]) -> dict[str, Journey]:
        found = self._send("POST", "/tracking", {"account": self._account, "references": list(parcels)})
        asked = set(parcels)
        told = _read(lambda: {str(name): events for name, events in found["parcels"].items() if name in asked})
        return {name: _journey(events) for name, events in told.items()}

    def _send(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        try:
            answer = self._http.request(method, self._url + path, json=body)
            if answer.status_code == 429:
                raise NotNow(_seconds(answer.headers.get("retry-after")))
            if answer.status_code >= 500:
                raise Unreachable(f"{method} {path}: {answer.status_code}")
            if answer.status_code >= 400:
                raise Declined(str(answer.json().get("detail", answer.status_code))[:MAX_TEXT])
            return answer.json()
        except (httpx2.HTTPError, ValueError, AttributeError) as error:  # no answer, or one that is no JSON object
            raise Unreachable(f"{method} {path}: {type(error).__name__}: {error}") from error


def _journey(found: Any) -> Journey:
    """One parcel of which nonsense is told says nothing about the others in the same answer."""
    try:
        events = _read(lambda: [tracked for each in found if (tracked := _tracked(each)) is not None])
    except Unreachable as error:
        return Journey([], str(error))
    if len(events) > MAX_EVENTS:
        return Journey([], f"{len(events)} events")
    return Journey(events)


def _tracked(found: Mapping[str, Any]) -> Tracked | None:
    """An event in our words; None for one of a kind that we do not know, which is no reason to stop."""
    status, happened_at = str(found["status"]), found["happened_at"]
    if type(happened_at) is not int or not 0 <= happened_at <= MAX_INSTANT:
        raise ValueError(f"an instant in microseconds is a whole number, not {happened_at!r}")
    if status not in TRACKING:
        return None
    return Tracked(_text(found["id"]), status, happened_at, _text(found.get("place") or "-"))


def _text(found: object) -> str:
    if not isinstance(found, str) or not found or len(found) > MAX_TEXT or "\0" in found:
        raise ValueError(f"a text of 1 to {MAX_TEXT} letters was expected")
    found.encode()  # half a character cannot be stored
    return found


def _read(read: Callable[[], T]) -> T:
    """What an answer says. One that does not look as agreed is no answer at all."""
    try:
        return read()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreachable(f"not understood: {error!r}") from error


def _seconds(retry_after: str | None) -> int:
    return min(int(retry_after), 3_600) if retry_after and retry_after.isdigit() else 60
