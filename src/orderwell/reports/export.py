"""The journal for other programs: hledger, Beancount and CSV, as lines of text that stream.

One transaction an entry, all accounts declared, and at the end what every account must hold: whoever reads the file
proves it. Amounts of an account within an entry are put together; CSV has each transfer as it was posted.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..ledger.model import CHART, Account, Posting
from ..ledger.store import ACCOUNTS, JOURNAL
from ..values.calendar import add_days
from ..values.ids import PREFIXES, show
from ..values.money import decimal_text, digits
from .question import business

ROOTS = {"asset": "Assets", "liability": "Liabilities", "equity": "Equity", "income": "Income", "expense": "Expenses"}
ALWAYS = "1970-01-01"  # before any entry, even one that was dated back
AT_ONCE = 5_000  # rows held in memory

FORMATS: dict[str, Callable[[Connection], Iterator[str]]] = {}


class Entry(NamedTuple):
    """One entry of the journal: what each account got (above zero) or gave, by (account, currency)."""

    day: str
    template: str
    document: str
    event: str
    amounts: Counter[tuple[str, str]]


def exporter(function: Callable[[Connection], Iterator[str]]) -> Callable[[Connection], Iterator[str]]:
    FORMATS[function.__name__] = function
    return function


@exporter
def hledger(connection: Connection) -> Iterator[str]:
    """Plain text accounting for hledger and its kin; `hledger check --strict` accepts it."""
    house = business(connection)
    yield f"; The journal of {_plain(house.name)}\n\n"
    yield f"commodity 1000.{'0' * digits(house.currency)} {house.currency}\n\n"
    for account in _accounts(connection):
        yield f"account {_name(account)}  ; {account.name}\n"
    names = {account.code: _name(account) for account in _accounts(connection)}
    held: Counter[tuple[str, str]] = Counter()
    day = ALWAYS
    for entry in _entries(connection):
        held.update(entry.amounts)
        day = entry.day
        yield f"\n{day} {entry.template} {entry.document}  ; event:{entry.event}, document:{entry.document}\n"
        for (code, currency), amount in entry.amounts.items():
            yield f"    {names[code]}  {decimal_text(amount, currency)} {currency}\n"
    if held:
        yield f"\n{day} balances\n"
        for (code, currency), amount in sorted(held.items()):
            yield f"    {names[code]}  0 {currency} = {decimal_text(amount, currency)} {currency}\n"


@exporter
def beancount(connection: Connection) -> Iterator[str]:
    """Plain text accounting for Beancount; `bean-check` accepts it."""
    house = business(connection)
    yield f'option "title" "{_plain(house.name)}"\noption "operating_currency" "{house.currency}"\n\n'
    for account in _accounts(connection):
        yield f'{ALWAYS} open {_name(account)}\n  name: "{account.name}"\n'
    names = {account.code: _name(account) for account in _accounts(connection)}
    held: Counter[tuple[str, str]] = Counter()
    day = ALWAYS
    for entry in _entries(connection):
        held.update(entry.amounts)
        day = entry.day
        yield f'\n{day} * "{entry.template} {entry.document}"\n'
        yield f'  event: "{entry.event}"\n  document: "{entry.document}"\n'
        for (code, currency), amount in entry.amounts.items():
            yield f"  {names[code]}  {decimal_text(amount, currency)} {currency}\n"
    for (code, currency), amount in sorted(held.items()):
        yield f"{add_days(day, 1)} balance {names[code]}  {decimal_text(amount, currency)} {currency}\n"


COLUMNS = ("event", "n", "entry", "posted_on", "template", "document", "document_id", "debit", "credit", "amount",
           "currency")  # fmt: skip


@exporter
def csv_(connection: Connection) -> Iterator[str]:
    """A transfer a row, with a line of column names first."""
    yield _row(COLUMNS)
    for posting in _postings(connection):
        yield _row(
            (
                show("event", posting.event_id), posting.n, posting.entry_id, posting.posted_on, posting.template,
                posting.document, _document(posting), posting.debit, posting.credit,
                decimal_text(posting.amount_minor, posting.currency), posting.currency,
            )
        )  # fmt: skip


FORMATS["csv"] = FORMATS.pop("csv_")


def _postings(connection: Connection) -> Iterator[Posting]:
    """The journal by day, then in the order it was written; never all of it in memory."""
    query = sa.select(JOURNAL.sa).order_by(JOURNAL.c.posted_on, JOURNAL.c.event_id, JOURNAL.c.n)
    for row in connection.execute(query, execution_options={"stream_results": True, "yield_per": AT_ONCE}):
        yield Posting(*row)


def _entries(connection: Connection) -> Iterator[Entry]:
    for _, postings in groupby(_postings(connection), key=lambda posting: (posting.event_id, posting.entry_id)):
        amounts: Counter[tuple[str, str]] = Counter()
        for posting in postings:
            amounts[posting.debit, posting.currency] += posting.amount_minor
            amounts[posting.credit, posting.currency] -= posting.amount_minor
        yield Entry(
            posting.posted_on, posting.template, _document(posting), show("event", posting.event_id), amounts
        )  # fmt: skip


def _document(posting: Posting) -> str:
    return show(posting.document, posting.document_id) if posting.document in PREFIXES else posting.document


def _accounts(connection: Connection) -> list[Account]:
    order = [account.code for account in CHART]
    found = [Account(*row) for row in connection.execute(sa.select(ACCOUNTS.sa))]
    return sorted(found, key=lambda account: order.index(account.code))


def _name(account: Account) -> str:
    """`Liabilities:VatPayable`: what both programs take for the name of an account."""
    return f"{ROOTS[account.kind]}:{account.code.title().replace('_', '')}"


def _plain(text: str) -> str:
    """Without what would end the comment or the string it stands in."""
    return "".join(letter for letter in text if letter.isprintable() and letter not in '"\\')


def _row(values: tuple[object, ...]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()
