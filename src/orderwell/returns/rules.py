"""Which word describes a return, and what its units are worth. Pure."""

from collections.abc import Iterable, Sequence

from ..values.money import part_of
from .model import Return, ReturnLine


def status(returned: Return, lines: Sequence[ReturnLine]) -> str:
    """cancelled, announced, partly_received, received or inspected: from units alone but for the first."""
    if returned.status == "cancelled":
        return returned.status
    received = sum(line.received for line in lines)
    if received == 0:
        return "announced"
    if any(line.expected for line in lines):
        return "partly_received"
    return "received" if any(line.to_inspect for line in lines) else "inspected"


def cost_back(left: Iterable[tuple[int, int]], *, before: int, units: int) -> int | None:
    """What units that come back cost when they left in (units, cost) parcels, `before` of them having come back.

    In parts that sum to what all of them cost. None when fewer left than come back, so nothing can be said.
    """
    parcels = list(left)
    whole, cost = sum(units for units, _ in parcels), sum(cost for _, cost in parcels)
    if before + units > whole:
        return None
    return part_of(cost, before=before, after=before + units, whole=whole)
