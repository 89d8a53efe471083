"""How pick lists are told."""

from collections.abc import Iterable
from typing import Any

from ..values.calendar import instant_text
from ..values.ids import show
from ..values.money import scaled_text
from .model import PickLine, PickList


def shown(found: PickList, lines: Iterable[PickLine]) -> dict[str, Any]:
    return {
        "object": "pick_list",
        "id": show("pick_list", found.id),
        "version": found.version,
        "location": show("location", found.location_id),
        "status": found.status,
        "created_at": instant_text(found.created_at),
        "ended_at": instant_text(found.ended_at),
        "note": found.note,
        "lines": [shown_line(line) for line in lines],
    }


def shown_line(line: PickLine) -> dict[str, Any]:
    figures = ("asked", "picked", "short", "dropped", "left")
    return {
        "line": line.n,
        "order": show("order", line.order_id),
        "order_line": line.line,
        "sku": show("sku", line.sku_id),
        "bin": show("bin", line.bin_id) if line.bin_id is not None else None,
        **{name: scaled_text(getattr(line, name), line.unit_decimals) for name in figures},
    }
