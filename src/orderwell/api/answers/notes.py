"""Notes on orders and customers."""

from typing import Literal

from typing_extensions import TypedDict


class NoteAnswer(TypedDict):
    """`subject` is the id of what it is about. Once it is removed, `text` is empty."""

    object: Literal["note"]
    id: str
    version: int
    subject: str
    text: str
    pinned: bool
    status: str
    written_at: str
    written_by: str
    changed_at: str | None
    changed_by: str


class Said(TypedDict):
    """What somebody typed, or a partner answered, and the event it was said at."""

    event: str
    type: str
    at: str
    actor: str
    note: str
