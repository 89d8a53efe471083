"""What customers were promised, and what became of it."""

from typing import Any

from sqlalchemy.engine import Connection

from ..values.calendar import day_of
from ..values.ids import show
from .question import Answer, business, period, report, rows, today

# One row for each promise on a day: units that are to be kept, and how far they have come.
PROMISED = """
    SELECT p.order_id, p.dispatch_on, p.deliver_on, p.cost_minor, m.code AS method, c.code AS channel, o.reference,
           u.live, u.gone, u.arrived, f.shipped_at, f.delivered_at, f.told
    FROM delivery_promises p
    JOIN orders o ON o.id = p.order_id
    JOIN channels c ON c.id = o.channel_id
    JOIN delivery_methods m ON m.id = p.method_id
    JOIN (SELECT order_id, SUM(quantity - cancelled) AS live, SUM(shipped + delivered + returned) AS gone,
                 SUM(delivered + returned) AS arrived
          FROM order_lines WHERE kind = 'stocked' GROUP BY order_id) u ON u.order_id = p.order_id
    LEFT JOIN (SELECT order_id, MAX(shipped_at) AS shipped_at, MAX(delivered_at) AS delivered_at,
                      MAX(CASE WHEN label <> '' THEN 1 ELSE 0 END) AS told
               FROM parcels WHERE status NOT IN ('unpacked', 'packed') GROUP BY order_id) f ON f.order_id = p.order_id
    WHERE p.deliver_on >= :first AND p.deliver_on <= :last AND u.live > 0
    ORDER BY p.deliver_on, c.code, p.order_id
"""


@report
def on_time(connection: Connection, from_: str | None = None, to: str | None = None) -> Answer:
    """Promised days of delivery that were kept, missed (late) or are still open, per day and channel.

    Kept or late is decided by the day the last unit was delivered. A parcel whose carrier tells nothing counts by the
    day it was sent. What was cancelled is no promise any more; promises without a day are not in it.
    """
    zone, day = business(connection).time_zone, today(connection)
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    late = []
    for row in rows(connection, PROMISED, **period(from_, to)):
        word = _word(row, zone, day)
        key = (row["deliver_on"], row["channel"])
        found = groups.setdefault(
            key, {"day": key[0], "channel": key[1], "promised": 0, "kept": 0, "late": 0, "open": 0}
        )
        found["promised"] += 1
        found[word] += 1
        if word == "late":
            late.append(
                {
                    "order": show("order", row["order_id"]), "reference": row["reference"], "channel": row["channel"],
                    "method": row["method"], "promised_on": row["deliver_on"], **_facts(row, zone),
                }
            )  # fmt: skip
    words = ("promised", "kept", "late", "open")
    totals = {word: sum(each[word] for each in groups.values()) for word in words}
    return {"data": list(groups.values()), "late": late, "totals": totals}


def _word(row: dict[str, Any], zone: str, today: str) -> str:
    facts = _facts(row, zone)
    if row["arrived"] >= row["live"] and facts["delivered_on"] is not None:
        return "kept" if facts["delivered_on"] <= row["deliver_on"] else "late"
    if row["gone"] >= row["live"] and not row["told"] and facts["shipped_on"] is not None:
        return "kept" if facts["shipped_on"] <= row["dispatch_on"] else "late"
    return "late" if today > row["deliver_on"] else "open"


def _facts(row: dict[str, Any], zone: str) -> dict[str, Any]:
    def day(at: int | None) -> str | None:
        return day_of(at, zone) if at is not None else None

    return {"shipped_on": day(row["shipped_at"]), "delivered_on": day(row["delivered_at"])}
