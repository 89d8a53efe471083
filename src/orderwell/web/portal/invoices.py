"""Invoices and credit notes, as they were issued; paper and PDF come of printing the page."""

from collections.abc import Mapping
from typing import Any

from ...reports import portal
from ...reports.portal_documents import document, documents, provider
from ..addresses import WebAddress
from ..visit import Visit
from .addresses import page
from .orders import mine


def addresses() -> list[WebAddress]:
    return [
        page("/portal/invoices", listed, template="invoices.html"),
        page("/portal/invoices/{invoice}", one, template="invoice.html"),
    ]


def listed(visit: Visit) -> Mapping[str, Any]:
    ids, only = mine(visit), visit.ask("show", allowed=("open",))
    found = documents(visit.connection, ids, open_only=only == "open", cursor=visit.ask("cursor"))
    return {
        "documents": found["data"], "next_cursor": found["next_cursor"], "only": only,
        "filters": {"show": only} if only else {},
        "balance": portal.balance(visit.connection, ids, visit.today),
        "takes_payments": provider(visit.connection) is not None,
    }  # fmt: skip


def one(visit: Visit) -> Mapping[str, Any]:
    return {
        "document": document(visit.connection, mine(visit), visit.path["invoice"]),
        "takes_payments": provider(visit.connection) is not None,
    }
