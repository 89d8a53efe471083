"""Reports as tables and charts, for a period and a channel; printed, or taken along as CSV and XLSX."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ...channels.store import CHANNELS
from ...kit.errors import Denied, NotFound
from ...kit.sentences import Sentence
from ...reports import REPORTS
from ...values.calendar import is_day
from ..addresses import N_, Entry, Finder, Found, WebAddress, page
from ..exports import Column, Sheet, export
from ..language import translations
from ..visit import Visit
from .accounting import ACCOUNT_KINDS, ACCOUNTS, BUCKETS, periods

READ, LEDGER = "reports:read", "ledger:read"
OF_THE_BOOKS = ("books", "debts")
AT = "/reports"
MOST = 200  # rows on the page; a file has all of them
MOST_BARS = 100

NAVIGATION = [Entry(N_("Reports"), AT, "report-analytics", READ, "Money", "y")]


class Shown(NamedTuple):
    """How a report is shown. `drawn` is the column of the chart, over time (`over` names the day) or as a bar a row."""

    name: str
    label: str
    about: str
    group: str
    columns: tuple[Column, ...]
    drawn: str = ""
    over: str = ""
    unit: str = "money"  # of what is drawn


SALES, MARGIN, GOODS, MONEY = N_("Sales"), N_("Margin"), N_("Goods"), N_("Money")
AMOUNTS = (
    Column("invoiced_net", N_("Invoiced"), "money"), Column("credited_net", N_("Credited"), "money"),
    Column("net", N_("Sales, without VAT"), "money"), Column("tax", N_("VAT"), "money"),
    Column("gross", N_("With VAT"), "money"),
)  # fmt: skip
COUNTS = (Column("invoices", N_("Invoices"), "number"), Column("credit_notes", N_("Credit notes"), "number"))
EARNED = (
    Column("net", N_("Sales, without VAT"), "money"), Column("cost", N_("Cost of goods sold"), "money"),
    Column("margin", N_("Margin"), "money"), Column("percent", N_("Percent"), "percent"),
)  # fmt: skip
CHANNEL = (Column("name", N_("Channel")),)
SKU = (Column("sku", N_("SKU")), Column("name", N_("What")))

SHOWN: Sequence[Shown] = (
    Shown("sales_by_day", N_("Sales by day"), N_("Invoices less credit notes, by the day they were issued."), SALES,
          (Column("day", N_("Day"), "day"), *COUNTS, *AMOUNTS), "net", "day"),
    Shown("sales_by_month", N_("Sales by month"), N_("The same, by month."), SALES,
          (Column("month", N_("Month")), *COUNTS, *AMOUNTS), "net", "month"),
    Shown("sales_by_channel", N_("Sales by channel"), N_("Where orders came from."), SALES,
          (*CHANNEL, *COUNTS, *AMOUNTS), "net"),
    Shown("sales_by_product", N_("Sales by product"), N_("What sold best."), SALES,
          (*SKU, Column("quantity", N_("Quantity"), "number"), *AMOUNTS), "net"),
    Shown("sales_by_customer", N_("Sales by customer"), N_("Who bought most."), SALES,
          (Column("name", N_("Customer")), Column("reference", N_("Number")), *COUNTS, *AMOUNTS), "net"),
    Shown("sales_by_country", N_("Sales by country"), N_("Where goods went."), SALES,
          (Column("country", N_("Country")), *COUNTS, *AMOUNTS), "net"),
    Shown("margin_by_month", N_("Margin by month"), N_("Sales less what the goods cost."), MARGIN,
          (Column("month", N_("Month")), *EARNED), "margin", "month"),
    Shown("margin_by_channel", N_("Margin by channel"), N_("Which channel earns."), MARGIN,
          (*CHANNEL, *EARNED), "margin"),
    Shown("margin_by_product", N_("Margin by product"), N_("Which goods earn."), MARGIN, (*SKU, *EARNED), "margin"),
    Shown("stock_value", N_("Stock value"), N_("What lies where, at average cost. It is the balance of the account."),
          GOODS, (*SKU, Column("location", N_("Location")), Column("quantity", N_("Quantity"), "number"),
                  Column("value", N_("Value"), "money")), "value"),
    Shown("backorders", N_("Backorders"), N_("What customers wait for, the longest first."), GOODS,
          (Column("reference", N_("Order")), Column("customer_name", N_("Customer")), *SKU[:1],
           Column("description", N_("What")), Column("location", N_("Location")),
           Column("quantity", N_("Quantity"), "number"), Column("placed_on", N_("Placed"), "day"),
           Column("days", N_("Days"), "number")), "days", unit="number"),
    Shown("on_time", N_("Promises kept"), N_("Promised days of delivery: kept, late, or still open."), GOODS,
          (Column("day", N_("Day"), "day"), Column("channel", N_("Channel")),
           Column("promised", N_("Promised"), "number"), Column("kept", N_("On time"), "number"),
           Column("late", N_("Late"), "number"), Column("open", N_("Still open"), "number")), "late", unit="number"),
    Shown("receivables", N_("Receivables"), N_("Who owes what, and for how long."), MONEY,
          (Column("name", N_("Customer")), Column("reference", N_("Number")),
           *(Column(each, label, "money") for each, label in BUCKETS.items()),
           Column("total", N_("Altogether"), "money")), "total"),
    Shown("trial_balance", N_("Trial balance"), N_("Every account with what was debited and credited."), MONEY,
          (Column("account", N_("Account")), Column("kind", N_("Kind")), Column("debit", N_("Debit"), "money"),
           Column("credit", N_("Credit"), "money"), Column("balance", N_("Balance"), "money"))),
    Shown("vat_summary", N_("VAT"), N_("What was invoiced and credited at each rate, and the VAT on it."), MONEY,
          (Column("rate", N_("VAT rate"), "percent"), Column("invoiced_net", N_("Invoiced, without VAT"), "money"),
           Column("invoiced_tax", N_("VAT invoiced"), "money"),
           Column("credited_net", N_("Credited, without VAT"), "money"),
           Column("credited_tax", N_("VAT credited"), "money"), Column("net", N_("Sales, without VAT"), "money"),
           Column("tax", N_("VAT"), "money"))),
)  # fmt: skip
BY_NAME = {each.name: each for each in SHOWN}
GROUPS = (SALES, MARGIN, GOODS, MONEY)


def addresses() -> list[WebAddress]:
    return [
        page(AT, every, right=READ, template="reports/list.html"),
        page(f"{AT}/{{report}}", one, right=READ, template="reports/report.html"),
        export(f"{AT}/{{report}}/export", sheet, right=READ),
    ]


def every(visit: Visit) -> Mapping[str, Any]:
    offered = [each for each in SHOWN if _may(visit, each)]
    return {"groups": [(group, [each for each in offered if each.group == group]) for group in GROUPS]}


def one(visit: Visit) -> Mapping[str, Any]:
    shown, asked, found = _answer(visit)
    whole = found["data"]
    return {
        "report": shown,
        "rows": whole[:MOST],
        "left_out": max(0, len(whole) - MOST),
        "totals": found.get("totals", {}),
        "takes": REPORTS[shown.name].parameters,
        "asked": asked,
        "first": asked.get("from", ""),
        "last": asked.get("to", ""),
        "periods": periods(visit.today),
        "channels": _channels(visit.connection),
        "chart": _chart(shown, whole, asked) if shown.over else None,
        "largest": max((abs(each[shown.drawn] or 0) for each in whole), default=0) if shown.drawn else 0,
        "of": links,
    }


def sheet(visit: Visit) -> Sheet:
    shown, asked, found = _answer(visit)
    name = "-".join([shown.name.replace("_", "-"), *(asked[each] for each in ("from", "to") if each in asked)])
    return Sheet(name, shown.columns, found["data"], found["currency"])


def _answer(visit: Visit) -> tuple[Shown, dict[str, str], dict[str, Any]]:
    """The report with what was asked of it; people name accounts and nobody in their own language."""
    shown = BY_NAME.get(visit.path["report"])
    if shown is None:
        raise NotFound(Sentence("There is no report {name!r}.", name=visit.path["report"]))
    if not _may(visit, shown):
        raise Denied(
            Sentence("Report {report} needs the right `{right}`.", report=shown.name, right=LEDGER), right=LEDGER
        )
    asked = _asked(visit, shown)
    found = REPORTS[shown.name](visit.connection, **asked)
    said = translations(visit.language).gettext
    for row in found["data"]:
        if shown.name == "trial_balance":
            row["code"], row["account"] = row["account"], said(ACCOUNTS[row["account"]])
            row["kind"] = said(ACCOUNT_KINDS[row["kind"]])
        elif "name" in row and row["name"] is None:
            row["name"] = said(NOBODY)
    return shown, asked, found


NOBODY = N_("Guests and unknown")


def _may(visit: Visit, shown: Shown) -> bool:
    return REPORTS[shown.name].topic not in OF_THE_BOOKS or visit.may(LEDGER)


def _asked(visit: Visit, shown: Shown) -> dict[str, str]:
    """Days that are days and channels that there are; the month so far where nobody says."""
    takes = REPORTS[shown.name].parameters
    usual = 4 if shown.over == "month" else 0
    _, first, last = periods(visit.today)[usual]
    asked = {}
    for name, otherwise in (("from", first), ("to", last), ("through", None), ("on", None)):
        if name in takes:
            given = visit.ask(name)
            day = given if given is not None and is_day(given) else otherwise
            if day is not None:
                asked[name] = day
    codes = tuple(row.code for row in _channels(visit.connection)) if "channel" in takes else ()
    channel = visit.ask("channel", allowed=codes) if codes else None
    return {**asked, "channel": channel} if channel is not None else asked


def _channels(connection: Connection) -> Sequence[Any]:
    return connection.execute(sa.select(CHANNELS.c.code, CHANNELS.c.name).order_by(CHANNELS.c.name)).all()


def links(name: str, row: Mapping[str, Any], asked: Mapping[str, str], may: Any) -> str | None:
    """Where a row's figures come from."""
    if name == "trial_balance":
        days = {"from": "2000-01-01", "to": asked["through"]} if "through" in asked else {}
        return f"/accounting/books/accounts/{row['code']}?{urlencode(days)}".rstrip("?")
    if name == "backorders" and may("orders:read"):
        return f"/orders/{row['order']}"
    if name == "receivables" and may(LEDGER):
        return f"/accounting/receivables/{row['customer'] or 'unknown'}"
    if name == "stock_value" and may("stock:read"):
        return f"/stock/{quote(row['sku'], safe='')}"
    if not may("invoices:read"):
        return None
    narrowed = _narrowed(name, row, asked)
    return f"/accounting/invoices?{urlencode({**asked, **narrowed})}" if narrowed else None


