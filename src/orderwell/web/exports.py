"""Tables as files: CSV for programs, XLSX for spreadsheets. What an area shows, it can hand out.

    export("/orders/export", sheet, right="orders:read")    # …/export?format=xlsx and the page's own filters

A text that a spreadsheet would take for a formula is written with an apostrophe before it, in both.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

import xlsxwriter  # type: ignore[import-untyped]
from starlette.requests import Request
from starlette.responses import Response

from ..api.face import Face
from ..kit.errors import Invalid
from ..kit.sentences import Sentence
from ..values.money import decimal_text, digits
from .addresses import WebAddress
from .language import translations
from .showing import Asked, visit_of
from .site import site_of
from .visit import Visit

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a cell that is no text begins with
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MAX_ROWS = 100_000
MAX_CELL = 32_000  # characters; spreadsheets take no more


class Column(NamedTuple):
    """`kind` is 'text', 'money' (minor units), 'number' (whole or a decimal text), 'percent' or 'day'."""

    name: str
    label: str  # marked with N_
    kind: str = "text"


class Sheet(NamedTuple):
    """Rows by column name; a value of None is an empty cell."""

    name: str  # of the file, without its ending
    columns: Sequence[Column]
    rows: Iterable[Any]
    currency: str


@dataclass(frozen=True, kw_only=True)
class Export(WebAddress):
    """A page's rows as a file, in the format that is asked for."""

    look: Callable[[Visit], Sheet]

    async def answer(self, face: Face, request: Request, caller: Any) -> Response:
        site = site_of(face)
        asked = Asked.of(request, site, caller)
        return await face.threads.run(self._file, site, dict(request.path_params), asked)

    def _file(self, site: Any, path: dict[str, str], asked: Asked) -> Response:
        with site.face.app.database.reading() as connection:
            visit = visit_of(site, connection, path, asked)
            sheet = self.look(visit)
            wanted = visit.ask("format", allowed=tuple(TYPES)) or "csv"
            content = WRITERS[wanted](sheet, visit.language)
        headers = {
            "content-disposition": f'attachment; filename="{sheet.name}.{wanted}"',
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        }
        return Response(content, 200, headers, media_type=TYPES[wanted])


def export(path: str, look: Callable[[Visit], Sheet], *, right: str) -> Export:
    name = f"{look.__module__.rpartition('.')[2]}.{look.__name__.strip('_')}"
    return Export(method="GET", path=path, right=right, name=f"{name}_export", summary="", look=look)


def plain(text: str) -> str:
    """A text that stays a text: never begun like a formula, without what no cell can hold."""
    kept = "".join(letter for letter in text if letter.isprintable() or letter in "\t\r\n")[:MAX_CELL]
    return f"'{kept}" if kept.startswith(FORMULA) else kept


def csv_of(sheet: Sheet, language: str) -> bytes:
    """With a mark that spreadsheets know the encoding by; amounts and days as programs read them."""
    said = translations(language).gettext
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([plain(said(column.label)) for column in sheet.columns])
    for row in _rows(sheet):
        writer.writerow([_csv(row.get(column.name), column.kind, sheet.currency) for column in sheet.columns])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _csv(value: Any, kind: str, currency: str) -> str:
    if value is None:
        return ""
    if kind == "money":
        return decimal_text(value, currency)
    return str(value) if kind in ("number", "percent") else plain(str(value))


def xlsx_of(sheet: Sheet, language: str) -> bytes:
    said = translations(language).gettext
    file = io.BytesIO()
    never = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, {"in_memory": True, **never}) as book:
        page = book.add_worksheet()
        places = "0" * digits(sheet.currency)
        looks = {
            "money": book.add_format({"num_format": f"#,##0.{places}" if places else "#,##0"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        bold = book.add_format({"bold": True})
        for n, column in enumerate(sheet.columns):
            page.write_string(0, n, plain(said(column.label)), bold)
            page.set_column(n, n, 14 if column.kind != "text" else 24)
        page.freeze_panes(1, 0)
        for at, row in enumerate(_rows(sheet), 1):
            for n, column in enumerate(sheet.columns):
                _cell(page, at, n, row.get(column.name), column.kind, sheet.currency, looks)
    return file.getvalue()


def _cell(page: Any, at: int, n: int, value: Any, kind: str, currency: str, looks: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if kind == "money":
        page.write_number(at, n, Decimal(value).scaleb(-digits(currency)), looks["money"])
    elif kind in ("number", "percent"):
        page.write_number(at, n, Decimal(str(value)))
    elif kind == "day":
        page.write_datetime(at, n, date.fromisoformat(value), looks["day"])
    else:
        page.write_string(at, n, plain(str(value)))


def _rows(sheet: Sheet) -> list[Any]:
    """Raises Invalid for more than a file is made of: half of it would look like all of it."""
    rows = list(islice(sheet.rows, MAX_ROWS + 1))
    if len(rows) > MAX_ROWS:
        raise Invalid(
            Sentence("That is more than {most} rows. Ask for fewer days, or narrow it in another way.", most=MAX_ROWS)
        )
    return rows


WRITERS: dict[str, Callable[[Sheet, str], bytes]] = {"csv": csv_of, "xlsx": xlsx_of}
