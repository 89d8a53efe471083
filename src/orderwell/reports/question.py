"""What a report is: a question with named parameters that every face offers alike."""

import inspect
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..business.model import Business
from ..business.store import BUSINESS
from ..channels.store import CHANNELS
from ..customers.store import CUSTOMERS
from ..kit.clock import RealClock
from ..kit.errors import Invalid, NotFound, Problem
from ..kit.events import EVENTS
from ..kit.sentences import Sentence, word
from ..ledger.model import ACCOUNTS
from ..values.calendar import day_of
from ..values.ids import parse

MAX_LIMIT = 10_000

REPORTS: dict[str, "Report"] = {}

Answer = dict[str, Any]


class Report:
    """A question by name. Called with parameters as texts (or numbers); raises Invalid for wrong or unknown ones."""

    def __init__(self, function: Callable[..., Answer]) -> None:
        self.name = function.__name__
        self.topic = function.__module__.rpartition(".")[2]  # the module it stands in: books, debts, sales, …
        self.__doc__ = function.__doc__
        self._function = function
        signature = list(inspect.signature(function).parameters.values())[1:]
        needed = [each.name for each in signature if each.default is inspect.Parameter.empty]
        self.parameters: Mapping[str, str] = {each.name.rstrip("_"): PARAMETERS[each.name][1] for each in signature}
        self.required = frozenset(needed)

    def __call__(self, connection: Connection, **given: Any) -> Answer:
        problems = [
            Problem(f"/{name}", "required", Sentence("Report {report} needs {name}.", report=self.name, name=name))
            for name in sorted(self.required - given.keys())
        ]
        asked: dict[str, Any] = {}
        for name, value in given.items():
            if name not in self.parameters:
                known = list(self.parameters) or word("no parameters")
                detail = Sentence(
                    "Report {report} takes {known}, not {name!r}.", report=self.name, known=known, name=name
                )
                problems.append(Problem(f"/{name}", "unknown_field", detail))
                continue
            if value is None:
                continue
            key = f"{name}_" if f"{name}_" in PARAMETERS else name
            try:
                asked[key] = PARAMETERS[key][0](str(value))
            except ValueError as error:
                problems.append(Problem(f"/{name}", "invalid_value", error.args[0]))
        if problems:
            raise Invalid(problems[0].detail, problems)
        house = business(connection)
        answer = self._function(connection, **asked)
        told = {name: given.get(name) for name in self.parameters}
        return {"object": "report", "name": self.name, "currency": house.currency, "parameters": told, **answer}


def report(function: Callable[..., Answer]) -> Callable[..., Answer]:
    """Register a question: a connection, then parameters out of PARAMETERS."""
    REPORTS[function.__name__] = Report(function)
    return function


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(Sentence("{text!r} is no day, such as 2026-01-31.", text=text)) from None


def _account(text: str) -> str:
    if text not in ACCOUNTS:
        raise ValueError(
            Sentence("There is no account {name!r}; there are {known}.", name=text, known=sorted(ACCOUNTS))
        )
    return text


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_LIMIT):
        raise ValueError(Sentence("limit is 1 to {most}.", most=MAX_LIMIT))
    return int(text)


def _text(text: str) -> str:
    if "\0" in text or len(text) > 200:
        raise ValueError(Sentence("That is no name of anything."))
    return text


# One meaning a name, whatever the report. A name Python keeps for itself has a line behind it here, not outside.
PARAMETERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "from_": (_day, "The first day, YYYY-MM-DD; left out, from the beginning."),
    "to": (_day, "The last day, YYYY-MM-DD; left out, to the end."),
    "through": (_day, "All that was posted up to and on this day; left out, all of it."),
    "on": (_day, "As things stood at the end of this day; left out, as they stand now."),
    "account": (_account, "Code of an account, such as receivable."),
    "channel": (_text, "Code of a channel; left out, all of them."),
    "customer": (_text, "Id of a customer, or the business's own customer number."),
    "limit": (_limit, f"At most so many rows, 1 to {MAX_LIMIT}."),
    "cursor": (_text, "`next_cursor` of the answer before."),
}


# -- what the reports share


def business(connection: Connection) -> Business:
    row = connection.execute(sa.select(BUSINESS.sa)).first()
    if row is None:
        raise NotFound("There is no business in this database yet; run `orderwell init`.")
    return Business(*row)


def today(connection: Connection) -> str:
    """The business day. A test business lives by the clock of its last event, which may be any time."""
    house = business(connection)
    now = RealClock().now()
    if house.mode == "test":
        last = sa.select(EVENTS.c.at).order_by(EVENTS.c.id.desc()).limit(1)
        now = connection.execute(last).scalar() or now
    return day_of(now, house.time_zone)


def customer_id(connection: Connection, name: str) -> int:
    """The customer that one with this id or number is kept under. Raises Invalid where there is none."""
    number = parse("customer", name)
    where = CUSTOMERS.c.id == number if number is not None else CUSTOMERS.c.reference == name
    kept = sa.func.coalesce(CUSTOMERS.c.merged_into_id, CUSTOMERS.c.id)
    found = connection.execute(sa.select(kept).where(where)).scalar()
    if found is None:
        raise Invalid.at("/customer", Sentence("There is no customer {name!r}.", name=name), "unknown_customer")
    return int(found)


def channel_id(connection: Connection, code: str) -> int:
    """Raises Invalid where there is no such channel."""
    found = connection.execute(sa.select(CHANNELS.c.id).where(CHANNELS.c.code == code)).scalar()
    if found is None:
        raise Invalid.at("/channel", Sentence("There is no channel {name!r}.", name=code), "unknown_channel")
    return int(found)


def rows(connection: Connection, sql: str, **values: Any) -> list[dict[str, Any]]:
    """Rows by column name, sums as whole numbers on both engines."""
    found = connection.execute(sa.text(sql), values)
    names = list(found.keys())
    return [{name: _whole(value) for name, value in zip(names, row, strict=True)} for row in found]


def _whole(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else int(value)


def period(from_: str | None, to: str | None) -> dict[str, str]:
    """Bounds that any day lies within, where one is left open."""
    return {"first": from_ or "", "last": to or "9999-12-31"}
