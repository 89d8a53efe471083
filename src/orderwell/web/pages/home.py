"""The first page: what needs me now, and how the days have been going."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...reports import overview
from ...reports.order_list import MOST_COUNTED, Wanted, listed
from ..addresses import N_, PERSON, WebAddress, page
from ..visit import Visit

NEWEST = 10
READ = "orders:read"


class Need(NamedTuple):
    """Something that may wait: which figure, what it is called, where its list is, who deals with it, how urgent."""

    figure: str
    label: str
    path: str
    icon: str
    right: str
    colour: str


NEEDS = (
    Need("late", N_("Waiting over two days"), "/orders?goods=waiting&to={late}", "clock-exclamation", READ, "red"),
    Need("failed", N_("Delivery failed or lost"), "/orders?goods=failed", "truck-return", "shipping:read", "red"),
    Need("short", N_("Short of stock"), "/orders?goods=short", "alert-triangle", "stock:read", "orange"),
    Need("unpaid", N_("Unpaid"), "/orders?money=unpaid", "cash-banknote", "payments:read", "orange"),
    Need("overdue", N_("Invoices overdue"), "/accounting/invoices?state=overdue", "receipt", "invoices:read", "orange"),
    Need("tasks", N_("Exceptions"), "/tasks", "inbox", "tasks:read", "red"),
    Need("to_pick", N_("To pick"), "/orders?goods=to_pick", "basket", "shipping:read", "blue"),
    Need("to_pack", N_("To pack"), "/orders?goods=to_pack", "package", "shipping:read", "indigo"),
    Need("to_ship", N_("To hand to the carrier"), "/orders?goods=to_ship", "truck-delivery", "shipping:read", "purple"),
)  # fmt: skip

# What a role deals with comes first; the rest stays where it is.
FIRST = {
    "warehouse": ("to_pick", "to_pack", "to_ship"),
    "shop_floor": ("to_pick", "to_pack", "to_ship"),
    "customer_service": ("late", "failed", "unpaid"),
    "purchasing": ("short",),
    "accounting": ("overdue", "unpaid"),
}


def addresses() -> list[WebAddress]:
    return [page("/", home, right=PERSON, template="home/home.html")]


def home(visit: Visit) -> Mapping[str, Any]:
    """Each figure leads to a list that holds exactly what it counts."""
    if visit.house is None or visit.viewer is None:
        return {"needs": [], "figures": None, "newest": []}
    found = overview.needs(visit.connection, today=visit.today) if visit.may(READ) else {}
    late = overview.late_since(visit.today)
    needs = [
        {"count": found[each.figure], **each._asdict(), "path": each.path.format(late=late),
         "more": each.figure == "unpaid" and found[each.figure] >= MOST_COUNTED}
        for each in _in_order(visit.viewer.roles)
        if each.figure in found and visit.may(READ, each.right)
    ]  # fmt: skip
    return {
        "needs": needs,
        "figures": _figures(visit),
        "newest": listed(visit.connection, Wanted(), limit=NEWEST)["data"] if visit.may(READ) else [],
    }


def _in_order(roles: Sequence[str]) -> list[Need]:
    first = [figure for role in roles for figure in FIRST.get(role, ())]
    return sorted(NEEDS, key=lambda each: first.index(each.figure) if each.figure in first else len(first))


def _figures(visit: Visit) -> Mapping[str, Any] | None:
    """For those who run reports; the others see what waits for them."""
    if not visit.may(READ, "reports:read"):
        return None
    return overview.figures(visit.connection, today=visit.today)
