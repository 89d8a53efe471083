"""`get`, `post` and `delete`: any address of a running server, with the key of the environment."""

from typing import Annotated, Any
from uuid import uuid4

import typer

from .errors import may_be_tried_again
from .terminal import DEFAULT_SERVER, Json, NoInput, Quiet, Server, Yes, confirm, show

Path = Annotated[str, typer.Argument(metavar="PATH", help="/orders, or the whole of /api/v1/orders?limit=3.")]
Key = Annotated[str | None, typer.Option("--key", metavar="KEY", help="Idempotency key, to try again.")]


def get(path: Path, server: Server = DEFAULT_SERVER, json: Json = False, quiet: Quiet = False) -> None:
    """Ask a running server; the API key comes from ORDERWELL_API_KEY, or the file ORDERWELL_API_KEY_FILE.

    \b
    orderwell get /orders?limit=3
    orderwell get /business --server https://shop.example.com --json
    """
    show(_send("GET", path, server=server), as_json=json)


def post(
    path: Path,
    data: Annotated[str | None, typer.Option("--data", "-d", metavar="JSON", help="The body.")] = None,
    input: Annotated[str | None, typer.Option("--input", metavar="FILE", help="The body; - is standard in.")] = None,
    key: Key = None,
    server: Server = DEFAULT_SERVER,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Send something to a running server, with an idempotency key, so that it can be tried again safely.

    \b
    orderwell post /channels -d '{"code": "fair", "name": "Trade fair", "kind": "till"}'
    orderwell post /orders --input order.json --key 7d1f
    """
    members = _members(data) if data is not None else _from_file(input) if input is not None else {}
    show(_send("POST", path, members, server=server, key=key or str(uuid4())), as_json=json)


def delete(
    path: Path,
    key: Key = None,
    yes: Yes = False,
    no_input: NoInput = False,
    server: Server = DEFAULT_SERVER,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Delete what is at a path of a running server.

    \b
    orderwell delete /webhook_endpoints/whe_06NBX1Z2Y3W4V --yes
    orderwell delete /webhook_endpoints/whe_06NBX1Z2Y3W4V --yes --server https://shop.example.com
    """
    confirm(f"{path} on {server} will be deleted.", yes=yes, no_input=no_input)
    show(_send("DELETE", path, server=server, key=key or str(uuid4())), as_json=json)


def _send(method: str, path: str, members: Any = None, *, server: str | None, key: str | None = None) -> Any:
    from .doors import AtServer
    from .resources import say_again

    whole = path if path.startswith(("/api/", "/health/")) else "/api/v1/" + path.lstrip("/")
    try:
        return AtServer(server or DEFAULT_SERVER).send(method, whole, members, key=key)
    except BaseException as error:
        if key is not None and may_be_tried_again(error):
            say_again(key)
        raise


def _members(text: str) -> Any:
    import json

    from ..kit.errors import Invalid

    try:
        return json.loads(text)
    except ValueError as error:
        raise Invalid(f"--data is not JSON: {error}") from None


def _from_file(name: str) -> Any:
    from .inputs import from_file

    return from_file(name)
