"""Who is behind a secret, and which order it opens."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .model import PortalPasskey, PortalSession
from .rules import hash_of, is_secret, session_holds
from .store import ORDER_LINKS, PORTAL_ACCOUNTS, PORTAL_PASSKEYS, PORTAL_SESSIONS, SESSION_USES


class SignedIn(NamedTuple):
    """Whose session it is. What they may see is what is of this customer."""

    session_id: int
    account_id: int
    customer_id: int
    name: str
    role: str
    email: str


def signed_in(connection: Connection, secret: str, now: int) -> SignedIn | None:
    """None for a session that is none, has ended, or was not used for too long; or whose account is disabled."""
    if not is_secret(secret):
        return None
    query = (
        sa.select(PORTAL_SESSIONS.sa, SESSION_USES.c.used_at)
        .select_from(
            sa.outerjoin(PORTAL_SESSIONS.sa, SESSION_USES.sa, SESSION_USES.c.session_id == PORTAL_SESSIONS.c.id)
        )
        .where(PORTAL_SESSIONS.c.hash == hash_of(secret))
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    used_at = max(row.used_at or 0, row.created_at)
    if not session_holds(expires_at=row.expires_at, ended_at=row.ended_at, used_at=used_at, now=now):
        return None
    account = connection.execute(sa.select(PORTAL_ACCOUNTS.sa).where(PORTAL_ACCOUNTS.c.id == row.account_id)).one()
    if account.status != "active":
        return None
    return SignedIn(row.id, account.id, account.customer_id, account.name, account.role, account.email)


def sessions_of(connection: Connection, account_id: int, now: int) -> list[tuple[PortalSession, int]]:
    """Where somebody is signed in, and when each was last used; the last used first."""
    query = (
        sa.select(PORTAL_SESSIONS.sa, SESSION_USES.c.used_at)
        .select_from(
            sa.outerjoin(PORTAL_SESSIONS.sa, SESSION_USES.sa, SESSION_USES.c.session_id == PORTAL_SESSIONS.c.id)
        )
        .where(PORTAL_SESSIONS.c.account_id == account_id, PORTAL_SESSIONS.c.ended_at.is_(None))
    )
    found = []
    for row in connection.execute(query):
        session, used_at = PortalSession(*row[:-1]), max(row.used_at or 0, row.created_at)
        if session_holds(expires_at=session.expires_at, ended_at=None, used_at=used_at, now=now):
            found.append((session, used_at))
    return sorted(found, key=lambda each: -each[1])


def passkey_for(connection: Connection, credential: str) -> PortalPasskey | None:
    """One that counts, of somebody who may sign in."""
    query = (
        sa.select(PORTAL_PASSKEYS.sa)
        .join(PORTAL_ACCOUNTS.sa, PORTAL_ACCOUNTS.c.id == PORTAL_PASSKEYS.c.account_id)
        .where(
            PORTAL_PASSKEYS.c.credential == credential, PORTAL_PASSKEYS.c.ended_at.is_(None),
            PORTAL_ACCOUNTS.c.status == "active",
        )
    )  # fmt: skip
    row = connection.execute(query).first()
    return PortalPasskey._make(row) if row is not None else None


def passkeys_of(connection: Connection, account_id: int) -> list[PortalPasskey]:
    """Those that open the portal for somebody."""
    query = sa.select(PORTAL_PASSKEYS.sa).where(
        PORTAL_PASSKEYS.c.account_id == account_id, PORTAL_PASSKEYS.c.ended_at.is_(None)
    )
    return [PortalPasskey._make(row) for row in connection.execute(query.order_by(PORTAL_PASSKEYS.c.id))]


def session_began(connection: Connection, session_id: int) -> int:
    return int(
        connection.execute(
            sa.select(PORTAL_SESSIONS.c.created_at).where(PORTAL_SESSIONS.c.id == session_id)
        ).scalar_one()
    )


NOTE_USE = sa.text("""
    INSERT INTO portal_session_uses (session_id, used_at) VALUES (:session_id, :used_at)
    ON CONFLICT (session_id) DO UPDATE SET used_at = excluded.used_at
    WHERE portal_session_uses.used_at < excluded.used_at
""")


def note_use(connection: Connection, session_id: int, used_at: int) -> None:
    """Write down that a session was used; once a minute is enough."""
    connection.execute(NOTE_USE, {"session_id": session_id, "used_at": used_at})


def linked_order(connection: Connection, secret: str, now: int) -> int | None:
    """The one order that a link opens; None where it opens nothing."""
    if not is_secret(secret):
        return None
    row = connection.execute(sa.select(ORDER_LINKS.sa).where(ORDER_LINKS.c.hash == hash_of(secret))).first()
    if row is None or row.revoked_at is not None or now >= row.expires_at:
        return None
    return int(row.order_id)
