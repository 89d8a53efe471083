"""What commands share: their common options, and how an answer is shown.

Data goes to standard out: on a terminal as a table or as fields, else (or with --json) as JSON. All else goes to
standard error. Nothing is coloured, so NO_COLOR has nothing to switch off.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

from .errors import USAGE, Stop, say

Url = Annotated[
    str,
    typer.Option(
        "--database", envvar="ORDERWELL_DATABASE", metavar="URL", help="sqlite:///path or postgresql://user@host/name.",
        show_default=False, show_envvar=False,
    ),
]  # fmt: skip
DEFAULT_URL = "sqlite:///orderwell.db"
Schema = Annotated[
    str | None,
    typer.Option(
        "--schema", envvar="ORDERWELL_SCHEMA", metavar="NAME", help="Schema, on PostgreSQL.", show_envvar=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Answer with JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but the answer.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
NoInput = Annotated[
    bool,
    typer.Option("--no-input", envvar="ORDERWELL_NO_INPUT", help="Never ask; end instead.", show_envvar=False),
]
Server = Annotated[
    str | None,
    typer.Option("--server", envvar="ORDERWELL_SERVER", metavar="URL", help="A running server.", show_envvar=False),
]
DEFAULT_SERVER = "http://localhost:8000"


def show(answer: Any, *, as_json: bool = False) -> None:
    """An answer on standard out."""
    if as_json or not sys.stdout.isatty():
        print(json.dumps(answer, indent=2, ensure_ascii=False, default=str))
    elif isinstance(answer, dict) and isinstance(answer.get("data"), list):
        _table(answer["data"])
    elif isinstance(answer, list):
        _table(answer)
    else:
        _fields(answer)


def show_line(answer: Any) -> None:
    """One of a stream, as one line of JSON, at once."""
    print(json.dumps(answer, ensure_ascii=False, default=str), flush=True)


def confirm(what: str, *, yes: bool, no_input: bool = False) -> None:
    """Ask before something is destroyed; without a terminal only --yes will do."""
    if yes:
        say(what)
        return
    if no_input or not (sys.stdin.isatty() and sys.stderr.isatty()):
        say(f"{what} Say --yes to do it.")
        raise Stop(USAGE)
    typer.confirm(f"{what} Do it?", abort=True, err=True)


def _fields(answer: Any, indent: str = "") -> None:
    if not isinstance(answer, dict):
        print(f"{indent}{answer}")
        return
    for name, value in answer.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            print(f"{indent}{name}:")
            _table(value, indent + "  ")
        elif isinstance(value, dict) and value:
            print(f"{indent}{name}:")
            _fields(value, indent + "  ")
        elif value not in (None, "", [], {}):
            print(f"{indent}{name}: {_cell(value)}")


def _table(rows: Sequence[Any], indent: str = "") -> None:
    """Only the columns that hold something plain; the rest is one --json away."""
    if not rows or not isinstance(rows[0], dict):
        for row in rows:
            print(f"{indent}{row}")
        return
    names = [name for name in rows[0] if name != "object" and any(_plain(row.get(name)) for row in rows)]
    cells = [names, *([_cell(row.get(name)) for name in names] for row in rows)]
    widths = [min(40, max(len(line[n]) for line in cells)) for n in range(len(names))]
    for line in cells:
        print((indent + "  ".join(_padded(line, widths))).rstrip())


def _padded(line: Sequence[str], widths: Sequence[int]) -> Iterable[str]:
    for cell, width in zip(line, widths, strict=True):
        yield (cell if len(cell) <= width else cell[: width - 1] + "…").ljust(width)


def _plain(value: Any) -> bool:
    return value not in (None, "") and not isinstance(value, dict | list)


def _cell(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return "" if value is None else str(value)
