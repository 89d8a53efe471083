"""Commands made from the API: every operation has one, with options from its fields, and nobody writes them twice.

POST /orders is `orderwell orders place`, GET /orders/{order} is `orderwell orders show ORDER`.
"""

import re
import shlex
import sys
from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any
from uuid import uuid4

import typer

from .errors import may_be_tried_again, say
from .terminal import DEFAULT_URL, Json, NoInput, Quiet, Schema, Server, Url, Yes, confirm, show

# The first words of the API's addresses. Written down because the first page of help must be there at once.
# Each with the files of the API that have its addresses, so that the others need not be loaded.
WHERE = {
    "api-keys": "access", "bad-debts": "invoices", "bank-lines": "banking", "bank-matches": "banking",
    "bank-statements": "banking", "bin-moves": "stock", "bins": "stock", "books": "ledger", "business": "business",
    "carriers": "orders", "channels": "business", "closed-days": "delivery", "credit-notes": "invoices",
    "customer-prices": "catalog", "customers": "customers ledger notes", "delivery-methods": "delivery",
    "delivery-options": "delivery", "dispatch-times": "delivery", "drawer-sessions": "tills", "exchanges": "orders",
    "fulfilments": "orders", "invoices": "invoices", "jobs": "tasks", "journal": "ledger",
    "locations": "business picking", "lookup": "picking", "manual-entries": "ledger", "messages": "portal",
    "open-items": "ledger", "order-links": "portal", "orders": "delivery notes orders payments portal returns",
    "parcels": "orders", "payments": "payments", "payouts": "payments", "people": "access pins",
    "phone-orders": "orders", "pick-lists": "picking", "portal-accounts": "customers portal",
    "portal-sessions": "portal", "prices": "catalog", "products": "catalog", "proofs": "proofs",
    "proposals": "purchasing", "providers": "payments", "purchase-orders": "purchasing", "receipts": "purchasing",
    "refunds": "payments", "reorder-rules": "purchasing", "reports": "reports", "returns": "returns",
    "rights": "access", "roles": "access", "sales": "orders", "sessions": "access",
    "skus": "catalog purchasing stock", "stock": "stock", "stock-moves": "stock", "supplier-invoices": "purchasing",
    "supplier-payments": "purchasing", "suppliers": "purchasing", "tasks": "tasks", "tax-rates": "catalog",
    "tills": "tills", "transfers": "stock", "views": "views", "webhook-endpoints": "webhooks",
}  # fmt: skip
RESOURCES = list(WHERE)
ELSEWHERE = {"events"}  # commands of their own
FOR_GOOD = {  # nothing brings it back: say --yes
    "disable_person", "erase_customer", "erase_portal_account", "remove_customer_note", "remove_order_note",
    "remove_pin", "remove_view", "remove_webhook_endpoint", "revoke_api_key", "revoke_order_link",
}  # fmt: skip
SINGULAR = {"people": "person", "stock": "stock", "business": "business"}


def operations(resource: str | None = None) -> dict[tuple[str, str], Any]:
    """Everything the API can do, as (resource, verb); or what stands beside this resource, without loading the rest."""
    from importlib import import_module

    from ..api.operations import Read, Verb

    modules = WHERE[resource].split() if resource is not None else sorted({*" ".join(WHERE.values()).split()})
    found: dict[tuple[str, str], Any] = {}
    made = (import_module(f"orderwell.api.{module}").operations() for module in modules)
    for operation in (each for some in made for each in some):
        if isinstance(operation, Verb | Read):
            name = name_of(operation.method, operation.path, operation.name)
            assert name not in found, f"{operation.name} and {found[name].name} are both `orderwell {' '.join(name)}`"
            found[name] = operation
    return {name: each for name, each in found.items() if name[0] not in ELSEWHERE}


def name_of(method: str, path: str, operation: str) -> tuple[str, str]:
    """("GET", "/api/v1/orders/{order}", …) → ("orders", "show"); ("POST", …, "place_order") → ("orders", "place")."""
    parts = path.removeprefix("/api/v1/").replace("_", "-").split("/")
    resource, fixed = parts[0], [part for part in parts[1:] if not part.startswith("{")]
    if method != "GET":
        single = SINGULAR.get(resource, re.sub("ies$", "y", resource).removesuffix("s"))
        verb = operation.replace("_", "-").removesuffix(f"-{resource}").removesuffix(f"-{single}")
        return resource, verb
    one = parts[-1].startswith("{") or operation.startswith("get_")
    if not fixed:
        return resource, "show" if one else "list"
    return resource, "-".join((["show"] if one else []) + fixed)


def group(name: str) -> typer.Typer | None:
    """All that can be done with a resource; None when there is no such thing."""
    if name not in WHERE:
        return None
    found = {verb: each for (resource, verb), each in sorted(operations(name).items()) if resource == name}
    made = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=f"What can be done with {name}.")
    made.callback()(lambda: None)
    for verb, operation in found.items():
        about = _help(f"orderwell {name} {verb}", operation)
        command = _looking if operation.method == "GET" else _writing
        made.command(verb, help=about, short_help=operation.summary)(command(operation))
    return made


