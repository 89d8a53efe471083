"""A saved view: filters, columns and order of a list, under a name."""

from typing import NamedTuple


class View(NamedTuple):
    """Of a person, or shared with a role: one of the two. The query is the URL's, as the list's page reads it."""

    id: int
    version: int
    page: str  # the list it is of: 'orders'
    name: str
    query: str  # 'status=placed&sort=-placed_at&columns=reference,gross'
    person_id: int | None
    role: str | None
    status: str  # 'kept' or 'removed'
    created_at: int
    changed_at: int
