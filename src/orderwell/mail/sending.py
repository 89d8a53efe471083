"""Sending by SMTP, as the environment says; nothing here knows what a message is about."""

import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from ..kit.jobs import GiveUp, Unreachable

TIMEOUT_SECONDS = 10


class Server(NamedTuple):
    """`smtps` speaks TLS from the start, `smtp` turns to it where the server can; a password is sent over TLS only."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    sender: str


def server(environment: Mapping[str, str]) -> Server | None:
    """From ORDERWELL_SMTP_URL (`smtps://user:password@mail.example.com`) and ORDERWELL_MAIL_FROM; None without."""
    url = environment.get("ORDERWELL_SMTP_URL", "")
    if not url:
        return None
    parts = urlsplit(url)
    sender = environment.get("ORDERWELL_MAIL_FROM", "")
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or not sender:
        raise GiveUp("ORDERWELL_SMTP_URL is smtp[s]://user:password@host:port, and ORDERWELL_MAIL_FROM the sender")
    port = parts.port or (465 if parts.scheme == "smtps" else 587)
    return Server(
        parts.scheme, parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), sender
    )


def send(to: Server, recipient: str, subject: str, body: str) -> None:
    """Raises Unreachable when it is worth another try, GiveUp when not. Neither says to whom it was."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = to.sender, recipient, subject
    message.set_content(body)
    try:
        with _connected(to) as smtp:
            smtp.send_message(message)
    except smtplib.SMTPRecipientsRefused:
        raise GiveUp("the mail server refuses the recipient") from None
    except smtplib.SMTPResponseException as error:
        if 500 <= error.smtp_code < 600:
            raise GiveUp(f"the mail server says {error.smtp_code}") from None
        raise Unreachable(f"the mail server says {error.smtp_code}") from None
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(f"the mail server: {type(error).__name__}") from None


def _connected(to: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if to.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(to.host, to.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        smtp = smtplib.SMTP(to.host, to.port, timeout=TIMEOUT_SECONDS)
        smtp.ehlo()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=context)
            smtp.ehlo()
        elif to.user:
            smtp.close()
            raise GiveUp("the mail server speaks no TLS; a password is not sent to it")
    if to.user:
        smtp.login(to.user, to.password)
    return smtp