def _narrowed(name: str, row: Mapping[str, Any], asked: Mapping[str, str]) -> dict[str, str]:
    """Which invoices a row of sales, margin or VAT sums; none where the list cannot say it."""
    by = name.rpartition("_")[2]
    if name == "vat_summary":
        return {"rate": row["rate"]}
    if by == "day" and name.startswith("sales"):
        return {"from": row["day"], "to": row["day"]}
    if by == "month":
        return _month(row["month"], asked)
    if by == "product":
        return {"sku": row["sku"]}
    return {by: row[by]} if by in ("channel", "customer", "country") and row[by] else {}


def _month(month: str, asked: Mapping[str, str]) -> dict[str, str]:
    """The days of it that the report is about."""
    start = date.fromisoformat(f"{month}-01")
    last = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return {"from": max(start.isoformat(), asked["from"]), "to": min(last.isoformat(), asked["to"])}


# -- the chart


def _chart(shown: Shown, rows: Sequence[Mapping[str, Any]], asked: Mapping[str, str]) -> dict[str, Any] | None:
    """A bar for each day or month, also for those on which nothing happened; none for too many of them."""
    values = {row[shown.over]: row[shown.drawn] or 0 for row in rows}
    if not values:
        return None
    times = _days(asked) if shown.over == "day" else sorted(values)
    if not 1 < len(times) <= MOST_BARS:
        return None
    bars = [(each, values.get(each, 0)) for each in times]
    top, bottom = max(0, *(value for _, value in bars)), min(0, *(value for _, value in bars))
    return {"bars": bars, "top": top, "bottom": bottom, "range": (top - bottom) or 1}


def _days(asked: Mapping[str, str]) -> list[str]:
    first, last = date.fromisoformat(asked["from"]), date.fromisoformat(asked["to"])
    return [(first + timedelta(days=n)).isoformat() for n in range(min((last - first).days + 1, MOST_BARS + 1))]


# -- what the palette finds


def _find(connection: Connection, text: str, limit: int) -> list[Found]:
    wanted = text.lower().split()
    return [
        Found(each.label, each.about, f"{AT}/{each.name}", "report-analytics")
        for each in SHOWN
        if all(word in f"{each.label} {each.about}".lower() for word in wanted)
    ][:limit]


FINDERS = [Finder(READ, _find, N_("Reports"))]
