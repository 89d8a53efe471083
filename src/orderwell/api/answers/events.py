"""The feed."""

from typing import Any, Literal

from typing_extensions import TypedDict


class EventAnswer(TypedDict):
    """Something that happened. `data` holds ids and facts by the event's type, never personal data."""

    object: Literal["event"]
    id: str
    type: str
    at: str
    subject: str
    subject_id: str | None
    actor: str
    request_id: str
    data: dict[str, Any]


class FeedPage(TypedDict):
    """A stretch of the feed; `next_cursor` is the `after` of what comes behind it, also when nothing is there yet."""

    object: Literal["list"]
    data: list[EventAnswer]
    has_more: bool
    next_cursor: str
