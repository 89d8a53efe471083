"""What has to be right before a period is closed: the books against what they are sums of, and what is still loose."""

from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from ..values.calendar import add_days, day_starts
from .books import vat_summary
from .question import business, rows


class Figures(NamedTuple):
    """The same thing counted in two ways."""

    name: str
    posted: int
    counted: int

    @property
    def differs(self) -> bool:
        return self.posted != self.counted


POSTED = """
    SELECT COALESCE(SUM(CASE WHEN debit = :account THEN amount_minor ELSE -amount_minor END), 0) AS amount
    FROM journal WHERE debit = :account OR credit = :account
"""
OPEN = "SELECT COALESCE(SUM(open_minor), 0) AS amount FROM open_items WHERE account = :account AND open_minor <> 0"
WORTH = "SELECT COALESCE(SUM(value_minor), 0) AS amount FROM valuations"

LOOSE = {
    "bank_lines": """
        SELECT COUNT(*) AS count FROM bank_lines
        WHERE ignored = '' AND booked_on <= :through AND matched_minor <> amount_minor
    """,
    "refunds": """
        SELECT COUNT(*) AS count FROM payment_instructions
        WHERE state = 'proposed' AND kind = 'refund' AND created_at < :end
    """,
    "payments": """
        SELECT COUNT(*) AS count FROM payments
        WHERE outcome IN ('new', 'open') AND method = 'provider' AND authorised_minor = 0 AND captured_minor = 0
          AND created_at < :end
    """,
    "not_invoiced": """
        SELECT COUNT(DISTINCT l.order_id) AS count FROM order_lines l JOIN orders o ON o.id = l.order_id
        WHERE l.shipped + l.delivered > l.invoiced AND l.net_minor <> 0 AND o.placed_at < :end
    """,
    "drawers": "SELECT COUNT(*) AS count FROM drawer_sessions WHERE status = 'open' AND opened_on <= :through",
}


def checks(connection: Connection, *, first: str, through: str) -> dict[str, Any]:
    """Control accounts, VAT of the period, what waits for somebody, and how far the books are closed."""
    house = business(connection)
    values = {"through": through, "end": day_starts(add_days(through, 1), house.time_zone)}
    loose = {name: _one(connection, sql, "count", **values) for name, sql in LOOSE.items()}
    figures = [_figures(connection, account, OPEN) for account in ("receivable", "payable")]
    figures.append(_figures(connection, "inventory", WORTH))
    vat = vat_summary(connection, from_=first, to=through)["totals"]
    figures.append(Figures("vat", vat["posted_tax"], vat["tax"]))
    locked = rows(connection, "SELECT locked_through FROM books WHERE id = 1")
    return {
        "figures": figures,
        "loose": loose,
        "vat": vat,
        "locked_through": locked[0]["locked_through"] if locked else "",
        "wrong": sum(each.differs for each in figures) + sum(count > 0 for count in loose.values()),
    }


def _figures(connection: Connection, account: str, sql: str) -> Figures:
    counted = _one(connection, sql, "amount", **({"account": account} if ":account" in sql else {}))
    return Figures(account, _one(connection, POSTED, "amount", account=account), counted)


def _one(connection: Connection, sql: str, column: str, **values: Any) -> int:
    asked = {name: value for name, value in values.items() if f":{name}" in sql}
    return int(rows(connection, sql, **asked)[0][column])
