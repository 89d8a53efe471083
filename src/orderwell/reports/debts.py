"""Who owes us what, and for how long."""

from datetime import date
from typing import Any

from sqlalchemy.engine import Connection

from ..values.calendar import add_days, day_starts
from ..values.ids import show
from .question import Answer, business, report, rows, today

BUCKETS = ("current", "1-30", "31-60", "61-90", "90+")

OPEN_NOW = """
    SELECT party_id, due_on, SUM(CASE WHEN open_minor > 0 THEN open_minor ELSE 0 END) AS owed,
           SUM(CASE WHEN open_minor < 0 THEN open_minor ELSE 0 END) AS credit
    FROM open_items WHERE account = 'receivable' AND open_minor <> 0
    GROUP BY party_id, due_on
"""
OPEN_THEN = """
    SELECT party_id, due_on, SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS owed,
           SUM(CASE WHEN amount < 0 THEN amount ELSE 0 END) AS credit
    FROM (
        SELECT i.party_id, i.due_on, i.amount_minor - COALESCE(d.amount, 0) + COALESCE(c.amount, 0) AS amount
        FROM open_items i
        LEFT JOIN (SELECT s.debit_item AS id, SUM(s.amount_minor) AS amount FROM settlements s
                   JOIN events e ON e.id = s.event_id WHERE e.at < :end GROUP BY s.debit_item) d ON d.id = i.id
        LEFT JOIN (SELECT s.credit_item AS id, SUM(s.amount_minor) AS amount FROM settlements s
                   JOIN events e ON e.id = s.event_id WHERE e.at < :end GROUP BY s.credit_item) c ON c.id = i.id
        WHERE i.account = 'receivable' AND i.opened_on <= :on
    ) AS items
    WHERE amount <> 0
    GROUP BY party_id, due_on
"""
NAMES = """
    SELECT id, reference, name FROM customers
    WHERE id IN (SELECT COALESCE(m.merged_into_id, i.party_id) FROM open_items i
                 LEFT JOIN customers m ON m.id = i.party_id WHERE i.account = 'receivable' AND {which})
"""
EVER, STILL = "1 = 1", "i.open_minor <> 0"
MERGED = "SELECT id, merged_into_id FROM customers WHERE merged_into_id IS NOT NULL"


@report
def receivables(connection: Connection, *, on: str | None = None) -> Answer:
    """What each customer owes by how long it is overdue, and credits not yet used; most owed first.

    All of it together is the balance of account receivable. Guests and debtors nobody knows are one line.
    """
    day = on or today(connection)
    if on is None:
        found = rows(connection, OPEN_NOW)
    else:
        end = day_starts(add_days(on, 1), business(connection).time_zone)
        found = rows(connection, OPEN_THEN, on=on, end=end)
    kept = {row["id"]: row["merged_into_id"] for row in rows(connection, MERGED)}
    parties: dict[int | None, dict[str, int]] = {}
    for row in found:
        party = parties.setdefault(kept.get(row["party_id"], row["party_id"]), dict.fromkeys((*BUCKETS, "credit"), 0))
        party[bucket(row["due_on"], day)] += row["owed"]
        party["credit"] += row["credit"]
    names = {row["id"]: row for row in rows(connection, NAMES.format(which=STILL if on is None else EVER))}
    data = [_line(party, amounts, names) for party, amounts in parties.items()]
    data.sort(key=lambda line: (-line["total"], line["reference"] or ""))
    columns = (*BUCKETS, "credit", "total")
    return {"on": day, "data": data, "totals": {each: sum(line[each] for line in data) for each in columns}}


def bucket(due_on: str, day: str) -> str:
    """How long overdue on a day: what is due that day is current."""
    overdue = (date.fromisoformat(day) - date.fromisoformat(due_on)).days
    if overdue <= 0:
        return "current"
    return BUCKETS[min((overdue + 29) // 30, 4)]


def _line(party: int | None, amounts: dict[str, int], names: dict[int, dict[str, Any]]) -> dict[str, Any]:
    name = names.get(party) if party is not None else None
    return {
        "customer": show("customer", party) if party is not None else None,
        "reference": name["reference"] if name else None,
        "name": name["name"] if name else None,
        **amounts,
        "total": sum(amounts.values()),
    }
