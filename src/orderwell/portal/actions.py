"""Verbs of the portal: let somebody in, end what lets them in, link an order."""

from ..kit.errors import Conflict, Invalid, NotAuthenticated, NotFound
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..values.calendar import DAY, SECOND
from ..values.ids import parse
from . import passkeys
from .model import SESSION_DAYS, SIGN_IN_MINUTES, OrderLink, PortalAccount, PortalSession, SignInLink
from .rules import address
from .store import (
    ACCOUNT_BY_EMAIL,
    ACCOUNTS_OF,
    OPEN_SESSIONS_OF,
    OPEN_SIGN_IN_LINKS_OF,
    ORDER_LINKS,
    PORTAL_ACCOUNTS,
    PORTAL_SESSIONS,
    SESSION_BY_HASH,
    SIGN_IN_LINK_BY_HASH,
    SIGN_IN_LINKS,
)


class AddressTaken(Conflict):
    code = "address_taken"
    title = "Somebody signs in with this e-mail address already"


class AccountDisabled(Conflict):
    code = "portal_account_disabled"
    title = "This portal account is disabled"


class AccountNotDisabled(Conflict):
    code = "portal_account_not_disabled"
    title = "This portal account is not disabled"


class LinkNotGood(NotAuthenticated):
    """One refusal for all reasons: nobody learns which links there ever were."""

    code = "link_not_good"
    title = "This link opens nothing"


class LinkRevoked(Conflict):
    code = "link_revoked"
    title = "This link was revoked before"


def add(tx: Tx, customer_id: int, name: str, email: str, role: str) -> PortalAccount:
    """Raises Invalid for what is no address, AddressTaken."""
    kept = address(email)
    if kept is None:
        raise Invalid.at("/email", Sentence("{email!r} is no e-mail address.", email=email[:50]), "not_an_address")
    if tx.one(ACCOUNT_BY_EMAIL, kept) is not None:
        raise AddressTaken("Somebody signs in with this e-mail address already.")
    row = PortalAccount(tx.new_id(), 1, customer_id, name, kept, role, "invited", 0, 0, tx.now)
    return tx.add(PORTAL_ACCOUNTS, row)


def find(tx: Tx, name: str) -> PortalAccount:
    number = parse("portal_account", name)
    account = tx.get(PORTAL_ACCOUNTS, number) if number is not None else None
    if account is None:
        raise NotFound(Sentence("There is no portal account {name!r}.", name=name))
    return account


def not_disabled(account: PortalAccount) -> PortalAccount:
    if account.status == "disabled":
        raise AccountDisabled(Sentence("{person} is disabled.", person=account.name))
    return account


def by_email(tx: Tx, email: str) -> PortalAccount | None:
    kept = address(email)
    return tx.one(ACCOUNT_BY_EMAIL, kept) if kept is not None else None


def of_customer(tx: Tx, customer_id: int) -> list[PortalAccount]:
    return tx.rows(ACCOUNTS_OF, customer_id)


def link(tx: Tx, account: PortalAccount, hash_: str) -> SignInLink:
    """A link that signs in once; those made before open nothing any more."""
    end_links(tx, account.id)
    expires_at = tx.now + SIGN_IN_MINUTES * 60 * SECOND
    return tx.add(SIGN_IN_LINKS, SignInLink(tx.new_id(), account.id, hash_, expires_at, None))


def redeem(tx: Tx, hash_: str, session_hash: str) -> tuple[PortalAccount, PortalSession]:
    """The link is used up, and a session begins. Raises LinkNotGood."""
    there = tx.one(SIGN_IN_LINK_BY_HASH, hash_)
    account = tx.get(PORTAL_ACCOUNTS, there.account_id) if there is not None else None
    good = there is not None and there.ended_at is None and tx.now < there.expires_at
    if there is None or account is None or not good or account.status == "disabled":
        raise LinkNotGood("This link opens nothing, or no longer. Ask for a new one.")
    tx.put(SIGN_IN_LINKS, there._replace(ended_at=tx.now))
    if account.status == "invited":
        account = tx.put(PORTAL_ACCOUNTS, account._replace(status="active"))
    return account, begin_session(tx, account, session_hash)


def begin_session(tx: Tx, account: PortalAccount, session_hash: str) -> PortalSession:
    expires_at = tx.now + SESSION_DAYS * DAY
    return tx.add(PORTAL_SESSIONS, PortalSession(tx.new_id(), account.id, session_hash, tx.now, expires_at, None))


def session_of(tx: Tx, hash_: str) -> PortalSession | None:
    """One that has not ended."""
    found = tx.one(SESSION_BY_HASH, hash_)
    return found if found is not None and found.ended_at is None else None


def end_links(tx: Tx, account_id: int) -> None:
    for each in tx.rows(OPEN_SIGN_IN_LINKS_OF, account_id):
        tx.put(SIGN_IN_LINKS, each._replace(ended_at=tx.now))


def end_sessions(tx: Tx, account_id: int) -> int:
    """How many there were."""
    open_ = tx.rows(OPEN_SESSIONS_OF, account_id)
    for each in open_:
        tx.put(PORTAL_SESSIONS, each._replace(ended_at=tx.now))
    return len(open_)


def find_session(tx: Tx, name: str) -> PortalSession:
    number = parse("portal_session", name)
    found = tx.get(PORTAL_SESSIONS, number) if number is not None else None
    if found is None:
        raise NotFound(Sentence("There is no portal session {name!r}.", name=name))
    return found


def disable(tx: Tx, account: PortalAccount) -> PortalAccount:
    """Nothing that was given out opens anything any more."""
    account = tx.put(PORTAL_ACCOUNTS, not_disabled(account)._replace(status="disabled"))
    end_links(tx, account.id)
    end_sessions(tx, account.id)
    passkeys.end_all(tx, account.id)
    return account


def link_order(tx: Tx, order_id: int, hash_: str, days: int) -> OrderLink:
    return tx.add(ORDER_LINKS, OrderLink(tx.new_id(), order_id, hash_, tx.now, tx.now + days * DAY, None))


def revoke(tx: Tx, name: str) -> OrderLink:
    number = parse("order_link", name)
    found = tx.get(ORDER_LINKS, number) if number is not None else None
    if found is None:
        raise NotFound(Sentence("There is no order link {name!r}.", name=name))
    if found.revoked_at is not None:
        raise LinkRevoked("It was revoked before.")
    return tx.put(ORDER_LINKS, found._replace(revoked_at=tx.now))
