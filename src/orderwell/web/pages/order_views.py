"""Saved views of the list of orders: a person's own, and those shared with a role."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from ...flows.keep_views import AddView, RemoveView
from ...values.ids import show
from ...views import queries
from ..addresses import N_, WebAddress, form
from ..visit import Visit
from ..words import ROLES

READ, MANAGE = "orders:read", "access:manage"
PAGE, MOST = "orders", 50


def addresses() -> list[WebAddress]:
    return [
        form("/views/orders", AddView, right=READ, prepare=_of_whom, then=_at_the_view, done=N_("The view is kept.")),
        form("/views/orders/{view}/remove", RemoveView, right=READ, done=N_("The view is removed.")),
    ]


def shown(visit: Visit, filters: Mapping[str, str]) -> dict[str, Any]:
    """The views there are for who looks, and which of them is open now."""
    viewer = visit.viewer
    assert viewer is not None, "only people look at orders"
    found = queries.listed(
        visit.connection, person_id=viewer.person_id, roles=viewer.roles, page=PAGE, limit=MOST
    )["data"]  # fmt: skip
    query = query_of(filters)
    mine = show("person", viewer.person_id)
    views = [
        {**each, "open": each["query"] == query, "removable": each["person"] == mine or visit.may(MANAGE)}
        for each in sorted(found, key=lambda each: (each["role"] is not None, each["name"].lower()))
    ]
    return {"views": views, "view_query": query, "roles": tuple(ROLES) if visit.may(MANAGE) else ()}


def query_of(filters: Mapping[str, str]) -> str:
    return urlencode(sorted(filters.items()))


def _of_whom(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """Of the person who keeps it, unless they share it with a role; whether they may is the flow's to say."""
    assert visit.viewer is not None, "only people keep views"
    whose = {} if members.get("role") else {"person": show("person", visit.viewer.person_id)}
    return {"query": "", **members, "page": PAGE, **whose}


def _at_the_view(answer: Mapping[str, Any]) -> str:
    return f"/orders?{answer['query']}" if answer["query"] else "/orders"
