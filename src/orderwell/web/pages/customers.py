"""Customers: the list, one of them on one page, merging, and what the law lets them ask for."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response

from ...api.face import Face
from ...flows.erase_customer import EraseCustomer, found_now
from ...flows.keep_customer_prices import EndCustomerPrice, SetCustomerPrice
from ...flows.keep_customers import CHANGEABLE, AddCustomer, ChangeCustomer
from ...flows.keep_notes import AddCustomerNote, ChangeCustomerNote, RemoveCustomerNote
from ...flows.keep_portal import (
    AddPortalAccount,
    DisablePortalAccount,
    EnablePortalAccount,
    InvitePortalAccount,
)
from ...flows.merge_customers import FILLED, MergeCustomer, SplitCustomer
from ...kit.errors import Invalid
from ...reports import customer_page
from ...reports.personal_data import personal_data
from ..addresses import N_, Entry, Finder, Found, Undo, WebAddress, form, page, stream
from ..visit import Visit
from .accounting import path_of

READ, WRITE, PRICE = "customers:read", "customers:write", "catalog:write"
PER_PAGE, MAX_ROWS = 50, 200
LOCALES = (("nl", "Nederlands"), ("en", "English"), ("de", "Deutsch"), ("fr", "Français"))

NAVIGATION = [Entry(N_("Customers"), "/customers", "users", READ, "Sell", "c")]


def addresses() -> list[WebAddress]:
    one_, note = "/customers/{customer}", "/customers/{customer}/notes/{note}"
    return [
        page("/customers", listed, right=READ, template="customers/list.html"),
        page("/customers/new", new, right=WRITE, template="customers/edit.html"),
        form("/customers/new", AddCustomer, right=WRITE, done=N_("The customer is added."), then=_to),
        page(one_, one, right=READ, template="customers/customer.html"),
        page(f"{one_}/change", change, right=WRITE, template="customers/edit.html"),
        form(f"{one_}/change", ChangeCustomer, right=WRITE, done=N_("Changed."), prepare=_emptied, then=_to),
        form(f"{one_}/block", ChangeCustomer, right=WRITE, done=N_("Blocked: no order is taken from them."),
             prepare=_blocked, undo=_let_in),
        form(f"{one_}/unblock", ChangeCustomer, right=WRITE, done=N_("Orders are taken from them again."),
             prepare=_unblocked),
        page(f"{one_}/merge", merge, right=WRITE, template="customers/merge.html"),
        form(f"{one_}/merge", MergeCustomer, right=WRITE, done=N_("Merged."), then=_to, undo=_split),
        form(f"{one_}/split", SplitCustomer, right=WRITE, done=N_("They are two customers again."), then=_to),
        form(f"{one_}/notes", AddCustomerNote, right=WRITE, done=N_("The note is kept.")),
        form(f"{note}/change", ChangeCustomerNote, right=WRITE, done=N_("Changed.")),
        form(f"{note}/remove", RemoveCustomerNote, right=WRITE, done=N_("The note is removed.")),
        form(f"{one_}/prices", SetCustomerPrice, right=PRICE, done=N_("The price is agreed.")),
        form("/customer_prices/{customer_price}/end", EndCustomerPrice, right=PRICE, done=N_("The price has ended.")),
        form(f"{one_}/people", AddPortalAccount, right=WRITE, done=N_("Invited to the portal.")),
        form("/portal_accounts/{portal_account}/invite", InvitePortalAccount, right=WRITE,
             done=N_("The invitation is sent once more.")),
        form("/portal_accounts/{portal_account}/disable", DisablePortalAccount, right=WRITE,
             done=N_("Shut out of the portal."), undo=_enable),
        form("/portal_accounts/{portal_account}/enable", EnablePortalAccount, right=WRITE,
             done=N_("Let into the portal again.")),
        stream(f"{one_}/personal_data", export, right=WRITE),
        page(f"{one_}/erase", erasing, right=WRITE, template="customers/erase.html"),
        form(f"{one_}/erase", EraseCustomer, right=WRITE, done=N_("What said who they were is erased."),
             prepare=_confirmed, then=_to),
    ]  # fmt: skip


# -- looking


def listed(visit: Visit) -> Mapping[str, Any]:
    """A page that is open asks again for `rows`, the rows it has."""
    asked = visit.ask("rows")
    rows = asked.split(",")[:MAX_ROWS] if asked else None
    found = customer_page.listed(
        visit.connection, search=visit.ask("q"), limit=PER_PAGE, cursor=visit.ask("cursor"), rows=rows
    )
    return {
        "customers": found["data"],
        "next_cursor": visit.ask("next") if rows is not None else found["next_cursor"],
        "filters": {"q": text} if (text := visit.ask("q")) else {},
    }


def one(visit: Visit) -> Mapping[str, Any]:
    return {"customer": customer_page.one(visit.connection, visit.path["customer"]), "path_of": path_of}


def new(visit: Visit) -> Mapping[str, Any]:
    country = visit.house.country if visit.house is not None else ""
    blank = {**dict.fromkeys(CHANGEABLE, ""), "kind": "person", "locale": visit.language, "country": country,
             "terms_days": 0, "name": visit.ask("name") or ""}  # fmt: skip
    return {"customer": None, "values": blank, "locales": LOCALES}


def change(visit: Visit) -> Mapping[str, Any]:
    customer = customer_page.one(visit.connection, visit.path["customer"])
    return {"customer": customer, "values": customer, "locales": LOCALES}


def merge(visit: Visit) -> Mapping[str, Any]:
    """First whom to keep instead is looked for, then what would happen is shown."""
    name, into, text = visit.path["customer"], visit.ask("into"), visit.ask("q")
    customer = customer_page.name_of(visit.connection, name)
    found = customer_page.listed(visit.connection, search=text, limit=10)["data"] if text else []
    return {
        "customer": customer,
        "alike": customer_page.may_be_the_same(visit.connection, name) if not into and not text else [],
        "found": [each for each in found if each["id"] != customer["id"]],
        "text": text or "",
        "both": customer_page.merging(visit.connection, name, into) if into else None,
        "filled": FILLED,
    }


def erasing(visit: Visit) -> Mapping[str, Any]:
    customer = customer_page.one(visit.connection, visit.path["customer"])
    return {"customer": customer, "known": found_now(visit.connection, customer["id"], visit.now)}


async def export(face: Face, request: Request, caller: Any) -> Response:
    """Everything that is kept of a customer, as a file to hand over."""
    return await face.threads.run(_export, face, request.path_params["customer"])


def _export(face: Face, name: str) -> Response:
    with face.app.database.reading() as connection:
        customer = customer_page.name_of(connection, name)
        found = personal_data(connection, customer["id"])
    body = json.dumps(found, indent=1, ensure_ascii=False)
    file = f"attachment; filename=personal-data-{customer['id']}.json"
    return Response(body, 200, {"content-disposition": file, "cache-control": "no-store"}, "application/json")


# -- what forms add


def _emptied(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """A field that stands empty on the page is emptied; its name cannot be."""
    for each in ("email", "phone", "country", "vat_number", "payment_method"):
        if each in visit.query:
            members.setdefault(each, "")
    if visit.query.get("name") == "":
        raise Invalid.at("/name", "A customer has a name.", "required")
    return members


def _blocked(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    return {"status": "blocked"}


def _unblocked(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    return {"status": "active"}


def _confirmed(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """Nobody types what is known: it is looked up. Whoever erases says that they know it is for good."""
    if visit.query.get("sure") != "on":
        raise Invalid.at("/sure", "Tick that you know it cannot be undone.", "required")
    return {"known": found_now(visit.connection, visit.path["customer"], visit.now)}


# -- where to go, and what takes an act back


def _to(answer: Mapping[str, Any]) -> str:
    return f"/customers/{answer['customer'] if answer['object'] == 'erasure' else answer['id']}"


def _let_in(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"/customers/{path['customer']}/unblock")


def _split(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"/customers/{path['customer']}/split")


def _enable(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"/portal_accounts/{path['portal_account']}/enable")


# -- what the palette finds


def _find(connection: Connection, text: str, limit: int) -> list[Found]:
    found = customer_page.found(connection, text, limit)
    return [
        Found(each["name"], " · ".join(filter(None, (each["reference"], each["email"]))), f"/customers/{each['id']}",
              "user", exact=each["reference"].lower() == text.lower())
        for each in found
    ]  # fmt: skip


FINDERS = [Finder(READ, _find, N_("Customers"))]
