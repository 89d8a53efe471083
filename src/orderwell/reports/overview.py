"""The first page: what waits for somebody, and how the days have been going."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from ..values.calendar import DAY, add_days
from . import documents
from .order_list import IN_TIME, QUEUES, WAITING, Wanted, counted
from .question import rows

DAYS = 30
TASKS = "SELECT COUNT(*) AS tasks FROM tasks WHERE status = 'open'"


def needs(connection: Connection, *, today: str) -> dict[str, int]:
    """How much of each kind waits for somebody: as many as its list shows."""
    found = {word: counted(connection, Wanted(goods=word)) for word in QUEUES}
    found["late"] = counted(connection, Wanted(goods=WAITING, placed_to=late_since(today)))
    found["unpaid"] = counted(connection, Wanted(money="unpaid"))
    found["overdue"] = documents.counted(connection, documents.Wanted(state="overdue"), today=today)
    return found | rows(connection, TASKS)[0]


def late_since(today: str) -> str:
    """What was placed on this day or before it, and has not been sent, waits too long."""
    return add_days(today, -IN_TIME // DAY - 1)


ORDERS = """
    SELECT placed_on AS day, COUNT(*) AS orders FROM orders WHERE placed_on >= :first GROUP BY placed_on
"""
REVENUE = """
    SELECT issued_on AS day, SUM(CASE WHEN kind = 'invoice' THEN net_minor ELSE -net_minor END) AS net
    FROM invoices WHERE issued_on >= :first GROUP BY issued_on
"""
SENT = """
    SELECT o.placed_on AS placed_on, MAX(p.shipped_at - o.placed_at) AS took FROM orders o
    JOIN parcels p ON p.order_id = o.id WHERE o.placed_on >= :first AND p.shipped_at IS NOT NULL
    GROUP BY o.id, o.placed_on
"""
STOCK = "SELECT COALESCE(SUM(value_minor), 0) AS value FROM valuations"
STOCK_MOVED = """
    SELECT posted_on AS day, SUM(CASE WHEN debit = 'inventory' THEN amount_minor ELSE -amount_minor END) AS moved
    FROM journal WHERE posted_on >= :first AND (debit = 'inventory' OR credit = 'inventory') GROUP BY posted_on
"""


def figures(connection: Connection, *, today: str) -> dict[str, Any]:
    """Today and the thirty days that end with it; each series has a number a day, the oldest first."""
    days = [(date.fromisoformat(today) - timedelta(days=n)).isoformat() for n in range(DAYS - 1, -1, -1)]
    first = days[0]
    orders = {row["day"]: row for row in rows(connection, ORDERS, first=first)}
    revenue = {row["day"]: row["net"] for row in rows(connection, REVENUE, first=first)}
    sent = rows(connection, SENT, first=first)
    late = sum(row["took"] > IN_TIME for row in sent)
    return {
        "first": first,
        "orders": [orders[day]["orders"] if day in orders else 0 for day in days],
        "revenue": [revenue.get(day, 0) for day in days],
        "stock": _stock(connection, days),
        "sent_late": late,
        "on_time_percent": (len(sent) - late) * 100 // len(sent) if sent else None,
        "on_time": _on_time(sent, days),
        "open": counted(connection, Wanted(goods=WAITING)),
    }


def _stock(connection: Connection, days: list[str]) -> list[int]:
    """What stock was worth at the end of each day: as it is now, less what was booked since."""
    moved = {row["day"]: row["moved"] for row in rows(connection, STOCK_MOVED, first=days[0])}
    value = rows(connection, STOCK)[0]["value"]
    found = []
    for day in reversed(days):
        found.append(value)
        value -= moved.get(day, 0)
    return found[::-1]


def _on_time(sent: list[dict[str, Any]], days: list[str]) -> list[int]:
    """Percent of what was placed on each day and has been sent; the day before where nothing was."""
    in_time: dict[str, list[bool]] = {}
    for row in sent:
        in_time.setdefault(row["placed_on"], []).append(row["took"] <= IN_TIME)
    found, last = [], 100
    for day in days:
        here = in_time.get(day)
        last = sum(here) * 100 // len(here) if here else last
        found.append(last)
    return found
