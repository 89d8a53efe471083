"""Who of a customer may look at its orders, how they got in, and what was mailed to them."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict


class PortalAccountAnswer(TypedDict):
    object: Literal["portal_account"]
    id: str
    version: int
    customer: str
    name: str
    email: str
    role: str
    status: str
    created_at: str


class PortalSessionAnswer(TypedDict):
    object: Literal["portal_session"]
    id: str
    account: str
    created_at: str
    expires_at: str
    ended_at: str | None


class MessageAnswer(TypedDict):
    """`sent_at` is null until it is on its way; what it says is there from then on."""

    object: Literal["message"]
    id: str
    kind: str
    account: str
    recipient: str
    subject: str
    body: str
    status: str
    created_at: str
    sent_at: str | None


class OrderLinkAnswer(TypedDict):
    object: Literal["order_link"]
    id: str
    order: str
    created_at: str
    expires_at: str
    revoked_at: str | None


class NewOrderLinkAnswer(OrderLinkAnswer):
    """`secret` is there once: in the answer that made the link, and in no repetition of it."""

    secret: NotRequired[str]
