"""What every answer looks like, for the API's description: one file per capability, one type per thing.

Between versions answers may grow members, and callers pass over those they do not know; none goes away. Tests hold
every answer they see against these, with nothing more in it than is named here.
"""

from functools import cache
from typing import Any, Literal

from typing_extensions import TypedDict


@cache
def page_of(noun: Any) -> Any:
    """A page of a list; `next_cursor` is the `cursor` of the page after it."""
    name = noun.__name__.removesuffix("Answer") + "Page"
    fields = {"object": Literal["list"], "data": list[noun], "has_more": bool, "next_cursor": str | None}
    return TypedDict(name, fields)  # type: ignore[operator]


@cache
def list_of(noun: Any) -> Any:
    """All there are, which are never many."""
    name = noun.__name__.removesuffix("Answer") + "List"
    return TypedDict(name, {"object": Literal["list"], "data": list[noun]})  # type: ignore[operator]