def _writing(verb: Any) -> Callable[..., None]:
    """A command that performs a flow."""
    from .inputs import argument, fields_of, from_file, from_options, parameter

    def run(**given: Any) -> None:
        path = {name: given[name] for name in verb.path_fields}
        members = from_file(given["input"]) if given["input"] else {}
        members |= {name: value for name, value in from_options(verb.body, given).items() if name not in path}
        key = given["key"] or str(uuid4())
        if verb.name in FOR_GOOD and not given["dry_run"]:
            about = " ".join(path.values())
            confirm(f"{about}: {verb.summary}", yes=given["yes"], no_input=given["no_input"])
        try:
            answer = _door(given).perform(verb, path, members, key=key, dry_run=given["dry_run"])
        except BaseException as error:
            if may_be_tried_again(error) and not given["dry_run"]:
                say_again(key)
            raise
        show(answer, as_json=given["json"])

    own = [parameter(each) for each in fields_of(verb.body) if each.name not in verb.path_fields]
    asking = ASKING if verb.name in FOR_GOOD else []
    return _signed(run, [*map(argument, verb.path_fields), *own, *asking, *WRITING, *COMMON])


def _looking(read: Any) -> Callable[..., None]:
    """A command that shows what is there."""
    from .inputs import argument

    def run(**given: Any) -> None:
        path = {name: given[name] for name in read.path_fields}
        typed = {each.name: given[f"query_{each.name}"] for each in read.query}
        query = {name: value for name, value in typed.items() if value not in (None, [])}
        show(_door(given).look(read, path, query), as_json=given["json"])

    own = []
    for each in read.query:
        info = typer.Option(f"--{each.name.replace('_', '-')}", metavar="TEXT", help=each.description)
        kind: Any = list[str] | None if each.many else str | None
        own.append(_option(f"query_{each.name}", Annotated[kind, info]))  # `from` is no name for a parameter
    return _signed(run, [*map(argument, read.path_fields), *own, *COMMON])


def _signed(run: Callable[..., None], parameters: list[Parameter]) -> Callable[..., None]:
    named = {each.name: each for each in reversed(parameters)}  # a field of the request wins over a common option
    ordered = [each for each in parameters if named[each.name] is each]
    run.__signature__ = Signature(ordered)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in ordered}
    return run


def _option(name: str, annotation: Any, default: Any = None) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


ASKING = [_option("yes", Yes, False), _option("no_input", NoInput, False)]
WRITING = [
    _option("input", Annotated[str | None, typer.Option("--input", metavar="FILE", help="JSON; - is standard in.")]),
    _option("dry_run", Annotated[bool, typer.Option("--dry-run", help="Show what it would write.")], False),
    _option("key", Annotated[str | None, typer.Option("--key", metavar="KEY", help="Idempotency key, to try again.")]),
]
COMMON = [
    _option("database", Url, DEFAULT_URL),
    _option("schema", Schema),
    _option("server", Server),
    _option("json", Json, False),
    _option("quiet", Quiet, False),
]


def _door(given: dict[str, Any]) -> Any:
    from .doors import AtDatabase, AtServer

    return AtServer(given["server"]) if given["server"] else AtDatabase(given["database"], given["schema"])


def say_again(key: str) -> None:
    """How to try again without doing it twice."""
    words = sys.argv[1:]
    again = shlex.join(["orderwell", *words] if "--key" in words else ["orderwell", *words, "--key", key])
    say(f"To try again, without doing it twice:\n  {again}")


def _help(command: str, operation: Any) -> str:
    """What it does, what to know about its fields, and two examples made from them."""
    first = " ".join([command, *(name.upper() for name in operation.path_fields)])
    if operation.method == "GET":
        return f"{operation.summary}\n\n\b\n{first}\n{first} --server http://localhost:8000 --json"
    if operation.name in FOR_GOOD:
        return f"{operation.summary}\n\n{operation.description}\n\n\b\n{first} --yes\n{first} --dry-run"
    second = f"{first} --input request.json --server http://localhost:8000"
    return f"{operation.summary}\n\n{operation.description}\n\n\b\n{first} {_example(operation)}\n{second}"


def _example(verb: Any) -> str:
    """The example of the API as options, as far as it fits on a line."""
    from .inputs import fields_of

    words: list[str] = []
    for each in fields_of(verb.body):
        value = verb.example.get(each.name)
        if value is None or each.name in verb.path_fields or not (each.required or len(words) < 2):
            continue
        for one in (value if each.many else [value])[:1]:
            text = ",".join(f"{name}={part}" for name, part in one.items()) if isinstance(one, dict) else str(one)
            words.append(f"{each.option} {shlex.quote(text)}")
    return " ".join(words)
