"""Invoices and credit notes: the list, one of them as it is printed, and what becomes of what is owed on it."""

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ...flows.give_up_debt import RecordBadDebt, WriteOffRest
from ...flows.issue_credit_note import IssueCreditNote
from ...flows.keep_letterhead import KeepLetterhead
from ...flows.receive_payment import ReceivePayment
from ...inventory.store import LOCATIONS
from ...ledger.rules import SMALL_REST_MINOR
from ...reports import documents
from ...values.calendar import is_day
from ..addresses import N_, Entry, Finder, Found, WebAddress, form, page
from ..visit import Visit
from .accounting import path_of

READ, WRITE, POST, TAKE = "invoices:read", "invoices:write", "ledger:post", "payments:take"
AT = "/accounting/invoices"
PER_PAGE = 50
RATE = re.compile(r"[0-9]{1,2}(\.[0-9]{1,2})?")
NARROWED = {  # how a figure of a report narrows the list; each is shown, and can be taken off
    "channel": N_("Channel"), "sku": N_("SKU"), "rate": N_("VAT rate"), "country": N_("Country"),
}  # fmt: skip
KINDS = {"invoice": N_("Invoice"), "credit_note": N_("Credit note")}
STATES = {
    "open": (N_("Open"), "azure"),
    "overdue": (N_("Overdue"), "orange"),
    "settled": (N_("Settled"), "green"),
}

NAVIGATION = [Entry(N_("Invoices"), AT, "file-invoice", READ, "Money", "v")]


def addresses() -> list[WebAddress]:
    invoice = f"{AT}/{{invoice}}"
    return [
        page(AT, listed, right=READ, template="accounting/invoices.html"),
        page(invoice, one, right=READ, template="accounting/invoice.html"),
        form(
            "/accounting/credit-notes", IssueCreditNote, right=WRITE, done=N_("The credit note is issued."),
            prepare=_traced, then=_to_note,
        ),
        form(f"{invoice}/pay", ReceivePayment, right=TAKE, done=N_("Booked on this invoice.")),
        form(f"{invoice}/write-off", WriteOffRest, right=POST, done=N_("The rest is written off.")),
        form(f"{invoice}/bad-debt", RecordBadDebt, right=POST, done=N_("The debt is given up.")),
        page("/accounting/letterhead", letterhead, right="business:manage", template="accounting/letterhead.html"),
        form(
            "/accounting/letterhead", KeepLetterhead, right="business:manage",
            done=N_("Documents say so from now on."),
        ),
    ]  # fmt: skip


def listed(visit: Visit) -> Mapping[str, Any]:
    wanted = documents.Wanted(
        search=visit.ask("q"),
        kind=visit.ask("kind", allowed=documents.KINDS),
        state=visit.ask("state", allowed=documents.STATES),
        customer=visit.ask("customer"),
        issued_from=day(visit.ask("from")),
        issued_to=day(visit.ask("to")),
        channel=visit.ask("channel"),
        sku=visit.ask("sku"),
        rate=_rate(visit.ask("rate")),
        country=visit.ask("country"),
    )
    found = documents.listed(
        visit.connection, wanted, today=visit.today, limit=PER_PAGE, cursor=visit.ask("cursor")
    )  # fmt: skip
    filters = {name: value for name, value in visit.query.items() if name != "cursor"}
    return {**found, "filters": filters, "kinds": KINDS, "states": STATES, "narrowed": NARROWED}


def one(visit: Visit) -> Mapping[str, Any]:
    found = documents.one(visit.connection, visit.path["invoice"], today=visit.today)
    shelves = sa.select(LOCATIONS.c.code, LOCATIONS.c.name).where(
        LOCATIONS.c.kind == "stock", LOCATIONS.c.status == "open"
    )
    return {
        "invoice": found,
        "kinds": KINDS,
        "states": STATES,
        "path_of": path_of,
        "shelves": [tuple(row) for row in visit.connection.execute(shelves.order_by(LOCATIONS.c.priority))],
        "small_rest": SMALL_REST_MINOR,
    }


def letterhead(visit: Visit) -> Mapping[str, Any]:
    last = 2**63 - 1
    return {"letterhead": documents.letterhead(visit.connection, last) or {}}


def _rate(text: str | None) -> str | None:
    return text if text is not None and RATE.fullmatch(text) else None


def day(text: str | None) -> str | None:
    return text if text is not None and is_day(text) else None


# -- the credit note


def _traced(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """The page names the order and the line of it; the request wants to know where each unit came from."""
    order = members.pop("order", "")
    for each in members.get("lines", []):
        line = each.pop("=line", "")
        if order and line.isascii() and line.isdigit():
            each["traces"] = [{"order": order, "line": int(line)}]
    return members


def _to_note(answer: Mapping[str, Any]) -> str:
    return f"{AT}/{answer['id']}"


# -- what the palette finds


def _find(connection: Connection, text: str, limit: int) -> list[Found]:
    if not any(letter.isdigit() for letter in text):
        return []  # customers are found as such
    found = documents.listed(connection, documents.Wanted(search=text), today="", limit=limit)["data"]
    return [Found(each["number"], each["customer"] or each["reference"], f"{AT}/{each['id']}", "file-invoice")
            for each in found]  # fmt: skip


FINDERS = [Finder(READ, _find, N_("Invoices"))]
