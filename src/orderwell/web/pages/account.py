"""My account: how I want the pages, my password, and where I am signed in."""

from collections.abc import Mapping
from typing import Any

from ...access.model import PREFERENCES
from ...access.queries import authenticator_of, passkeys_of, recovery_codes_left, sessions_of
from ...flows.sign_in import EndSession, SetPreference
from ...values.ids import show
from ..addresses import N_, PERSON, Entry, WebAddress, form, page
from ..visit import Visit

NAVIGATION = [Entry(N_("Customer portal"), "/portal", "external-link", "customers:read", "Sell")]


def addresses() -> list[WebAddress]:
    return [
        page("/account", account, right=PERSON, template="access/account.html"),
        form("/account/prefer", SetPreference, right=PERSON, done=N_("Kept."), prepare=_mine),
        form(
            "/account/sessions/{session}/end", EndSession, right=PERSON, done=N_("That browser is signed out."),
            prepare=_mine,
        ),
    ]  # fmt: skip


def account(visit: Visit) -> Mapping[str, Any]:
    viewer = visit.viewer
    assert viewer is not None
    sessions = [
        {
            "id": show("session", session.id), "agent": session.agent, "made_at": session.made_at,
            "used_at": used_at, "here": session.id == viewer.session_id,
        }
        for session, used_at in sessions_of(visit.connection, viewer.person_id, visit.now)
    ]  # fmt: skip
    authenticator = authenticator_of(visit.connection, viewer.person_id)
    return {
        "sessions": sessions, "choices": PREFERENCES,
        "second_step": authenticator.status if authenticator is not None else "",
        "passkeys": [
            {"id": show("passkey", each.id), "name": each.name, "made_at": each.made_at, "used_at": each.used_at,
             "credential": each.credential}
            for each in passkeys_of(visit.connection, viewer.person_id)
        ],
        "codes_left": recovery_codes_left(visit.connection, viewer.person_id),
    }  # fmt: skip


def _mine(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """Whatever was sent: only the viewer's own."""
    assert visit.viewer is not None
    members.setdefault("value", "") if "name" in members else None
    return {**members, "person": visit.viewer.actor}
