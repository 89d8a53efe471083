"""`verify`, `report` and `export`: what the data says, and whether it holds together. They only read."""

import sys
from typing import Annotated

import typer

from .errors import BROKEN, Stop, say
from .terminal import DEFAULT_URL, Json, Quiet, Schema, Url, show


def verify(database: Url = DEFAULT_URL, schema: Schema = None, json: Json = False, quiet: Quiet = False) -> None:
    """Prove from history alone that every unit and every cent is accounted for; exit code 7 when not.

    \b
    orderwell verify --database sqlite:///shop.db
    orderwell verify --database postgresql://shop@localhost/shop --json
    """
    from ..verify.proof import verify as prove
    from .opening import database_at

    with database_at(database, schema) as found:
        report = prove(found)
    if json:
        show(report.as_dict(), as_json=True)
    elif report.clean and not quiet:
        looked_at = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in report.facts.items())
        say(f"Everything adds up: {looked_at}.")
    elif not report.clean:
        for each in report.breaks:
            print(f"{each.code}: {each.sentence} ({each.where})")
        say(f"{sum(report.counts.values()):,} breaks of {len(report.counts)} kinds.")
    if not report.clean:
        raise Stop(BROKEN)


def report(
    name: Annotated[str, typer.Argument(metavar="NAME", help="`orderwell report list` shows them.")],
    database: Url = DEFAULT_URL,
    schema: Schema = None,
    param: Annotated[list[str] | None, typer.Option("--param", metavar="NAME=VALUE", help="Repeatable.")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """A question across the business, answered from its books and its stock.

    \b
    orderwell report list
    orderwell report sales_by_day --param from=2026-01-01 --param to=2026-01-31 --json
    """
    from ..kit.errors import NotFound
    from ..reports import REPORTS
    from .opening import database_at

    if name == "list":
        rows = [{"name": each, "what": (REPORTS[each].__doc__ or "").strip().partition("\n")[0]} for each in REPORTS]
        return show(rows, as_json=json)
    if name not in REPORTS:
        raise NotFound(f"There is no report {name!r}; there are {', '.join(sorted(REPORTS))}.")
    with database_at(database, schema) as found, found.reading() as connection:
        show(REPORTS[name](connection, **_parameters(param or [])), as_json=json)
    return None


def _parameters(texts: list[str]) -> dict[str, str]:
    from ..kit.errors import Invalid

    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise Invalid(f"--param {text}: should be NAME=VALUE.")
        found[name.replace("-", "_")] = value
    return found


export = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Data in the formats of other programs.")


@export.callback()
def _export() -> None:
    """Data in the formats of other programs."""


@export.command("journal")
def journal(
    database: Url = DEFAULT_URL,
    schema: Schema = None,
    format: Annotated[str, typer.Option("--format", help="hledger, beancount or csv.")] = "hledger",
    quiet: Quiet = False,
) -> None:
    """The whole journal, on standard out.

    \b
    orderwell export journal --format hledger > shop.journal
    orderwell export journal --format csv --database postgresql://shop@localhost/shop
    """
    from ..kit.errors import Invalid
    from ..reports.export import FORMATS
    from .opening import database_at

    if format not in FORMATS:
        raise Invalid(f"--format {format}: there are {', '.join(FORMATS)}.")
    with database_at(database, schema) as found, found.reading() as connection:
        for text in FORMATS[format](connection):
            sys.stdout.write(text)
