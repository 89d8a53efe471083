"""Reading a file in the form of UCI's Online Retail data set: rows in, documents out, bad rows named by line.

The rules R1–R12 are those of docs/guide/replay.md.
"""

import csv
import gzip
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from ..kit.errors import Invalid
from ..values.calendar import instant
from ..values.money import scaled

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
ZONE = ZoneInfo("Europe/London")

Kind = Literal["sale", "credit_note", "bad_debt"]
NUMBERS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("sale", re.compile(r"\d{6}")),
    ("credit_note", re.compile(r"C\d{6}")),
    ("bad_debt", re.compile(r"A\d{6}")),
)
WHOLE = re.compile(r"-?\d{1,9}")
LONGEST = 100  # characters of a code, customer or country
PRICE_LIMIT = Decimal(10) ** 10


class Row(NamedTuple):
    code: str
    description: str
    quantity: int
    price: Decimal
    price_e4: int


@dataclass(slots=True)
class Document:
    number: str
    kind: Kind
    at: datetime  # earliest of its rows, naive local time
    first_line: int
    customer: str  # '' for the guest
    country: str
    rows: list[Row] = field(default_factory=list)

    @property
    def instant(self) -> int:
        return instant(self.at.replace(tzinfo=ZONE).astimezone(UTC))


class RefusedRow(NamedTuple):
    line: int
    reason: str


@dataclass(slots=True)
class Reading:
    """All documents in the order they happened (by date, then by where they begin in the file)."""

    documents: list[Document]
    refused: list[RefusedRow]
    rows: int

    def reasons(self) -> Counter[str]:
        return Counter(row.reason for row in self.refused)


class Unfit(Exception):
    """A row that fits no rule."""


def read(path: Path) -> Reading:
    """Read a CSV, gzipped or not. Raises Invalid when it cannot be read at all or lacks a column."""
    documents: dict[str, Document] = {}
    refused: list[RefusedRow] = []
    rows = 0
    with _opened(path) as text:
        for line, fields in _rows(text, path):
            rows += 1
            try:
                _add(documents, line, fields)
            except Unfit as unfit:
                refused.append(RefusedRow(line, str(unfit)))
    in_order = sorted(documents.values(), key=lambda document: (document.at, document.first_line))
    return Reading(in_order, refused, rows)


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """The text of a file, unzipped if it is zipped."""
    try:
        raw = path.open("rb")
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from None
    with raw:
        zipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        stream: Any = gzip.open(raw) if zipped else raw
        with stream, io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="") as text:
            yield text


def _rows(text: IO[str], path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line in the file, the eight fields in our order); too short or too long rows come with what they have."""
    reader = csv.reader(text)
    header = next(reader, [])
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise Invalid(f"{path} lacks the columns {', '.join(missing)}; expected {', '.join(COLUMNS)}.")
    at = [header.index(column) for column in COLUMNS]
    width = len(header)
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, [f"\0{error}"]
            continue
        if not fields:
            continue
        yield line, [fields[n] for n in at] if len(fields) == width else [f"\0{len(fields)} fields instead of {width}"]


def _add(documents: dict[str, Document], line: int, fields: list[str]) -> None:
    if len(fields) != len(COLUMNS):
        raise Unfit(f"no row of this file: {fields[0][1:]}")
    number, code, description, quantity_text, date_text, price_text, customer, country = fields
    kind = _kind(number)
    row = _row(kind, code, description, quantity_text, price_text)
    at = _at(date_text)
    if max(len(customer), len(country)) > LONGEST or "\0" in customer + country:
        raise Unfit("CustomerID or Country is no name")
    document = documents.get(number)
    if document is None:
        document = documents[number] = Document(number, kind, at, line, customer, country)
    elif document.customer != customer:
        raise Unfit("another CustomerID than the document's first row")
    document.at = min(document.at, at)
    document.rows.append(row)


def _kind(number: str) -> Kind:
    for kind, pattern in NUMBERS:
        if pattern.fullmatch(number):
            return kind
    raise Unfit("InvoiceNo is not six digits, with C or A before them at most")


def _row(kind: Kind, code: str, description: str, quantity_text: str, price_text: str) -> Row:
    if not 0 < len(code) <= 64 or code != code.strip() or "\0" in code + description:
        raise Unfit("StockCode is no code")
    if not WHOLE.fullmatch(quantity_text):
        raise Unfit("Quantity is no whole number")
    quantity = int(quantity_text)
    try:
        price = Decimal(price_text)
        price_e4 = scaled(price, 4) if price.is_finite() and abs(price) < PRICE_LIMIT else None
    except InvalidOperation:
        price_e4 = None
    if price_e4 is None:
        raise Unfit("UnitPrice is no number with at most four decimals")
    if quantity == 0:
        raise Unfit("Quantity is zero")
    if price < 0 and kind != "bad_debt":
        raise Unfit("UnitPrice is below zero")
    if kind == "sale" and quantity < 0 and price > 0:
        raise Unfit("a sale of less than nothing has a price; credit notes begin with C")
    return Row(code, description[:500], quantity, price, price_e4)


_seen_dates: dict[str, datetime] = {}


def _at(text: str) -> datetime:
    found = _seen_dates.get(text)
    if found is None:
        try:
            found = datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 — naive local time, see ZONE
        except ValueError:
            raise Unfit("InvoiceDate is not YYYY-MM-DD HH:MM:SS") from None
        if not 2000 < found.year < 2069:
            raise Unfit("InvoiceDate is not between 2001 and 2068")
        _seen_dates[text] = found
    return found
