"""Verbs of messages: write one down, note that it is on its way."""

from ..kit.errors import NotFound
from ..kit.jobs import later
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..values.ids import parse, show
from .model import Message
from .store import MESSAGES, MESSAGES_FOR

SEND = "mail.send"


def post(tx: Tx, kind: str, *, account_id: int, recipient: str, locale: str) -> Message:
    """A message to be sent once this request is committed."""
    row = Message(tx.new_id(), 1, kind, account_id, recipient, locale, "", "", "waiting", tx.now, None)
    message = tx.add(MESSAGES, row)
    later(tx, SEND, {"message": show("message", message.id)}, subject_id=message.id)
    return message


def find(tx: Tx, name: str) -> Message:
    number = parse("message", name)
    message = tx.get(MESSAGES, number) if number is not None else None
    if message is None:
        raise NotFound(Sentence("There is no message {name!r}.", name=name))
    return message


def note_sent(tx: Tx, message: Message, *, subject: str, body: str, status: str) -> Message:
    return tx.put(MESSAGES, message._replace(subject=subject, body=body, status=status, sent_at=tx.now))


def messages_for(tx: Tx, account_id: int) -> list[Message]:
    return tx.rows(MESSAGES_FOR, account_id)
