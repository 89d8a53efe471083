"""The list of orders as a file: what is shown, with all its pages, in portions."""

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ...api.face import Face
from ...reports import order_list
from ...values.calendar import day_of
from ...values.money import digits
from ..addresses import WebAddress, stream
from ..language import translations
from ..showing import house_of, language_of
from ..site import site_of
from ..visit import plain_query
from ..words import GOODS, MONEY
from .order_filters import COLUMNS, columns_of, wanted_of

PORTION = 500
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def addresses() -> list[WebAddress]:
    return [stream("/export/orders.csv", exported, right="orders:read")]


async def exported(face: Face, request: Request, viewer: Any) -> Response:
    """Each portion is read as it is then; orders that come in meanwhile are newer and not in it."""
    query = plain_query(request.query_params.multi_items())
    wanted, columns, language = wanted_of(query), columns_of(query), language_of(request, viewer)
    house = await face.threads.run(house_of, site_of(face))
    assert house is not None, "people are of a business"

    def portion(cursor: str | None) -> tuple[str, str | None]:
        with face.app.database.reading() as connection:
            found = order_list.listed(connection, wanted, limit=PORTION, cursor=cursor)
        rows = [cells(each, columns, language, house.time_zone) for each in found["data"]]
        return written(rows), found["next_cursor"]

    first, after = await face.threads.run(portion, None)  # refusals come before the file has begun

    async def whole() -> AsyncIterator[str]:
        said = translations(language).gettext
        yield "\ufeff" + written([[said("Order"), *(said(COLUMNS[each]) for each in columns)]]) + first
        cursor = after
        while cursor is not None:
            text, cursor = await face.threads.run(portion, cursor)
            yield text

    headers = {
        "content-disposition": 'attachment; filename="orders.csv"', "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }  # fmt: skip
    return StreamingResponse(whole(), 200, headers, media_type="text/csv; charset=utf-8")


def cells(order: Mapping[str, Any], columns: Sequence[str], language: str, zone: str) -> list[str]:
    """Words as on the page; amounts and days as programs read them."""
    said = translations(language).gettext
    day = day_of(order["placed_at"], zone)
    known = {
        "customer": plain(order["customer"]),
        "channel": plain(order["channel_name"]),
        "goods": said(GOODS[order["goods"]][0]),
        "money": said(MONEY[order["money"]][0]),
        "items": str(order["items"]),
        "total": str(Decimal(order["gross"]).scaleb(-digits(order["currency"]))),
        "placed": day,
        "day": day,
        "their_number": plain(order["their_number"]),
        "country": plain(order["country"]),
    }
    return [plain(order["reference"]), *(known[each] for each in columns)]


def plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula: what somebody typed must not compute."""
    return f"'{text}" if text.lstrip().startswith(DANGEROUS) or text.startswith(DANGEROUS) else text


def written(rows: Sequence[Sequence[str]]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerows(rows)
    return file.getvalue()
