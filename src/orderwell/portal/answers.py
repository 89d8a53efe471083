"""How portal accounts, sessions and links are told. Hashes are told to nobody."""

from typing import Any

from ..values.calendar import instant_text
from ..values.ids import show


def shown(account: Any) -> dict[str, Any]:
    return {
        "object": "portal_account",
        "id": show("portal_account", account.id),
        "version": account.version,
        "customer": show("customer", account.customer_id),
        "name": account.name,
        "email": account.email,
        "role": account.role,
        "status": account.status,
        "created_at": instant_text(account.created_at),
    }


def shown_session(session: Any) -> dict[str, Any]:
    return {
        "object": "portal_session",
        "id": show("portal_session", session.id),
        "account": show("portal_account", session.account_id),
        "created_at": instant_text(session.created_at),
        "expires_at": instant_text(session.expires_at),
        "ended_at": instant_text(session.ended_at),
    }


def shown_link(link: Any) -> dict[str, Any]:
    return {
        "object": "order_link",
        "id": show("order_link", link.id),
        "order": show("order", link.order_id),
        "created_at": instant_text(link.created_at),
        "expires_at": instant_text(link.expires_at),
        "revoked_at": instant_text(link.revoked_at),
    }
