"""`events tail` and `listen`: what happens, as it happens, from the same feed that webhooks are made of."""

import json as jsonlib
import os
import secrets
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from .doors import AtDatabase, AtServer
from .errors import say
from .terminal import DEFAULT_URL, Quiet, Schema, Server, Url, show_line

POLL_SECONDS = 0.5
PAGE = 100
Types = Annotated[list[str] | None, typer.Option("--type", metavar="TYPE", help="order.placed or order.*; repeatable.")]
After = Annotated[str | None, typer.Option("--after", metavar="CURSOR", help="Events behind this; 0 is the start.")]
Follow = Annotated[bool, typer.Option("--follow/--no-follow", help="Wait for more.")]

events = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Follow what happens.")


@events.callback()
def _events() -> None:
    """Follow what happens."""


@events.command("tail")
def tail(
    type: Types = None,
    after: After = None,
    follow: Follow = True,
    database: Url = DEFAULT_URL,
    schema: Schema = None,
    server: Server = None,
    quiet: Quiet = False,
) -> None:
    """Print events as they happen, a line of JSON each; the last ten first.

    \b
    orderwell events tail --type 'order.*'
    orderwell events tail --after 0 --no-follow --server http://localhost:8000
    """
    for event, _ in _stream(_door(database, schema, server), type or [], after, follow=follow):
        show_line(event)


def listen(
    forward_to: Annotated[str, typer.Option("--forward-to", metavar="URL", help="Who is to hear of it.")],
    type: Types = None,
    after: After = None,
    follow: Follow = True,
    database: Url = DEFAULT_URL,
    schema: Schema = None,
    server: Server = None,
    quiet: Quiet = False,
) -> None:
    """Send events to a URL on this machine, signed as webhooks are, to build against them.

    The secret is that of ORDERWELL_WEBHOOK_SECRET, or a new one, which is printed.

    \b
    orderwell listen --forward-to http://localhost:3000/hooks
    orderwell listen --forward-to http://localhost:3000/hooks --type 'invoice.*' --server http://localhost:8000
    """
    import httpx2
    from standardwebhooks.webhooks import Webhook

    secret = os.environ.get("ORDERWELL_WEBHOOK_SECRET") or "whsec_" + b64encode(secrets.token_bytes(32)).decode()
    if not quiet:
        say(f"Signing with {secret}")
    webhook = Webhook(secret)
    with httpx2.Client(timeout=10, trust_env=False) as client:
        for event, position in _stream(_door(database, schema, server), type or [], after, follow=follow):
            body, headers = signed(webhook, event)
            try:
                answer = str(client.post(forward_to, content=body, headers=headers).status_code)
            except httpx2.HTTPError as error:
                answer = f"no answer: {error}"
            show_line({"id": event["id"], "type": event["type"], "answer": answer, "cursor": position})


def signed(webhook: Any, event: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """A thin webhook: which event, and what it is about; the rest is to be looked up."""
    data = {"id": event["subject_id"], "object": event["subject"], **event["data"]}
    body = jsonlib.dumps({"type": event["type"], "timestamp": event["at"], "data": data}, separators=(",", ":"))
    now = datetime.now(UTC)
    headers = {
        "webhook-id": event["id"],
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": webhook.sign(event["id"], now, body),
        "content-type": "application/json",
    }
    return body, headers


class _Feed(AtDatabase):
    """Without a server nobody else gives events their place in the feed."""

    def look(self, read: Any, path: Mapping[str, str], query: Mapping[str, Any]) -> Any:
        from ..kit.feed import catch_up
        from .opening import database_at

        with database_at(self.url, self.schema) as database:
            catch_up(database)
        return super().look(read, path, query)


def _door(database: str, schema: str | None, server: str | None) -> Any:

    return AtServer(server) if server else _Feed(database, schema)


def _stream(door: Any, types: list[str], after: str | None, *, follow: bool) -> Iterator[tuple[dict[str, Any], str]]:
    """Events with the cursor of their page, oldest first; waits for more until interrupted."""
    read = _operation()
    cursor = after if after is not None else str(max(0, _end(door, read) - 10))
    while True:
        page = door.look(read, {}, {"after": cursor, "limit": PAGE, **({"types": types} if types else {})})
        cursor = page["next_cursor"]
        for event in page["data"]:
            yield event, cursor
        if not page["has_more"]:
            if not follow:
                return
            time.sleep(POLL_SECONDS)


def _end(door: Any, read: Any) -> int:
    """The position of the newest event, found by asking what lies behind ever later ones."""

    def anything_behind(position: int) -> bool:
        return bool(door.look(read, {}, {"after": str(position), "limit": 1})["data"])

    low, high = 0, 1
    while anything_behind(high):
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if anything_behind(middle) else (low, middle)
    return low


def _operation() -> Any:
    from ..api import events as api
    from ..flows import stories as stories

    return next(each for each in api.operations() if each.name == "list_events")
