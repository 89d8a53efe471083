"""The end of a month: what has to be right, what is still loose, and closing the books."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from ...flows.keep_books import LockPeriod, UnlockPeriod
from ...reports import closing
from ...values.calendar import add_days
from ..addresses import N_, Entry, WebAddress, form, page
from ..visit import Visit

READ, LOCK = "ledger:read", "ledger:lock"
AT = "/accounting/month-end"

NAVIGATION = [Entry(N_("Month-end"), AT, "checklist", READ, "Money")]


class Said(NamedTuple):
    """How a check is said: when it is right, when it is not, where to look, and the right that takes."""

    right: str
    wrong: str
    path: str
    needs: str


FIGURES = {
    "receivable": Said(N_("Receivables: the account is the sum of its open items"),
                       N_("Receivables: the account and its open items differ"), "/accounting/receivables", READ),
    "payable": Said(N_("Payables: the account is the sum of its open items"),
                    N_("Payables: the account and its open items differ"),
                    "/accounting/books/accounts/payable", READ),
    "inventory": Said(N_("Stock: the account is what the stock is worth"),
                      N_("Stock: the account and the stock differ"), "/reports/stock_value", "reports:read"),
    "vat": Said(N_("VAT: the journal says what the documents say"),
                N_("VAT: the journal and the documents differ"), "/accounting/books/vat", READ),
}  # fmt: skip
LOOSE = {
    "bank_lines": Said(N_("Every bank line is matched or set aside"), N_("Bank lines that wait for a match"),
                       "/accounting/bank_lines", "payments:read"),
    "refunds": Said(N_("No refund waits for a decision"), N_("Refunds that wait for a decision"),
                    "/accounting/payments?method=provider", "payments:read"),
    "payments": Said(N_("Of every payment it is known what became of it"),
                     N_("Payments of which nobody knows what became"),
                     "/accounting/payments?method=provider", "payments:read"),
    "not_invoiced": Said(N_("All that was sent is invoiced"), N_("Orders sent and not invoiced"),
                         "/orders?goods=shipped", "orders:read"),
    "drawers": Said(N_("Every cash drawer is closed"), N_("Cash drawers that are still open"), "", ""),
}  # fmt: skip


def addresses() -> list[WebAddress]:
    return [
        page(AT, month_end, right=READ, template="accounting/month_end.html"),
        form("/accounting/lock", LockPeriod, right=LOCK, done=N_("The books are closed.")),
        form("/accounting/unlock", UnlockPeriod, right=LOCK, done=N_("The books are open again.")),
    ]


def month_end(visit: Visit) -> Mapping[str, Any]:
    months = _months(visit.today)
    wanted = visit.ask("month", allowed=tuple(first[:7] for first, _ in months)) or months[0][0][:7]
    first, last = next(each for each in months if each[0].startswith(wanted))
    return {
        **closing.checks(visit.connection, first=first, through=last),
        "months": [start[:7] for start, _ in months],
        "month": wanted,
        "first": first,
        "last": last,
        "said_figures": FIGURES,
        "said_loose": LOOSE,
        "before_month": add_days(first, -1),
    }


def _months(today: str) -> list[tuple[str, str]]:
    """The twelve months that are over, the latest first: first and last day."""
    found = []
    start = date.fromisoformat(today).replace(day=1)
    for _ in range(12):
        last = start - timedelta(days=1)
        start = last.replace(day=1)
        found.append((start.isoformat(), last.isoformat()))
    return found
