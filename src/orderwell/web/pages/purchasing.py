"""Purchasing: what is proposed and why, what is on order and late, and one purchase order from order to bill."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy.engine import Connection

from ...flows.place_purchase import CancelPurchase, ExpectPurchase, PlacePurchaseOrder
from ...flows.propose_purchases import DropProposal, OrderProposals, Propose
from ...flows.receive_purchase import ReceivePurchase, ReverseReceipt
from ...flows.supplier_invoice import BookSupplierInvoice, ReverseSupplierInvoice
from ...kit.errors import Invalid
from ...reports import purchasing
from ..addresses import N_, Entry, Finder, Found, Undo, WebAddress, form, page
from ..visit import Visit

READ, WRITE, RECEIVE, BOOK = "purchasing:read", "purchasing:write", "purchasing:receive", "ledger:post"
PER_PAGE = 50
LINES_TO_TYPE = 8
STATUSES = {
    "ordered": (N_("On order"), "azure"),
    "partly_received": (N_("Partly in"), "yellow"),
    "received": (N_("All in"), "green"),
    "cancelled": (N_("Cancelled"), "secondary"),
}

NAVIGATION = [Entry(N_("Purchasing"), "/purchasing", "truck-loading", READ, "Goods", "p")]


def addresses() -> list[WebAddress]:
    order = "/purchase_orders/{purchase_order}"
    return [
        page("/purchasing", proposed, right=READ, template="purchasing/proposals.html"),
        form("/purchasing/propose", Propose, right=WRITE, done=N_("What is missing is proposed.")),
        form("/purchasing/order", OrderProposals, right=WRITE, done=N_("Ordered, one purchase order a supplier."),
             prepare=_typed, then=_to_orders),
        form("/proposals/{proposal}/drop", DropProposal, right=WRITE, done=N_("Not ordered.")),
        page("/purchasing/orders", listed, right=READ, template="purchasing/orders.html"),
        page("/purchasing/orders/new", new, right=WRITE, template="purchasing/new.html"),
        form("/purchasing/orders/new", PlacePurchaseOrder, right=WRITE, done=N_("Ordered."), then=_to),
        page("/purchasing/orders/{purchase_order}", one, right=READ, template="purchasing/order.html"),
        form(f"{order}/receive", ReceivePurchase, right=RECEIVE, done=N_("Received; it is on the shelf."),
             prepare=_some, undo=_send_back),
        form(f"{order}/cancel", CancelPurchase, right=WRITE, done=N_("What was still to come is cancelled.")),
        form(f"{order}/expect", ExpectPurchase, right=WRITE, done=N_("Expected on another day.")),
        form(f"{order}/bill", BookSupplierInvoice, right=BOOK, done=N_("The bill is booked."), undo=_unbook),
        form("/purchasing/receipts/{receipt}/reverse", ReverseReceipt, right=RECEIVE,
             done=N_("Sent back to the supplier.")),
        form("/purchasing/bills/{supplier_invoice}/reverse", ReverseSupplierInvoice, right=BOOK,
             done=N_("The bill is taken back.")),
    ]  # fmt: skip


def proposed(visit: Visit) -> Mapping[str, Any]:
    assert visit.house is not None
    groups = purchasing.proposals(visit.connection, visit.house.currency)
    return {
        "groups": groups,
        "count": sum(len(each["lines"]) for each in groups if each["supplier"]),
        "more": max(0, purchasing.proposed(visit.connection) - sum(len(each["lines"]) for each in groups)),
        "amount": sum(each["amount"] for each in groups),
        "late": purchasing.late_count(visit.connection, visit.today),
    }


def listed(visit: Visit) -> Mapping[str, Any]:
    asked = {
        "q": visit.ask("q"), "status": visit.ask("status", allowed=purchasing.STATUSES),
        "supplier": visit.ask("supplier"), "late": visit.ask("late", allowed=("1",)),
    }  # fmt: skip
    found = purchasing.purchase_orders(
        visit.connection, today=visit.today, search=asked["q"], status=asked["status"], supplier=asked["supplier"],
        late=asked["late"] is not None, limit=PER_PAGE, cursor=visit.ask("cursor"),
    )  # fmt: skip
    return {
        "orders": found["data"],
        "next_cursor": found["next_cursor"],
        "filters": {name: value for name, value in asked.items() if value},
        "late": purchasing.late_count(visit.connection, visit.today),
        "statuses": STATUSES,
        "suppliers": purchasing.suppliers(visit.connection),
    }


def one(visit: Visit) -> Mapping[str, Any]:
    order = purchasing.purchase_order(visit.connection, visit.path["purchase_order"], today=visit.today)
    return {"order": order, "statuses": STATUSES}


def new(visit: Visit) -> Mapping[str, Any]:
    chosen = visit.ask("supplier")
    return {
        "terms": purchasing.terms(visit.connection, chosen) if chosen else [],
        "supplier_choices": [(each["id"], each["name"]) for each in purchasing.suppliers(visit.connection)],
        "location_choices": purchasing.places(visit.connection),
        "supplier": chosen or "",
        "rows": range(LINES_TO_TYPE),
    }


# -- what forms add


def _typed(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """Lines that stand empty or at nought are not ordered. With none left nothing is, instead of all that is open."""
    lines = [line for line in members.get("lines", ()) if not _nought(line.get("quantity", ""))]
    if not lines:
        raise Invalid.at("/lines", "Nothing is to be ordered: every quantity is empty.", "required")
    return {**members, "lines": lines}


def _some(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """What came, as it was typed. With nothing typed nothing came, instead of all of it."""
    lines = [line for line in members.get("lines", ()) if not _nought(line.get("quantity", ""))]
    if not lines:
        raise Invalid.at("/lines", "Say how much came of at least one line.", "required")
    return {**members, "lines": lines}


def _nought(text: str) -> bool:
    try:
        return Decimal(text) == 0
    except InvalidOperation:
        return False  # it is refused when it is decoded, by name


# -- where to go, and what takes an act back


def _to_orders(answer: Mapping[str, Any]) -> str:
    made = answer["data"]
    return _to(made[0]) if len(made) == 1 else "/purchasing/orders?status=ordered"


def _to(answer: Mapping[str, Any]) -> str:
    return f"/purchasing/orders/{answer['id']}"


def _send_back(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"/purchasing/receipts/{answer['id']}/reverse")


def _unbook(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"/purchasing/bills/{answer['id']}/reverse")


# -- what the palette finds


def _find(connection: Connection, text: str, limit: int) -> list[Found]:
    found = purchasing.purchase_orders(connection, today="", search=text, limit=limit)["data"]
    return [
        Found(each["reference"], each["supplier_name"], f"/purchasing/orders/{each['id']}", "truck-loading")
        for each in found
    ]


FINDERS = [Finder(READ, _find, N_("Purchase orders"))]
