"""A message to somebody."""

from typing import NamedTuple


class Message(NamedTuple):
    id: int
    version: int
    kind: str  # 'sign_in' or 'invitation'
    account_id: int  # the portal account it is for
    recipient: str  # '' once it was erased
    locale: str
    subject: str  # '' until it is written, when it is sent
    body: str  # without its secret, unless there is no mail server to send it by
    status: str  # 'waiting', 'sent' or 'shown' (no mail server: it can be read here)
    created_at: int
    sent_at: int | None
