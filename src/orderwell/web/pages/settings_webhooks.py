"""Settings, webhooks: who hears of events, what was sent to them and how it went."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ...api.decode import adapter_of, decode_members
from ...api.face import Face
from ...api.webhooks import NewWebhookEndpoint
from ...flows.keep_webhooks import (
    AddWebhookEndpoint,
    ChangeWebhookEndpoint,
    RemoveWebhookEndpoint,
    ReplayWebhooks,
    TestWebhookEndpoint,
)
from ...notifications.rules import new_secret
from ...reports import webhooks
from ..addresses import N_, Undo, WebAddress, act, form, page
from ..asked_fields import members_of
from ..showing_once import done_once, show_once
from ..visit import Viewer, Visit

MANAGE = "webhooks:manage"
ALL, ONE = "/settings/webhook_endpoints", "/settings/webhook_endpoints/{endpoint}"
PER_PAGE = 50
STATUSES = ("waiting", "dead", "done")


def addresses() -> list[WebAddress]:
    return [
        page(ALL, listed, right=MANAGE, template="settings/webhooks.html"),
        act(f"{ALL}/new", _add, right=MANAGE),
        page(ONE, one, right=MANAGE, template="settings/webhook.html"),
        form(f"{ONE}/change", ChangeWebhookEndpoint, right=MANAGE, done=N_("Kept."), prepare=_all_of_it),
        form(f"{ONE}/disable", ChangeWebhookEndpoint, right=MANAGE, done=N_("Nothing is sent to it any more."),
             prepare=_disabled, undo=_enable),
        form(f"{ONE}/enable", ChangeWebhookEndpoint, right=MANAGE,
             done=N_("It is sent what it missed, and what happens from now on."), prepare=_enabled, undo=_disable),
        form(f"{ONE}/remove", RemoveWebhookEndpoint, right=MANAGE, done=N_("Removed."), then=lambda answer: ALL),
        form(f"{ONE}/replay", ReplayWebhooks, right=MANAGE, done=N_("It is sent once more.")),
        form(f"{ONE}/test", TestWebhookEndpoint, right=MANAGE, done=N_("A test is on its way.")),
    ]  # fmt: skip


def listed(visit: Visit) -> Mapping[str, Any]:
    found = webhooks.listed(visit.connection, limit=PER_PAGE, cursor=visit.cursor("webhook_endpoint"))
    return {"endpoints": found["data"], "next_cursor": found["next_cursor"]}


def one(visit: Visit) -> Mapping[str, Any]:
    name, status = visit.path["endpoint"], visit.ask("status", allowed=STATUSES)
    endpoint = webhooks.one(visit.connection, name)
    found = webhooks.deliveries(visit.connection, name, status=status, limit=PER_PAGE, cursor=visit.cursor("delivery"))
    return {
        "endpoint": endpoint, "deliveries": found["data"], "next_cursor": found["next_cursor"], "status": status,
        "statuses": STATUSES,
    }  # fmt: skip


async def _add(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
    typed = {name: value for name, value in fields.items() if not name.startswith("_")}
    members = members_of(NewWebhookEndpoint, typed, language="en", currency="EUR")
    asked: NewWebhookEndpoint = decode_members(adapter_of(NewWebhookEndpoint), members, {})
    secret = new_secret()
    ask = AddWebhookEndpoint(asked.url, secret, asked.types, asked.description)
    told = N_("Its secret was shown then. Remove it and add it again where nobody copied that.")
    made = await done_once(face, request, viewer, fields, ask, told)
    return await show_once(face, request, viewer, f"{ALL}/{made['id']}", {"secret": secret})


def _all_of_it(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """An empty field of this form is an empty one, and not one that was left out."""
    return {"types": [], "description": "", **members}


def _disabled(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    assert visit.viewer is not None
    return {"status": "disabled", "reason": visit.viewer.name}


def _enabled(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    return {"status": "active"}


def _enable(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"{ALL}/{path['endpoint']}/enable")


def _disable(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"{ALL}/{path['endpoint']}/disable")
