"""My account: my name, our data and addresses, where I am signed in, and for admins the people of the company."""

from collections.abc import Mapping
from typing import Any

from ...flows.keep_addresses import AddAddress
from ...flows.keep_portal import (
    AddPortalAccount,
    ChangePortalAccount,
    DisablePortalAccount,
    EnablePortalAccount,
    EndPortalSession,
)
from ...kit.log import log
from ...portal.queries import passkeys_of, sessions_of
from ...reports import portal
from ...values.ids import show
from ..addresses import N_, WebAddress
from ..visit import Visit
from . import passkeys
from .addresses import ADMIN, buyer, form, page
from .orders import mine
from .refusals import NotInvited, NotYourself
from .throttle import count_invitation


def addresses() -> list[WebAddress]:
    account = "/portal/people/{portal_account}"
    return [
        page("/portal/account", look, template="account.html"),
        form("/portal/account/name", ChangePortalAccount, done=N_("Kept."), takes=("name",), prepare=_me),
        form(
            "/portal/addresses", AddAddress, done=N_("The address is kept."), prepare=_ours,
            takes=("name", "company", "street", "postcode", "city", "country", "phone"),
        ),
        form(
            "/portal/sessions/{portal_session}/end", EndPortalSession, done=N_("That browser is signed out."),
            takes=(), prepare=lambda visit, members: {},
        ),
        form(
            "/portal/people", AddPortalAccount, done=N_("The invitation is on its way."), right=ADMIN,
            takes=("name", "email", "role"), prepare=_invited,
        ),
        form(
            f"{account}/disable", DisablePortalAccount, done=N_("That person is shut out."), right=ADMIN, takes=(),
            prepare=_somebody_else,
        ),
        form(
            f"{account}/enable", EnablePortalAccount, done=N_("That person may sign in again."), right=ADMIN,
            takes=(), prepare=_somebody_else,
        ),
    ]  # fmt: skip


def look(visit: Visit) -> Mapping[str, Any]:
    who, ids = buyer(visit), mine(visit)
    return {
        "customer": portal.customer(visit.connection, ids),
        "balance": portal.balance(visit.connection, ids, visit.today),
        "addresses": portal.addresses(visit.connection, ids),
        "people": portal.people(visit.connection, ids) if who.role == "admin" else [],
        "me": who.actor,
        "passkeys": passkeys.listed(passkeys_of(visit.connection, who.account_id)),
        "fresh_session": passkeys.is_fresh(visit),
        "sessions": [
            {"id": show("portal_session", session.id), "made_at": session.created_at, "used_at": used_at,
             "here": session.id == who.session_id}
            for session, used_at in sessions_of(visit.connection, who.account_id, visit.now)
        ],
    }  # fmt: skip


def _me(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    return {**members, "portal_account": buyer(visit).actor}


def _ours(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    return {**members, "customer": show("customer", mine(visit)[0])}


def _invited(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """Only so many an hour: each is a message to whoever has that address. Whose it is elsewhere, nobody learns."""
    count_invitation(visit)
    if portal.signs_in_elsewhere(visit.connection, mine(visit), str(members.get("email", ""))):
        log.warning("portal.invitation_refused", account=buyer(visit).actor)
        raise NotInvited(N_("Ask us to look at it, or take another address."))
    return _ours(visit, members)


def _somebody_else(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    if visit.path["portal_account"] == buyer(visit).actor:
        raise NotYourself(N_("Ask somebody else who keeps the people of your company."))
    return {}
