"""A note about an order or a customer."""

from typing import NamedTuple

SUBJECTS = ("order", "customer")


class Note(NamedTuple):
    """What somebody wrote. The text is nowhere else but in the answers kept for retries: events name the note only."""

    id: int
    version: int
    subject: str  # kind of the thing it is about: 'order' or 'customer'
    subject_id: int
    text: str  # '' once it is removed
    pin: str  # 'pinned' (shown first) or 'loose'
    status: str  # 'kept' or 'removed'
    written_at: int
    written_by: str
    changed_at: int | None
    changed_by: str
