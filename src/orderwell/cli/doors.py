"""The two ways to the business: its database, when nobody else writes it, or a running server.

Both take an operation of the API with the parts of its address and the members of its body (or its query), so a command
cannot tell them apart.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from .errors import Stop, exit_code_of_answer, say

TIMEOUT_SECONDS = 60.0


class Door(Protocol):
    def perform(self, verb: Any, path: Mapping[str, str], members: Any, *, key: str, dry_run: bool) -> Any: ...

    def look(self, read: Any, path: Mapping[str, str], query: Mapping[str, Any]) -> Any: ...


@dataclass(frozen=True, slots=True)
class AtDatabase:
    """As the only writer. On an SQLite file that a server has open this is Unavailable, and says what to do."""

    url: str
    schema: str | None

    def perform(self, verb: Any, path: Mapping[str, str], members: Any, *, key: str, dry_run: bool) -> Any:
        from pydantic_core import from_json, to_json

        from ..api.decode import decode_members
        from ..api.writes import told_of_path, weight_of
        from ..kit.errors import Unavailable
        from ..kit.idempotency import hash_of
        from ..kit.writer import Call
        from .opening import opened

        ask: Any = decode_members(verb.adapter, members, path)
        body = to_json(members)
        finish = None
        try:
            with opened(self.url, self.schema) as app:
                if verb.prepare is not None:
                    ask, finish = verb.prepare(ask, _face(app))
                call = Call(
                    ask, actor="cli", request_id=f"cli_{key}", key=None if dry_run or verb.asks else key,
                    dry_run=dry_run, input_hash=hash_of(_address(verb, path), body), weight=weight_of(ask),
                )  # fmt: skip
                outcome = app.writer.call(call)
        except Unavailable as busy:
            raise type(busy)(f"{busy.detail} To ask the server that runs on it, use --server.") from None
        if outcome.refusal is not None:
            raise told_of_path(outcome.refusal, dict(path))
        answer = outcome.body if outcome.body is not None else to_json(outcome.answer)
        return from_json(finish(answer) if finish is not None and not outcome.replayed else answer)

    def look(self, read: Any, path: Mapping[str, str], query: Mapping[str, Any]) -> Any:
        from starlette.requests import Request

        from ..access.model import RIGHTS
        from ..api.operations import Look
        from ..api.reads import query_of
        from .opening import database_at

        scope = {"type": "http", "query_string": urlencode(query, doseq=True).encode(), "headers": []}
        asked = query_of(read, Request(scope))
        with database_at(self.url, self.schema) as database, database.reading() as connection:
            return read.look(Look(connection, dict(path), asked, frozenset(), database, frozenset(RIGHTS)))


def _face(app: Any) -> Any:
    """What preparing a request may look at; there is no HTTP here."""
    from ..api.face import Face
    from ..api.keys import Keys
    from ..api.threads import Threads
    from ..settings import Settings

    threads, settings = Threads(1), Settings()
    return Face(app, settings, threads, Keys(app, threads, settings))


def _address(operation: Any, path: Mapping[str, str]) -> str:
    filled = operation.path
    for name, value in path.items():
        filled = filled.replace(f"{{{name}}}", quote(value, safe=""))
    return f"{operation.method} {filled}"


@dataclass(frozen=True, slots=True)
class AtServer:
    """Over HTTP, with the API key of the environment."""

    url: str

    def perform(self, verb: Any, path: Mapping[str, str], members: Any, *, key: str, dry_run: bool) -> Any:
        method, _, address = _address(verb, path).partition(" ")
        return self.send(method, f"{address}?dry_run=true" if dry_run else address, members, key=key)

    def look(self, read: Any, path: Mapping[str, str], query: Mapping[str, Any]) -> Any:
        method, _, address = _address(read, path).partition(" ")
        return self.send(method, f"{address}?{urlencode(query, doseq=True)}" if query else address)

    def send(self, method: str, address: str, members: Any = None, *, key: str | None = None) -> Any:
        """The answer; a problem is told on standard error and ends the command with the exit code that fits it."""
        import httpx2

        headers = {"authorization": f"Bearer {api_key()}", "accept": "application/json"}
        if key is not None:
            headers["idempotency-key"] = key
        with httpx2.Client(base_url=self.url, timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            body = None if members is None else json.dumps(members).encode()
            if body is not None:
                headers["content-type"] = "application/json"
            answer = client.request(method, address, content=body, headers=headers)
        if answer.is_success:
            return answer.json() if answer.content else None
        raise _refused(answer)


class ServerRefused(Stop):
    """What the server said has been told; `retryable` says whether another try may help."""

    def __init__(self, code: int, *, retryable: bool) -> None:
        super().__init__(code)
        self.retryable = retryable


def _refused(answer: Any) -> ServerRefused:
    try:
        problem = answer.json()
    except ValueError:
        problem = {"title": f"HTTP {answer.status_code}", "detail": answer.text[:200]}
    say(f"orderwell: {problem.get('title')}. {problem.get('detail', '')} (request {problem.get('request_id', '?')})")
    for each in problem.get("errors", []):
        if each.get("detail") != problem.get("detail"):
            say(f"  {each.get('pointer')}: {each.get('detail')}")
    code = exit_code_of_answer(answer.status_code, problem)
    return ServerRefused(code, retryable=bool(problem.get("retryable")) or answer.status_code >= 502)


def api_key() -> str:
    """From ORDERWELL_API_KEY, or from the file that ORDERWELL_API_KEY_FILE names; never an argument."""
    from ..kit.errors import NotAuthenticated

    if key := os.environ.get("ORDERWELL_API_KEY"):
        return key.strip()
    if file := os.environ.get("ORDERWELL_API_KEY_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    raise NotAuthenticated(
        "Put an API key into ORDERWELL_API_KEY, or the name of its file into ORDERWELL_API_KEY_FILE."
    )
