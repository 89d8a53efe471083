"""What is looked at: every page of the back-office there is, and those of them that ask for more in other ways too."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from orderwell.kit.database import Database
from orderwell.reports.order_list import GOODS, MONEY, WAITING
from orderwell.values.ids import show
from orderwell.web.addresses import Page
from orderwell.web.areas import BACK_OFFICE
from orderwell.web.asgi import addresses
from orderwell.web.pages.reports import BY_NAME

LIST_MS, DETAIL_MS = 150, 100
HOME_MS, SOURCE_MS, REPORT_MS, CLOSING_MS = 1_500, 500, 1_500, 10_000
SAMPLES = 60

# Pages that sum up all there is: the owner's first page, from a figure to its source, a report, a step of month-end.
SUMS = {
    "/": HOME_MS, "/accounting/receivables": SOURCE_MS, "/accounting/books/accounts/{account}": SOURCE_MS,
    "/accounting/books/vat": SOURCE_MS, "/reports/{report}": REPORT_MS, "/accounting/books": CLOSING_MS,
    "/accounting/month-end": CLOSING_MS,
}  # fmt: skip
NOT_LOOKED_AT = {  # they read next to nothing, and whoever is signed in is sent on
    "/sign-in", "/sign-in/link", "/sign-in/code", "/invitation", "/set-up", "/till/{till}/unlock",
}  # fmt: skip

# What stands in an address → the ids or codes there are of it.
PARAMETERS = {
    "order": ("order", "SELECT id FROM orders WHERE status = 'placed'"),
    "purchase_order": ("purchase_order", "SELECT id FROM purchase_orders"),
    "transfer": ("transfer", "SELECT id FROM transfers"),
    "pick_list": ("pick_list", "SELECT id FROM pick_lists"),
    "parcel": ("parcel", "SELECT id FROM parcels"),
    "sku": ("sku", "SELECT id FROM skus"),
    "invoice": ("invoice", "SELECT id FROM invoices WHERE kind = 'invoice'"),
    "customer": ("customer", "SELECT id FROM customers WHERE merged_into_id IS NULL"),
    "payment": ("payment", "SELECT id FROM payments"),
    "event": ("event", "SELECT DISTINCT event_id FROM journal"),
    "account": ("", "SELECT code FROM accounts"),
    "bank_line": ("bank_line", "SELECT id FROM bank_lines"),
    "location": ("location", "SELECT id FROM locations WHERE kind = 'stock'"),
    "person": ("person", "SELECT id FROM people"),
    "endpoint": ("webhook_endpoint", "SELECT id FROM webhook_endpoints"),
    "supplier": ("supplier", "SELECT id FROM suppliers"),
    "return_id": ("return", "SELECT id FROM returns"),
    "till": ("", "SELECT code FROM tills"),
    "session": ("drawer_session", "SELECT id FROM drawer_sessions"),
    "receipt": ("order", "SELECT o.id FROM orders o JOIN channels c ON c.id = o.channel_id WHERE c.kind = 'till'"),
}
CODES = {
    "/till/{till}/drawer": "SELECT t.code FROM tills t JOIN drawer_sessions s ON s.till_id = t.id",
    "/settings/delivery/{code}": "SELECT code FROM delivery_methods",
    "/settings/roles/{code}": "SELECT 'owner' AS code",
}  # fmt: skip


@dataclass(slots=True)
class Look:
    """A page, and the ways in which it is asked for."""

    name: str
    target_ms: int
    paths: list[str]
    part: str = ""  # the element that is asked for, as a live change does
    status: int = 200


class Held:
    """What there is to be asked about, in the same order in every run."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        self._chance = random.Random(1)

    def close(self) -> None:
        self._database.close()

    def some(self, sql: str, kind: str = "", many: int = SAMPLES) -> list[Any]:
        """Some values of one column; with a kind, as ids. Raises LookupError where there is nothing to look at."""
        with self._database.reading() as connection:
            found = sorted(connection.execute(sa.text(sql)).scalars())
        if not found:
            raise LookupError(f"Nothing to look at: {sql}")
        found = self._chance.sample(found, min(many, len(found)))
        return [show(kind, each) for each in found] if kind else found

    def newest_orders(self) -> str:
        with self._database.reading() as connection:
            ids = connection.execute(sa.text("SELECT id FROM orders ORDER BY id DESC LIMIT 50")).scalars()
            return ",".join(show("order", each) for each in ids)


def looks(url: str) -> list[Look]:
    held = Held(url)
    try:
        return [*_every_page(held), *_orders(held), *_lists(held), *_scans(held)]
    finally:
        held.close()


def _every_page(held: Held) -> Iterable[Look]:
    for page in (each for each in addresses() if isinstance(each, Page) and each.area is BACK_OFFICE):
        if page.path in NOT_LOOKED_AT:
            continue
        target = SUMS.get(page.path, DETAIL_MS if page.path_fields or page.path == "/palette" else LIST_MS)
        yield Look(page.path, target, _filled(held, page.path, page.path_fields))


def _filled(held: Held, path: str, names: list[str]) -> list[str]:
    if not names:
        return [path]
    (name,) = names
    if name == "report":
        values: list[Any] = list(BY_NAME)
    elif path in CODES:
        values = held.some(CODES[path])
    else:
        kind, sql = PARAMETERS[name]
        values = held.some(sql, kind)
    return [path.replace(f"{{{name}}}", quote(str(each))) for each in values]


