"""`replay`: recorded trade goes through the same requests as live orders."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from .errors import say
from .terminal import DEFAULT_URL, Json, Quiet, Schema, Url, show


def replay(
    csv: Annotated[Path, typer.Argument(metavar="CSV", help="In the form of UCI's Online Retail, gzipped or not.")],
    database: Url = DEFAULT_URL,
    schema: Schema = None,
    supply: Annotated[
        Literal["opening", "purchasing"], typer.Option(help="Start with stock on the shelf, or buy it as it sells.")
    ] = "opening",
    payments: Annotated[
        Literal["none", "terms"], typer.Option(help="Nobody pays; or guests at once, customers after 30 days.")
    ] = "none",
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Send every document of a file as orders, credit notes and corrections; a second run goes on where it stopped.

    \b
    orderwell replay online_retail.csv.gz --database sqlite:///year.db
    orderwell replay online_retail.csv.gz --supply purchasing --payments terms --json
    """
    from ..kit.clock import TestClock
    from ..migrations import migrate
    from ..replay.run import replay as run
    from ..replay.run import summary
    from .opening import database_at, opened

    with database_at(database, schema, create=True) as found:
        migrate(found)
    with opened(database, schema, clock=TestClock(0)) as app:
        bar = Bar(shown=sys.stderr.isatty() and not quiet)
        told = run(app, csv, supply=supply, payments=payments, progress=bar.at)
        bar.end()
        answer = summary(app, told)
    if not (json or quiet):
        for row in told.refused_rows:
            say(f"line {row.line}: {row.reason}")
        for document, code, detail in told.refused:
            say(f"document {document}: {code}: {detail}")
    show(answer, as_json=json)


class Bar:
    """A bar on standard error, moved at most a hundred times."""

    WIDTH = 40

    def __init__(self, *, shown: bool) -> None:
        self._shown, self._last = shown, -1

    def at(self, done: int, whole: int) -> None:
        percent = 100 * done // max(whole, 1)
        if self._shown and percent != self._last:
            self._last = percent
            filled = self.WIDTH * percent // 100
            sys.stderr.write(f"\r[{'#' * filled}{'.' * (self.WIDTH - filled)}] {percent:3} % {done:,} of {whole:,}")
            sys.stderr.flush()

    def end(self) -> None:
        if self._shown and self._last >= 0:
            sys.stderr.write("\n")
