"""A request that the database refuses: what it writes breaks a constraint, or is nothing a column can hold."""

from dataclasses import dataclass
from typing import Any

from orderwell.inventory.model import Location
from orderwell.inventory.store import LOCATIONS
from orderwell.kit.events import announce
from orderwell.kit.picture import Tx
from orderwell.kit.writer import flow


@dataclass(frozen=True, slots=True)
class Poison:
    kind: str = "constraint"


@flow(Poison)
def poison(tx: Tx, ask: Poison) -> dict[str, Any]:
    id_ = tx.new_id()
    rows = {
        "constraint": Location(id_, 1, show(id_), "x", "stock", 0, "burning"),
        "too_large": Location(id_, 1, show(id_), "x", "stock", 2**70, "open"),
        "no_text": Location(id_, 1, show(id_), "\ud800", "stock", 0, "open"),
    }
    tx.add(LOCATIONS, rows[ask.kind])
    announce(tx, "location.added", "location", id_)
    return {"object": "poison"}


def show(id_: int) -> str:
    return f"poison-{id_}"


@dataclass(frozen=True, slots=True)
class Bug:
    pass


@flow(Bug)
def bug(tx: Tx, ask: Bug) -> dict[str, Any]:
    raise KeyError("a slip of ours")
