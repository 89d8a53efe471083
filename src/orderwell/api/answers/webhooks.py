"""Webhook endpoints and what was sent to them."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict


class EndpointAnswer(TypedDict):
    object: Literal["webhook_endpoint"]
    id: str
    version: int
    url: str
    description: str
    types: list[str]
    status: str
    reason: str
    created_at: str


class NewEndpointAnswer(EndpointAnswer):
    """`secret` is there once: in the answer that made the endpoint, and in no repetition of it."""

    secret: NotRequired[str]


class ListedEndpointAnswer(EndpointAnswer):
    """`position` is how far into the feed it has come."""

    position: int | None
    failing_since: str | None


class WebhookReplayAnswer(TypedDict):
    """Positions in the feed, both included."""

    object: Literal["webhook_replay"]
    endpoint: str
    first: int
    last: int


class WebhookTestAnswer(TypedDict):
    """`webhook_id` is what the endpoint is sent."""

    object: Literal["webhook_test"]
    endpoint: str
    webhook_id: str


class DeliveryAnswer(TypedDict):
    """`webhook_id` is the id of the event, and of the webhook that tells it."""

    object: Literal["delivery"]
    id: str
    webhook_id: str
    position: int
    status: str
    attempts: int
    next_at: str | None
    last_error: str
    created_at: str
    done_at: str | None
