"""The portal's accounts and links, as staff keep them, over HTTP. Signing in is the portal's own affair."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Ge, Le
from pydantic_core import from_json, to_json
from sqlalchemy.engine import Connection

from ..flows.keep_portal import (
    AddPortalAccount,
    ChangePortalAccount,
    DisablePortalAccount,
    EnablePortalAccount,
    EndPortalSession,
    InvitePortalAccount,
    LinkOrder,
    RevokeOrderLink,
)
from ..mail.answers import shown as shown_message
from ..mail.store import MESSAGES
from ..portal.answers import shown, shown_link, shown_session
from ..portal.model import ORDER_LINK_DAYS
from ..portal.rules import new_secret
from ..portal.store import ORDER_LINKS, PORTAL_ACCOUNTS, PORTAL_SESSIONS
from ..values.fields import Reference
from .answers.portal import (
    MessageAnswer,
    NewOrderLinkAnswer,
    OrderLinkAnswer,
    PortalAccountAnswer,
    PortalSessionAnswer,
)
from .face import Face
from .lists import lists, one
from .operations import Operation, verb

READ, WRITE = "customers:read", "customers:write"


@dataclass(frozen=True, slots=True)
class NewOrderLink:
    """The answer holds the link's `secret`, this once: a retry with the same Idempotency-Key comes without it."""

    order: Reference
    days: Annotated[int, Ge(1), Le(365)] = ORDER_LINK_DAYS


def operations() -> list[Operation]:
    person = {"customer": "10042", "name": "Noor Bakker", "email": "noor@example.com", "role": "buyer"}
    account = "/portal_accounts/{portal_account}"
    return [
        verb(
            "POST", "/portal_accounts", AddPortalAccount, right=WRITE, result=PortalAccountAnswer, status=201,
            example=person,
        ),
        lists(
            "/portal_accounts", PORTAL_ACCOUNTS, kind="portal_account", right=READ, result=PortalAccountAnswer,
            filters=("customer_id", "email", "status"), shown=_accounts,
        ),
        one(
            account, PORTAL_ACCOUNTS, kind="portal_account", right=READ, result=PortalAccountAnswer, shown=_accounts,
        ),
        verb("POST", f"{account}/invite", InvitePortalAccount, right=WRITE, result=PortalAccountAnswer),
        verb(
            "POST", account, ChangePortalAccount, right=WRITE, result=PortalAccountAnswer, example={"role": "admin"},
        ),
        verb("POST", f"{account}/disable", DisablePortalAccount, right=WRITE, result=PortalAccountAnswer),
        verb("POST", f"{account}/enable", EnablePortalAccount, right=WRITE, result=PortalAccountAnswer),
        lists(
            "/portal_sessions", PORTAL_SESSIONS, kind="portal_session", right=READ, result=PortalSessionAnswer,
            filters=("account_id",), kinds={"account_id": "portal_account"}, shown=_sessions,
        ),
        verb(
            "POST", "/portal_sessions/{portal_session}/end", EndPortalSession, right=WRITE, result=PortalSessionAnswer,
        ),
        lists(
            "/messages", MESSAGES, kind="message", right=WRITE, result=MessageAnswer, filters=("kind", "status"),
            shown=_messages,
        ),
        verb(
            "POST", "/orders/{order}/links", LinkOrder, right="orders:write", result=NewOrderLinkAnswer, status=201,
            body=NewOrderLink, prepare=_with_secret, example={"days": 30},
        ),
        lists(
            "/order_links", ORDER_LINKS, kind="order_link", right="orders:read", result=OrderLinkAnswer,
            filters=("order_id",), shown=_links,
        ),
        verb(
            "POST", "/order_links/{order_link}/revoke", RevokeOrderLink, right="orders:write", result=OrderLinkAnswer,
        ),
    ]  # fmt: skip


def _with_secret(ask: NewOrderLink, _: Face) -> tuple[LinkOrder, Callable[[bytes], bytes]]:
    """Only the hash goes on; the secret is put into this one answer and kept nowhere."""
    made = new_secret()
    return LinkOrder(ask.order, made.hash, ask.days), lambda body: to_json({**from_json(body), "secret": made.secret})


def _accounts(_: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [shown(row) for row in rows]


def _sessions(_: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [shown_session(row) for row in rows]


def _messages(_: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [shown_message(row) for row in rows]


def _links(_: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [shown_link(row) for row in rows]
