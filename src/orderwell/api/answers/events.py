"""The feed."""

from typing import Any, Literal

from typing_extensions import TypedDict

from .notes import NoteAnswer


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


class OrderEventAnswer(EventAnswer):
    """`note` is what somebody typed or a partner answered then, or the note this is about, as it is now."""

    note: str | NoteAnswer | None


class FeedPage(TypedDict):
    """A stretch of the feed; `next_cursor` is the `after` of what comes behind it, also when nothing is there yet."""

    object: Literal["list"]
    data: list[EventAnswer]
    has_more: bool
    next_cursor: str
