"""Webhook endpoints and what was sent to them, over HTTP."""

from typing import Any

from ..flows.keep_webhooks import AddWebhookEndpoint, ChangeWebhookEndpoint, RemoveWebhookEndpoint, ReplayWebhooks
from ..kit.errors import NotFound
from ..kit.pages import DEFAULT_LIMIT
from ..notifications import queries
from ..values.ids import parse
from .lists import queried
from .operations import Operation, verb

MANAGE = "webhooks:manage"


def operations() -> list[Operation]:
    endpoint = {"url": "https://shop.example.com/hooks/orderwell", "types": ["order.*"], "description": "Web shop"}
    at = "/webhook_endpoints/{endpoint}"
    return [
        verb("POST", "/webhook_endpoints", AddWebhookEndpoint, right=MANAGE, status=201, example=endpoint),
        queried("/webhook_endpoints", queries.endpoints, right=MANAGE),
        verb("POST", f"{at}/change", ChangeWebhookEndpoint, right=MANAGE, example={"status": "disabled"}),
        verb("POST", f"{at}/remove", RemoveWebhookEndpoint, right=MANAGE),
        verb("POST", f"{at}/replay", ReplayWebhooks, right=MANAGE, example={"first": 1, "last": 20}),
        queried(f"{at}/deliveries", _deliveries, right=MANAGE, filters={"status": None}),
    ]


def _deliveries(
    connection: Any, *, endpoint: str, status: str | None = None, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> dict[str, Any]:
    number = parse("webhook_endpoint", endpoint)
    if number is None:
        raise NotFound(f"There is no webhook endpoint {endpoint!r}.")
    return queries.deliveries(connection, number, status=status, limit=limit, cursor=cursor)
