"""The first page: what needs me now, and how the days have been going."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ...reports import overview
from ...reports.order_list import Wanted, listed
from ..addresses import N_, PERSON, WebAddress, page
from ..visit import Visit

NEWEST = 10


class Need(NamedTuple):
    """Something that may wait: which figure, what it is called, where its list is, who deals with it, how urgent."""

    figure: str
    label: str
    path: str
    icon: str
    right: str
    colour: str


NEEDS = (
    Need("late", N_("Waiting over two days"), "/orders?goods=waiting", "clock-exclamation", "orders:read", "red"),
    Need("to_pick", N_("To pick"), "/orders?goods=ready", "basket", "shipping:read", "blue"),
    Need("to_pack", N_("To pack"), "/orders?goods=picked", "package", "shipping:read", "indigo"),
    Need("to_ship", N_("To hand to the carrier"), "/orders?goods=packed", "truck-delivery", "shipping:read", "purple"),
    Need("short", N_("Short of stock"), "/orders?goods=backordered", "alert-triangle", "stock:read", "orange"),
    Need("failed", N_("Delivery failed or lost"), "/orders?goods=shipped", "truck-return", "shipping:read", "red"),
    Need("overdue", N_("Invoices overdue"), "/accounting/invoices?state=overdue", "receipt", "ledger:read", "orange"),
)  # fmt: skip


def addresses() -> list[WebAddress]:
    return [page("/", home, right=PERSON, template="home/home.html")]


def home(visit: Visit) -> Mapping[str, Any]:
    if visit.house is None or visit.viewer is None:
        return {"needs": [], "figures": None, "newest": []}
    found = overview.needs(visit.connection, now=visit.now, today=visit.today) if visit.may("orders:read") else {}
    needs = [
        {"count": found[each.figure], **each._asdict()}
        for each in NEEDS
        if each.figure in found and visit.may("orders:read", each.right)
    ]
    return {
        "needs": needs,
        "figures": _figures(visit),
        "newest": listed(visit.connection, Wanted(), limit=NEWEST)["data"] if visit.may("orders:read") else [],
    }


def _figures(visit: Visit) -> Mapping[str, Any] | None:
    """For those who run reports; the others see what waits for them."""
    if not visit.may("orders:read", "reports:read"):
        return None
    return overview.figures(visit.connection, now=visit.now, today=visit.today)
