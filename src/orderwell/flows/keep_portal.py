"""People of a customer: who may look at its orders, and how they get in."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, Len

from ..customers import actions as customers
from ..customers.model import Customer
from ..kit.errors import NotFound
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..mail import actions as mail
from ..portal import actions as portal
from ..portal.answers import shown, shown_link, shown_session
from ..portal.model import ORDER_LINK_DAYS, PortalAccount
from ..portal.rules import after_asking
from ..portal.store import PORTAL_ACCOUNTS, PORTAL_SESSIONS
from ..values.fields import Name, Reference, Text
from ..values.ids import show
from .ordered_units import named_order

Hash = Annotated[str, Len(64, 64)]


@dataclass(frozen=True, slots=True)
class AddPortalAccount:
    """Somebody of a customer. With `invite` they get a message with a link that signs them in."""

    customer: Reference
    name: Name
    email: Text
    role: Literal["buyer", "admin"] = "buyer"
    invite: bool = True


@dataclass(frozen=True, slots=True)
class InvitePortalAccount:
    portal_account: Reference


@dataclass(frozen=True, slots=True)
class ChangePortalAccount:
    """What is left out stays as it is."""

    portal_account: Reference
    name: Name | None = None
    role: Literal["buyer", "admin"] | None = None


@dataclass(frozen=True, slots=True)
class DisablePortalAccount:
    """Their links and sessions open nothing from now on."""

    portal_account: Reference


@dataclass(frozen=True, slots=True)
class EnablePortalAccount:
    portal_account: Reference


@dataclass(frozen=True, slots=True)
class RequestSignIn:
    """Somebody says this is their address. The answer is the same whether it is known or not."""

    email: Text


@dataclass(frozen=True, slots=True)
class RedeemSignIn:
    """`hash` of the link's secret, and of a session's that the face has just made (`portal.rules.new_secret`).

    `instead` is that of the session which was in the browser: it ends.
    """

    hash: Hash
    session_hash: Hash
    instead: Hash | None = None


@dataclass(frozen=True, slots=True)
class EndPortalSession:
    portal_session: Reference


@dataclass(frozen=True, slots=True)
class LinkOrder:
    """`hash` of the secret that opens this one order, for so many days."""

    order: Reference
    hash: Hash
    days: Annotated[int, Ge(1), Le(365)] = ORDER_LINK_DAYS


@dataclass(frozen=True, slots=True)
class RevokeOrderLink:
    order_link: Reference


@flow(AddPortalAccount)
def add_portal_account(tx: Tx, ask: AddPortalAccount) -> dict[str, Any]:
    """Let somebody of a customer into the portal."""
    customer = customers.may_order(customers.find(tx, ask.customer))
    account = portal.add(tx, customer.id, ask.name, ask.email, ask.role)
    announce(tx, "portal_account.added", "portal_account", account.id, customer=show("customer", customer.id),
             role=ask.role)  # fmt: skip
    if ask.invite:
        _invite(tx, account, customer)
    return shown(portal.find(tx, show("portal_account", account.id)))


@flow(InvitePortalAccount)
def invite_portal_account(tx: Tx, ask: InvitePortalAccount) -> dict[str, Any]:
    """Send the invitation, once more if need be."""
    account = portal.not_disabled(portal.find(tx, ask.portal_account))
    _invite(tx, account, customers.kept_under(tx, account.customer_id))
    return shown(account)


@flow(ChangePortalAccount)
def change_portal_account(tx: Tx, ask: ChangePortalAccount) -> dict[str, Any]:
    account = portal.find(tx, ask.portal_account)
    changed = account._replace(name=ask.name or account.name, role=ask.role or account.role)
    account = tx.put(PORTAL_ACCOUNTS, changed)
    announce(tx, "portal_account.changed", "portal_account", account.id, role=account.role)
    return shown(portal.find(tx, ask.portal_account))


@flow(DisablePortalAccount)
def disable_portal_account(tx: Tx, ask: DisablePortalAccount) -> dict[str, Any]:
    """Shut somebody out, at once."""
    account = portal.disable(tx, portal.find(tx, ask.portal_account))
    announce(tx, "portal_account.disabled", "portal_account", account.id)
    return shown(portal.find(tx, ask.portal_account))


@flow(EnablePortalAccount)
def enable_portal_account(tx: Tx, ask: EnablePortalAccount) -> dict[str, Any]:
    """Let somebody in again; they sign in anew."""
    account = portal.find(tx, ask.portal_account)
    if account.status != "disabled":
        raise portal.AccountNotDisabled(Sentence("{person} is not disabled.", person=account.name))
    customers.may_order(customers.kept_under(tx, account.customer_id))
    account = tx.put(PORTAL_ACCOUNTS, account._replace(status="invited"))
    announce(tx, "portal_account.enabled", "portal_account", account.id)
    return shown(portal.find(tx, ask.portal_account))


@flow(RequestSignIn)
def request_sign_in(tx: Tx, ask: RequestSignIn) -> dict[str, Any]:
    """Mail a link to whoever has this address, unless they had several just now."""
    account = portal.by_email(tx, ask.email)
    if account is not None and account.status != "disabled":
        asked = after_asking(account, tx.now)
        if asked is not None:
            tx.put(PORTAL_ACCOUNTS, asked)
            _send(tx, "sign_in", asked, customers.find_id(tx, account.customer_id))
            announce(tx, "portal_account.asked", "portal_account", account.id)
    return {"object": "sign_in_request"}


@flow(RedeemSignIn)
def redeem_sign_in(tx: Tx, ask: RedeemSignIn) -> dict[str, Any]:
    """Use a link up, and begin a session."""
    account, session = portal.redeem(tx, ask.hash, ask.session_hash)
    end_if_there(tx, ask.instead)
    announce(tx, "portal_account.signed_in", "portal_account", account.id)
    return {**shown_session(session), "customer": show("customer", account.customer_id)}


@flow(EndPortalSession)
def end_portal_session(tx: Tx, ask: EndPortalSession) -> dict[str, Any]:
    """Sign somebody out. Ended twice it is ended."""
    session = portal.find_session(tx, ask.portal_session)
    if session.ended_at is None:
        session = tx.put(PORTAL_SESSIONS, session._replace(ended_at=tx.now))
        announce(tx, "portal_account.signed_out", "portal_account", session.account_id)
    return shown_session(session)


@flow(LinkOrder)
def link_order(tx: Tx, ask: LinkOrder) -> dict[str, Any]:
    """A link that shows one order to whoever has it."""
    order = named_order(tx, ask.order, None)
    if order.status == "draft":
        raise NotFound(Sentence("Order {order!r} is a draft; there is nothing to follow yet.", order=order.reference))
    made = portal.link_order(tx, order.id, ask.hash, ask.days)
    announce(tx, "order.linked", "order", order.id, link=show("order_link", made.id), days=ask.days)
    return shown_link(made)


@flow(RevokeOrderLink)
def revoke_order_link(tx: Tx, ask: RevokeOrderLink) -> dict[str, Any]:
    """The link opens nothing from now on."""
    revoked = portal.revoke(tx, ask.order_link)
    announce(tx, "order.link_revoked", "order", revoked.order_id, link=ask.order_link)
    return shown_link(revoked)


def end_if_there(tx: Tx, session_hash: str | None) -> None:
    """The session that was in a browser in which somebody signs in anew."""
    before = portal.session_of(tx, session_hash) if session_hash is not None else None
    if before is not None:
        tx.put(PORTAL_SESSIONS, before._replace(ended_at=tx.now))
        announce(tx, "portal_account.signed_out", "portal_account", before.account_id)


def _invite(tx: Tx, account: PortalAccount, customer: Customer) -> None:
    customers.may_order(customer)
    _send(tx, "invitation", account, customer)
    announce(tx, "portal_account.invited", "portal_account", account.id)


def _send(tx: Tx, kind: str, account: PortalAccount, customer: Customer) -> None:
    mail.post(tx, kind, account_id=account.id, recipient=account.email, locale=customer.locale)
