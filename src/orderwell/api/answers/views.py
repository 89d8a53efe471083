"""Saved views of lists."""

from typing import Literal

from typing_extensions import TypedDict


class ViewAnswer(TypedDict):
    """Of a `person`, or shared with a `role`. `query` is the list's own, as in its URL."""

    object: Literal["view"]
    id: str
    version: int
    page: str
    name: str
    query: str
    person: str | None
    role: str | None
    status: str
    created_at: str
    changed_at: str