def _orders(held: Held) -> list[Look]:
    texts, words = _texts(held)
    newest = held.newest_orders()
    codes = held.some("SELECT code FROM channels")
    days = held.some("SELECT DISTINCT placed_on FROM orders WHERE placed_on <> ''")
    orders = held.some("SELECT id FROM orders", "order")
    customers = held.some("SELECT DISTINCT customer_id FROM orders WHERE customer_id IS NOT NULL", "customer")
    return [
        Look("orders, still to be sent", LIST_MS, [f"/orders?goods={WAITING}"]),
        *(Look(f"orders, goods={word}", LIST_MS, [f"/orders?goods={word}"]) for word in GOODS),
        *(Look(f"orders, money={word}", LIST_MS, [f"/orders?money={word}"]) for word in MONEY),
        *(Look(f"orders, channel={code}", LIST_MS, [f"/orders?channel={code}"]) for code in codes),
        Look("orders, of a customer", LIST_MS, [f"/orders?customer={each}" for each in customers]),
        Look("orders, searched", LIST_MS, [f"/orders?q={quote(each)}" for each in texts]),
        Look("orders, two words", LIST_MS, [f"/orders?q={quote(a)}+{quote(b)}" for a, b in pairwise(words)]),
        Look("orders, of old days", LIST_MS, [f"/orders?to={each}" for each in days]),
        Look("orders, deep", LIST_MS, [f"/orders?cursor={each}" for each in orders]),
        Look("orders, rows that are open", LIST_MS, [f"/orders?rows={newest}"], part="orders"),
        Look("one order, that changed", DETAIL_MS, [f"/orders/{each}" for each in orders], part="order"),
        Look("palette, typed", DETAIL_MS, [f"/palette?q={quote(each)}" for each in texts]),
    ]  # fmt: skip


def _texts(held: Held) -> tuple[list[str], list[str]]:
    """What people type: numbers, beginnings of them, names, tracking numbers, and what nothing has."""
    numbers = held.some("SELECT reference FROM orders", many=30)
    names = held.some("SELECT name FROM customers", many=40)
    words = [word for name in names for word in name.split() if len(word) > 3]
    tracking = held.some("SELECT tracking FROM parcels WHERE tracking <> ''", many=10)
    starts = [each[:4] for each in numbers[15:]]
    return [*numbers[:15], *words[:15], *starts, *tracking, "nothing-has-this", "example.com"], words


def _lists(held: Held) -> list[Look]:
    _, words = _texts(held)
    skus = held.some("SELECT code FROM skus", many=20)
    deep = {
        "/customers": held.some("SELECT id FROM customers", "customer"),
        "/accounting/invoices": held.some("SELECT id FROM invoices", "invoice"),
        "/accounting/payments": held.some("SELECT id FROM payments", "payment"),
        "/returns": held.some("SELECT id FROM returns", "return"),
        "/purchasing/orders": held.some("SELECT id FROM purchase_orders", "purchase_order"),
    }
    return [
        *(Look(f"{path}, deep", LIST_MS, [f"{path}?cursor={each}" for each in ids]) for path, ids in deep.items()),
        Look("/customers, searched", LIST_MS, [f"/customers?q={quote(each)}" for each in words]),
        Look("/stock, searched", LIST_MS, [f"/stock?q={quote(each)}" for each in skus]),
        Look("/stock, low", LIST_MS, ["/stock?low=yes"]),
        Look("/stock, at a place", LIST_MS, ["/stock?at=warehouse"]),
        Look("/accounting/invoices, searched", LIST_MS, [f"/accounting/invoices?q={quote(each)}" for each in words]),
        Look("/accounting/invoices, overdue", LIST_MS, ["/accounting/invoices?state=overdue"]),
        Look("/orders/new, a customer is looked for", DETAIL_MS, [
            f"/orders/new/customers?who={quote(each)}" for each in words
        ]),
        Look("/orders/new, goods are looked for", DETAIL_MS, [f"/orders/new/goods?add={quote(each)}" for each in skus]),
        Look("/purchasing/orders, late", LIST_MS, ["/purchasing/orders?late=1"]),
        Look("/settings/audit, of a type", LIST_MS, ["/settings/audit?type=order.cancelled"]),
        Look("/tasks, closed", LIST_MS, ["/tasks?status=closed"]),
    ]  # fmt: skip


def _scans(held: Held) -> list[Look]:
    """What a scanner asks for."""
    asked: Mapping[str, list[Any]] = {
        "an order": held.some("SELECT reference FROM orders"),
        "a barcode": held.some("SELECT code FROM barcodes"),
        "a bin": held.some("SELECT code FROM bins"),
        "a parcel": held.some("SELECT tracking FROM parcels WHERE tracking <> ''"),
        "a purchase order": held.some("SELECT reference FROM purchase_orders"),
    }
    bins = held.some("SELECT code FROM bins")
    return [
        *(
            Look(f"scan of {what}", DETAIL_MS, [f"/warehouse/open?code={quote(each)}" for each in codes], status=303)
            for what, codes in asked.items()
        ),
        Look("a bin is counted", DETAIL_MS, [f"/warehouse/count?scan={quote(each)}" for each in bins]),
    ]
