"""What a counted drawer says. Pure."""

from typing import NamedTuple


class Opened(NamedTuple):
    brought: int
    difference: int


def opened(*, held: int, counted: int, brought: int | None, first: bool) -> Opened:
    """Of a counted float: what was brought, and what is over (above zero) or short.

    Nothing was left in a drawer that was never used, so all of its first float was brought, unless somebody says else.
    """
    came = (counted - held if first else 0) if brought is None else brought
    return Opened(came, counted - held - came)
