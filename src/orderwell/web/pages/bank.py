"""Bank statements: read in, lines matched with what they pay, taken back, or set aside with the reason."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ...banking import queries
from ...banking.answers import shown, shown_debt
from ...banking.model import BankLine
from ...banking.rules import status
from ...banking.store import BANK_LINES
from ...customers.store import CUSTOMERS
from ...flows.find_debts import candidates, candidates_of_lines
from ...flows.import_statement import ImportStatement
from ...flows.match_bank_line import IgnoreBankLine, MatchBankLine, TakeUpBankLine, UnmatchBankLine
from ...kit.errors import Invalid, NotFound
from ...kit.sentences import Sentence
from ...orders.store import ORDERS
from ...reports.documents import Wanted, listed
from ...values.ids import parse, show
from ..addresses import N_, Entry, Undo, WebAddress, form, page
from ..showing import url
from ..visit import Visit

READ, TAKE, BACK = "payments:read", "payments:take", "payments:refund"
AT = "/accounting/bank_lines"
PER_PAGE = 50
STATES = {
    "unmatched": (N_("To match"), "orange"),
    "partly_matched": (N_("Partly matched"), "yellow"),
    "matched": (N_("Matched"), "green"),
    "ignored": (N_("Set aside"), "secondary"),
}
REASONS = {
    "the line names it": N_("the line names it"),
    "the same amount is open": N_("the same amount is open"),
    "the customer paid from this account before": N_("the customer paid from this account before"),
    "the customer has this name": N_("the customer has this name"),
}
KINDS = {"order": N_("Order"), "invoice": N_("Invoice"), "open_item": N_("Open item")}

NAVIGATION = [Entry(N_("Bank"), AT, "building-bank", READ, "Money", "b")]


def addresses() -> list[WebAddress]:
    line = f"{AT}/{{bank_line}}"
    return [
        page(AT, lines, right=READ, template="bank/lines.html"),
        page(f"{AT}/read", reading, right=TAKE, template="bank/read.html"),
        form(f"{AT}/read", ImportStatement, right=TAKE, done=N_("The statement is read."), prepare=_format, then=_read),
        page(line, one, right=READ, template="bank/line.html"),
        form(f"{line}/match", MatchBankLine, right=TAKE, done=N_("Matched."), prepare=_targets),
        form(f"{line}/set-aside", IgnoreBankLine, right=TAKE, done=N_("Set aside."), undo=_take_up),
        form(f"{line}/take-up", TakeUpBankLine, right=TAKE, done=N_("It waits for a match again.")),
        form(
            "/accounting/bank_matches/{bank_match}/take-back", UnmatchBankLine, right=BACK,
            done=N_("Booked back; the line waits for another match."),
        ),
    ]  # fmt: skip


def lines(visit: Visit) -> Mapping[str, Any]:
    """Lines in one state; those to match with what each has most likely paid."""
    state = visit.ask("status", allowed=tuple(STATES)) or "unmatched"
    found = queries.listed(visit.connection, status=state, limit=PER_PAGE, cursor=visit.ask("cursor"))
    waiting = [each["id"] for each in found["data"]] if state in ("unmatched", "partly_matched") else []
    best = _best(visit.connection, waiting)
    rows = [{**each, "best": best.get(each["id"])} for each in found["data"]]
    counted = {name: visit.ask(name) for name in ("added", "known", "bad")}
    return {
        "rows": rows,
        "next_cursor": found["next_cursor"],
        "filters": {"status": state},
        "state": state,
        "states": STATES,
        "reasons": REASONS,
        "counts": _counts(visit.connection),
        "read": counted if counted["added"] is not None else None,
    }


def one(visit: Visit) -> Mapping[str, Any]:
    line = _line(visit.connection, visit.path["bank_line"])
    matches = queries.matches_of(visit.connection, [line.id])[line.id]
    waits = status(line) in ("unmatched", "partly_matched") and line.amount_minor > 0
    return {
        "line": shown(line, matches),
        "candidates": _named(visit.connection, line) if waits else [],
        "waits": waits,
        "states": STATES,
        "reasons": REASONS,
        "kinds": KINDS,
    }


def reading(visit: Visit) -> Mapping[str, Any]:
    return {}


def _line(connection: Connection, name: str) -> BankLine:
    line = queries.line(connection, name)
    if line is None:
        raise NotFound(Sentence("There is no bank line {name!r}.", name=name))
    return line


def _best(connection: Connection, names: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """What each line has most likely paid; of those that came in and look like something."""
    came = [line for line in queries.lines(connection, names) if line.amount_minor > 0]
    found = candidates_of_lines(connection, came)
    return {show("bank_line", line): shown_debt(debts[0]) for line, debts in found.items() if debts}


def _named(connection: Connection, line: BankLine) -> list[Mapping[str, Any]]:
    """What it may have paid, each with whose it is."""
    found = candidates(connection, line)
    ids = {each.customer_id for each in found if each.customer_id is not None}
    query = sa.select(CUSTOMERS.c.id, CUSTOMERS.c.name).where(CUSTOMERS.c.id.in_(ids))
    names = {row.id: row.name for row in connection.execute(query)}
    return [{**shown_debt(each), "name": names.get(each.customer_id or 0, "")} for each in found]


def _counts(connection: Connection) -> dict[str, int]:
    """How many lines wait; of the others nobody needs the number."""
    query = sa.select(sa.func.count()).select_from(BANK_LINES.sa)
    waiting = ("unmatched", "partly_matched")
    return {name: int(connection.execute(query.where(queries.STATES[name])).scalar_one()) for name in waiting}


# -- what people type, as the requests want it


def _format(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """A CAMT.053 is XML, anything else is taken for CSV and told if it is not."""
    content = members.get("content", "")
    members["format"] = "camt053" if content.lstrip("\ufeff \n\t").startswith("<") else "csv"
    return members


def _targets(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """People name a number or a reference; the request wants to know what it is of."""
    for n, target in enumerate(members.get("targets", [])):
        typed = target.pop("what", None)
        if typed is not None:
            target |= _called(visit, str(typed).strip(), f"/targets/{n}/what")
    return members


def _called(visit: Visit, text: str, pointer: str) -> dict[str, str]:
    for each in listed(visit.connection, Wanted(search=text, kind="invoice"), today=visit.today, limit=2)["data"]:
        if each["number"].lower() == text.lower() or each["reference"] == text:
            return {"invoice": each["id"]}
    order = sa.select(ORDERS.c.id).where(ORDERS.c.reference == text).limit(1)
    found = visit.connection.execute(order).scalar() or parse("order", text)
    if found is not None:
        return {"order": show("order", found)}
    if visit.connection.execute(sa.select(CUSTOMERS.c.id).where(CUSTOMERS.c.reference == text)).first():
        return {"customer": text}
    raise Invalid.at(pointer, Sentence("There is no invoice, order or customer called {name!r}.", name=text))


def _read(answer: Mapping[str, Any]) -> str:
    bad = ", ".join(str(each["line"]) for each in answer["bad"][:20])
    return url(AT, {"added": answer["added"], "known": answer["known"], "bad": bad})


def _take_up(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"{AT}/{path['bank_line']}/take-up")
