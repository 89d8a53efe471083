"""Sending a message: the link in it is made at the last moment, and kept only where nothing can send it."""

import os
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ..business.model import Business
from ..business.store import BUSINESS
from ..kit.events import announce
from ..kit.jobs import GiveUp, Work, handler
from ..kit.picture import Tx
from ..kit.writer import flow
from ..mail import actions as mail
from ..mail.answers import shown
from ..mail.model import Message
from ..mail.rules import CUT, written
from ..mail.sending import Server, send, server
from ..mail.store import MESSAGES
from ..portal import actions as portal
from ..portal.model import SIGN_IN_MINUTES, PortalAccount
from ..portal.rules import new_secret
from ..portal.store import PORTAL_ACCOUNTS
from ..values.fields import Reference
from ..values.ids import parse, show
from .keep_portal import Hash


@dataclass(frozen=True, slots=True)
class IssueSignInLink:
    """The link of a message; the one it had before, if it is sent again, opens nothing any more."""

    message: Reference
    hash: Hash


@dataclass(frozen=True, slots=True)
class RecordMessageSent:
    message: Reference
    subject: str
    body: str
    by_mail: bool


@flow(IssueSignInLink)
def issue_sign_in_link(tx: Tx, ask: IssueSignInLink) -> dict[str, Any]:
    message = mail.find(tx, ask.message)
    account = portal.not_disabled(portal.find(tx, show("portal_account", message.account_id)))
    portal.link(tx, account, ask.hash)
    announce(tx, "portal_account.linked", "portal_account", account.id, message=ask.message)
    return {"object": "sign_in_link", "recipient": message.recipient}


@flow(RecordMessageSent)
def record_message_sent(tx: Tx, ask: RecordMessageSent) -> dict[str, Any]:
    message = mail.find(tx, ask.message)
    if message.status == "waiting":
        status = "sent" if ask.by_mail else "shown"
        message = mail.note_sent(tx, message, subject=ask.subject, body=ask.body, status=status)
        announce(tx, "message.sent", "message", message.id, kind=message.kind, status=status)
    return shown(message)


@handler(mail.SEND)
def send_message(work: Work) -> None:
    """By the mail server there is. Without one a business on trial shows it; a real one has to have one."""
    message, account, house = _look_up(work)
    if message.status != "waiting" or not message.recipient or account.status == "disabled":
        return
    to = server(os.environ)
    if to is None and house.mode == "production":
        raise GiveUp("there is no mail server; set ORDERWELL_SMTP_URL and ORDERWELL_MAIL_FROM, and try again")
    _send(work, message, account, house, to)


def _send(work: Work, message: Message, account: PortalAccount, house: Business, to: Server | None) -> None:
    made = new_secret()
    name = show("message", message.id)
    work.ask(IssueSignInLink(name, made.hash))
    base = os.environ.get("ORDERWELL_PUBLIC_URL", "").rstrip("/")
    facts = {"house": house.name, "name": account.name, "minutes": str(SIGN_IN_MINUTES)}
    text = written(message.kind, message.locale, link=f"{base}/portal/sign-in/{made.secret}", **facts)
    if to is not None:
        send(to, message.recipient, text.subject, text.body)
        text = text._replace(body=text.body.replace(made.secret, CUT))
    work.ask(RecordMessageSent(name, text.subject, text.body, to is not None))


def _look_up(work: Work) -> tuple[Message, PortalAccount, Business]:
    number = parse("message", work.payload["message"])
    with work.database.reading() as connection:
        message = connection.execute(sa.select(MESSAGES.sa).where(MESSAGES.c.id == number)).one()
        account = sa.select(PORTAL_ACCOUNTS.sa).where(PORTAL_ACCOUNTS.c.id == message.account_id)
        house = connection.execute(sa.select(BUSINESS.sa)).one()
        return Message._make(message), PortalAccount._make(connection.execute(account).one()), Business._make(house)
