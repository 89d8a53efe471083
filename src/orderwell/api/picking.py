"""Pick lists, and what a scanned code is, over HTTP."""

from collections.abc import Mapping
from typing import Any

from ..flows.make_pick_list import MAX_ORDERS, MakePickList
from ..flows.pick_from_list import ClosePickList, PickFromList, PutBack
from ..flows.pick_short import PickShort
from ..inventory.queries import place_id
from ..kit.errors import Invalid
from ..picking import queries
from ..picking.store import PICK_LISTS
from ..reports.lookup import lookup
from ..reports.picking import to_pick
from .answers import list_of
from .answers.picking import (
    LookupAnswer,
    MadePickListAnswer,
    PickableOrderAnswer,
    PickedAnswer,
    PickListAnswer,
    PickListDetailAnswer,
    ShortPickAnswer,
)
from .lists import lists, one
from .operations import Look, Operation, Query, read, verb

READ, SHIP = "shipping:read", "shipping:write"
UP_TO = {"type": "integer", "minimum": 1, "maximum": MAX_ORDERS, "default": 20}


def operations() -> list[Operation]:
    made = {"location": "main", "orders": ["ord_0000000000001"]}
    return [
        read(
            "/locations/{location}/to_pick", _to_pick, name="list_to_pick", right=READ,
            result=list_of(PickableOrderAnswer),
            summary="Orders that can be picked at a location now, the most urgent first.",
            query=[Query("limit", f"How many, 1 to {MAX_ORDERS}.", UP_TO)],
        ),
        verb("POST", "/pick_lists", MakePickList, right=SHIP, result=MadePickListAnswer, status=201, example=made),
        lists(
            "/pick_lists", PICK_LISTS, kind="pick_list", right=READ, result=PickListDetailAnswer,
            filters=("location_id", "status"), shown=queries.told,
        ),
        one(
            "/pick_lists/{pick_list}", PICK_LISTS, kind="pick_list", right=READ, result=PickListDetailAnswer,
            shown=queries.told,
        ),
        verb(
            "POST", "/pick_lists/{pick_list}/pick", PickFromList, right=SHIP, result=PickedAnswer,
            example={"item": "8712345678906", "bin": "A-01-1"},
        ),
        verb(
            "POST", "/pick_lists/{pick_list}/short", PickShort, right=SHIP, result=ShortPickAnswer,
            example={"line": 1, "found": "1"},
        ),
        verb(
            "POST", "/pick_lists/{pick_list}/put_back", PutBack, right=SHIP, result=PickedAnswer,
            example={"line": 1, "quantity": "1"},
        ),
        verb("POST", "/pick_lists/{pick_list}/close", ClosePickList, right=SHIP, result=PickListAnswer),
        read(
            "/lookup", _lookup, name="list_lookup", right="catalog:read", result=LookupAnswer,
            summary="What a scanned code is: everything that carries it and that you may see.",
            query=[Query("code", "What was scanned or typed.", required=True)],
        ),
    ]  # fmt: skip


def _to_pick(look: Look) -> Mapping[str, Any]:
    place = place_id(look.connection, look.path["location"])
    return {"object": "list", "data": to_pick(look.connection, place, limit=look.query.get("limit", 20))}


def _lookup(look: Look) -> Mapping[str, Any]:
    code = look.query.get("code", "").strip()
    if not code:
        raise Invalid.at("/code", "Say what was scanned.", "required")
    return {"object": "list", "data": lookup(look.connection, code, rights=look.rights)}
