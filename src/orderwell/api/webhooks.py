"""Webhook endpoints and what was sent to them, over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json, to_json

from ..flows.keep_webhooks import (
    AddWebhookEndpoint,
    ChangeWebhookEndpoint,
    RemoveWebhookEndpoint,
    ReplayWebhooks,
    TestWebhookEndpoint,
    Types,
    Url,
)
from ..kit.errors import NotFound
from ..kit.pages import DEFAULT_LIMIT
from ..kit.sentences import Sentence
from ..notifications import queries
from ..notifications.rules import new_secret
from ..values.fields import Text
from ..values.ids import parse
from .answers.webhooks import (
    DeliveryAnswer,
    EndpointAnswer,
    ListedEndpointAnswer,
    NewEndpointAnswer,
    WebhookReplayAnswer,
    WebhookTestAnswer,
)
from .face import Face
from .lists import queried
from .operations import Operation, verb

MANAGE = "webhooks:manage"


@dataclass(frozen=True, slots=True)
class NewWebhookEndpoint:
    """`types` are event types such as `order.placed`, or `order.*`; none means all. The answer holds the signing
    `secret`, this once: a retry with the same Idempotency-Key gives the endpoint without it."""

    url: Url
    types: Types = field(default_factory=list)
    description: Text = ""


def operations() -> list[Operation]:
    endpoint = {"url": "https://shop.example.com/hooks/orderwell", "types": ["order.*"], "description": "Web shop"}
    at = "/webhook_endpoints/{endpoint}"
    return [
        verb(
            "POST", "/webhook_endpoints", AddWebhookEndpoint, right=MANAGE, result=NewEndpointAnswer, status=201,
            example=endpoint, body=NewWebhookEndpoint, prepare=_with_secret,
        ),
        queried("/webhook_endpoints", queries.endpoints, right=MANAGE, result=ListedEndpointAnswer),
        verb(
            "POST", f"{at}/change", ChangeWebhookEndpoint, right=MANAGE, result=EndpointAnswer,
            example={"status": "disabled"},
        ),
        verb("POST", f"{at}/remove", RemoveWebhookEndpoint, right=MANAGE, result=EndpointAnswer),
        verb(
            "POST", f"{at}/replay", ReplayWebhooks, right=MANAGE, result=WebhookReplayAnswer,
            example={"first": 1, "last": 20},
        ),
        verb("POST", f"{at}/test", TestWebhookEndpoint, right=MANAGE, result=WebhookTestAnswer),
        queried(f"{at}/deliveries", _deliveries, right=MANAGE, result=DeliveryAnswer, filters={"status": None}),
    ]  # fmt: skip


def _with_secret(ask: NewWebhookEndpoint, _: Face) -> tuple[AddWebhookEndpoint, Callable[[bytes], bytes]]:
    secret = new_secret()
    add = AddWebhookEndpoint(ask.url, secret, ask.types, ask.description)
    return add, lambda body: to_json({**from_json(body), "secret": secret})


def _deliveries(
    connection: Any, *, endpoint: str, status: str | None = None, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> dict[str, Any]:
    number = parse("webhook_endpoint", endpoint)
    if number is None:
        raise NotFound(Sentence("There is no webhook endpoint {name!r}.", name=endpoint))
    return queries.deliveries(connection, number, status=status, limit=limit, cursor=cursor)
