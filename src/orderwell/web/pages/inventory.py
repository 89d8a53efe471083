"""Inventory: what lies where and what is promised of it; one SKU with what stands behind each figure; corrections."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from ...flows.adjust_stock import AdjustStock
from ...flows.count_stock import CountStock
from ...flows.move_bins import MoveBetweenBins
from ...flows.transfer_stock import EndTransfer, TransferStock
from ...inventory.queries import movements
from ...reports import inventory, warehouse
from ...reports.order_page import named
from ...reports.prices import prices
from ..addresses import N_, Entry, Finder, Found, Undo, WebAddress, form, page
from ..visit import Visit

READ, ADJUST = "stock:read", "stock:adjust"
PER_PAGE, MAX_ROWS, MOVES = 50, 200, 30
REASONS = (
    ("found", N_("Found")),
    ("lost", N_("Lost")),
    ("damaged", N_("Damaged")),
    ("scrapped", N_("Scrapped")),
    ("opening", N_("Opening balance")),
)

NAVIGATION = [Entry(N_("Inventory"), "/stock", "packages", READ, "Goods", "i")]


def addresses() -> list[WebAddress]:
    return [
        page("/stock", listed, right=READ, template="inventory/list.html"),
        page("/stock/{sku}", one, right=READ, template="inventory/sku.html"),
        form("/stock/adjust", AdjustStock, right=ADJUST, done=N_("Stock is put right."), prepare=_signed),
        form("/stock/count", CountStock, right=ADJUST, done=N_("The count is booked.")),
        form("/stock/transfer", TransferStock, right=ADJUST, done=N_("Sent on its way."), undo=_came_back),
        form("/stock/move", MoveBetweenBins, right=ADJUST, done=N_("Moved to the other bin.")),
        form("/transfers/{transfer}/end", EndTransfer, right=ADJUST, done=N_("What was under way is booked.")),
    ]


def listed(visit: Visit) -> Mapping[str, Any]:
    """A page that is open asks again for `rows`, the rows it has."""
    wanted = inventory.Wanted(
        search=visit.ask("q"), location=visit.ask("at"), low=visit.ask("low", allowed=("yes",)) is not None
    )
    rows = visit.ask("rows")
    found = inventory.listed(
        visit.connection, wanted, limit=PER_PAGE, after=visit.ask("cursor"),
        only=rows.split(",")[:MAX_ROWS] if rows else None,
    )  # fmt: skip
    return {
        "skus": found["data"],
        "next_cursor": visit.ask("next") if rows else found["after"],
        "filters": {name: value for name, value in visit.query.items() if name in ("q", "at", "low")},
        "places": warehouse.places(visit.connection),
        "at": visit.ask("at"),
    }


def one(visit: Visit) -> Mapping[str, Any]:
    name, at = visit.path["sku"], visit.ask("at")
    found = inventory.one(visit.connection, name)
    known = [each["location"] for each in found["places"]]
    moves = movements(
        visit.connection, name, location=at if at in known else None, limit=MOVES, cursor=visit.ask("cursor")
    )  # fmt: skip
    places = warehouse.places(visit.connection)
    told = prices(visit.connection, sku=name)["data"] if visit.may("catalog:read") else []
    return {
        "sku": found,
        "moves": named(visit.connection, moves["data"]),
        "next_cursor": moves["next_cursor"],
        "prices": told,
        "places": places,
        "names": defaultdict(str, {each.code: each.name for each in places}),
        "at": at if at in known else None,
        "reasons": REASONS,
        "filters": {"at": at} if at in known else {},
    }


def _signed(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """People say how many were lost; the request says so with a minus."""
    if members.get("reason") in ("lost", "damaged", "scrapped"):
        for line in members.get("lines") or []:
            if isinstance(line, dict) and isinstance(line.get("quantity"), str):
                line["quantity"] = "-" + line["quantity"].lstrip("-")
    return members


def _came_back(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"/transfers/{answer['id']}/end", {"outcome": "returned"})


def _find(connection: Connection, text: str, limit: int) -> list[Found]:
    found = inventory.listed(connection, inventory.Wanted(search=text), limit=limit)["data"]
    return [Found(each["code"], each["name"], f"/stock/{each['id']}", "box") for each in found]


FINDERS = [Finder(READ, _find, N_("SKUs"))]
