"""Keeping webhooks: who hears of events, where, and what is sent once more."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from annotated_types import Ge, Len

from ..business import actions as business
from ..kit import jobs
from ..kit.errors import Conflict, Invalid, NotFound
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence, word
from ..kit.writer import flow
from ..notifications.answers import shown
from ..notifications.model import Endpoint, EndpointSecret, Replay
from ..notifications.rules import check_url, wants
from ..notifications.spread import KIND, queue_of
from ..notifications.store import ENDPOINT_SECRETS, ENDPOINTS, REPLAYS
from ..values.fields import Reference, Text
from ..values.ids import parse, show

Url = Annotated[str, Len(8, 2_000)]
Types = Annotated[list[Annotated[str, Len(3, 100)]], Len(0, 50)]
TESTED = "webhook_endpoint.tested"
Position = Annotated[int, Ge(1)]


class EndpointDisabled(Conflict):
    code = "endpoint_disabled"
    title = "Nothing is sent to this webhook endpoint"


@dataclass(frozen=True, slots=True)
class AddWebhookEndpoint:
    """`types` are event types such as `order.placed`, or `order.*`; none means all.

    `secret` is made by the face that shows it (`notifications.rules.new_secret`), so that no answer keeps it.
    """

    url: Url
    secret: Annotated[str, Len(32, 200)]
    types: Types = field(default_factory=list)
    description: Text = ""


@dataclass(frozen=True, slots=True)
class ChangeWebhookEndpoint:
    """What is left out stays. Enabled again, it is sent what it missed."""

    endpoint: Reference
    url: Url | None = None
    types: Types | None = None
    description: Text | None = None
    status: Literal["active", "disabled"] | None = None
    reason: Text = ""


@dataclass(frozen=True, slots=True)
class RemoveWebhookEndpoint:
    endpoint: Reference


@dataclass(frozen=True, slots=True)
class ReplayWebhooks:
    """Send the events at places `first` to `last` of the feed once more; one when `last` is left out."""

    endpoint: Reference
    first: Position
    last: Position | None = None


@dataclass(frozen=True, slots=True)
class TestWebhookEndpoint:
    """Send an event that means nothing, whatever types the endpoint hears of."""

    endpoint: Reference


@flow(AddWebhookEndpoint)
def add_webhook_endpoint(tx: Tx, ask: AddWebhookEndpoint) -> dict[str, Any]:
    """A new endpoint, which hears of everything from now on."""
    check_url(ask.url, strict=business.current(tx).mode == "production")
    endpoint = Endpoint(
        tx.new_id(), 1, ask.url, ask.description, _types(ask.types), "active", "", tx.cause, tx.now
    )  # fmt: skip
    tx.add(ENDPOINTS, endpoint)
    tx.add(ENDPOINT_SECRETS, EndpointSecret(endpoint.id, ask.secret))
    announce(tx, "webhook_endpoint.added", "webhook_endpoint", endpoint.id, types=ask.types)
    return shown(endpoint)


@flow(ChangeWebhookEndpoint)
def change_webhook_endpoint(tx: Tx, ask: ChangeWebhookEndpoint) -> dict[str, Any]:
    endpoint = _find(tx, ask.endpoint)
    if ask.url is not None:
        check_url(ask.url, strict=business.current(tx).mode == "production")
        endpoint = endpoint._replace(url=ask.url)
    if ask.types is not None:
        endpoint = endpoint._replace(types=_types(ask.types))
    if ask.description is not None:
        endpoint = endpoint._replace(description=ask.description)
    if ask.status is not None:
        endpoint = endpoint._replace(status=ask.status, reason=ask.reason if ask.status == "disabled" else "")
    endpoint = tx.put(ENDPOINTS, endpoint)
    told = "webhook_endpoint.disabled" if ask.status == "disabled" else "webhook_endpoint.changed"
    announce(tx, told, "webhook_endpoint", endpoint.id, status=endpoint.status)
    return shown(endpoint)


@flow(RemoveWebhookEndpoint)
def remove_webhook_endpoint(tx: Tx, ask: RemoveWebhookEndpoint) -> dict[str, Any]:
    """Nothing is sent any more, and it is in no list; what was sent stays on record."""
    endpoint = tx.put(ENDPOINTS, _find(tx, ask.endpoint)._replace(status="removed"))
    announce(tx, "webhook_endpoint.removed", "webhook_endpoint", endpoint.id)
    return shown(endpoint)


@flow(ReplayWebhooks)
def replay_webhooks(tx: Tx, ask: ReplayWebhooks) -> dict[str, Any]:
    """Ask for one event or a stretch of the feed once more, under the ids it had."""
    endpoint = _find(tx, ask.endpoint)
    last = ask.first if ask.last is None else ask.last
    if last < ask.first:
        raise Invalid.at("/last", Sentence("{last} comes before {first}.", last=last, first=ask.first))
    if endpoint.status != "active":
        raise EndpointDisabled(
            Sentence(
                "Endpoint {name} is {status}; make it active first.", name=ask.endpoint, status=word(endpoint.status)
            )
        )
    replay = tx.add(REPLAYS, Replay(tx.new_id(), endpoint.id, ask.first, last))
    announce(tx, "webhook_endpoint.replayed", "webhook_endpoint", endpoint.id, first=replay.first, last=replay.last)
    return {"object": "webhook_replay", "endpoint": show("webhook_endpoint", endpoint.id), "first": replay.first,
            "last": replay.last}  # fmt: skip


@flow(TestWebhookEndpoint)
def test_webhook_endpoint(tx: Tx, ask: TestWebhookEndpoint) -> dict[str, Any]:
    """Find out whether what is sent arrives: signed and tried again like everything else."""
    endpoint = _find(tx, ask.endpoint)
    if endpoint.status != "active":
        raise EndpointDisabled(
            Sentence(
                "Endpoint {name} is {status}; make it active first.", name=ask.endpoint, status=word(endpoint.status)
            )
        )
    announce(tx, TESTED, "webhook_endpoint", endpoint.id)
    if not wants(endpoint.types.split(), TESTED):  # else it comes by the feed
        payload = {"endpoint": endpoint.id, "event": tx.cause, "position": 0}
        jobs.later(tx, KIND, payload, subject_id=tx.cause, queue=queue_of(endpoint.id), in_order=endpoint.id)
    return {"object": "webhook_test", "endpoint": ask.endpoint, "webhook_id": show("event", tx.cause)}


def _find(tx: Tx, name: str) -> Endpoint:
    number = parse("webhook_endpoint", name)
    endpoint = tx.get(ENDPOINTS, number) if number is not None else None
    if endpoint is None or endpoint.status == "removed":
        raise NotFound(Sentence("There is no webhook endpoint {name!r}.", name=name))
    return endpoint


def _types(types: list[str]) -> str:
    for n, each in enumerate(types):
        word = each.removesuffix(".*")
        if not word.replace("_", "").replace(".", "").isalnum():
            raise Invalid.at(
                f"/types/{n}", Sentence("{text!r} is no event type, such as order.placed or order.*.", text=each)
            )
    return " ".join(dict.fromkeys(types))
