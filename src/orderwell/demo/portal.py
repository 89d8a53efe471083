"""The customer portal of the demonstration: who may sign in there, what they agreed with us, how goods are delivered.

Made when the server starts and nobody can sign in yet, so that a demonstration of before has it too.
"""

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ..app import App
from ..business.store import BUSINESS
from ..customers.store import CUSTOMERS
from ..delivery.store import METHODS
from ..flows.keep_customer_prices import SetCustomerPrice
from ..flows.keep_delivery import KeepDeliveryMethod, KeepDispatchTimes, ZoneAsk
from ..flows.keep_portal import AddPortalAccount
from ..orders.store import ORDERS
from ..portal.store import PORTAL_ACCOUNTS
from ..values.ids import show
from .house import MARKETPLACE, WAREHOUSE

COMPANY_PEOPLE = (
    ("Noor Bakker", "noor.bakker@example.com", "admin"),
    ("Ruben Post", "ruben.post@example.com", "buyer"),
)
OWN_PRICES = 3  # SKUs that the company buys most
FREE_FROM = 7_500


def open_portal(app: App) -> None:
    """Let a customer and the two buyers of a company in, once."""
    with app.database.reading() as connection:
        house = connection.execute(sa.select(BUSINESS.c.mode)).scalar()
        if house != "demo" or connection.execute(sa.select(PORTAL_ACCOUNTS.c.id).limit(1)).first() is not None:
            return
        person, company = _best(connection, "person"), _best(connection, "company")
        prices = _bought(connection, company.id) if company is not None else []
        delivers = connection.execute(sa.select(METHODS.c.id).limit(1)).first() is not None
    asks: list[Any] = [] if delivers else _delivery()
    if person is not None:
        asks.append(AddPortalAccount(show("customer", person.id), person.name, person.email, invite=False))
    if company is not None:
        name = show("customer", company.id)
        asks += [AddPortalAccount(name, *each, invite=False) for each in COMPANY_PEOPLE]  # type: ignore[arg-type]
        asks += [SetCustomerPrice(name, code, (price * 9 / 10).quantize(Decimal("0.01"))) for code, price in prices]
    for ask in asks:
        app.writer.ask(ask, actor="demo", request_id="demo/portal")


def _best(connection: Any, kind: str) -> Any:
    """The customer of this kind with most orders."""
    query = (
        sa.select(CUSTOMERS.c.id, CUSTOMERS.c.name, CUSTOMERS.c.email)
        .join_from(CUSTOMERS.sa, ORDERS.sa, ORDERS.c.customer_id == CUSTOMERS.c.id)
        .where(
            CUSTOMERS.c.kind == kind, CUSTOMERS.c.reference != MARKETPLACE, CUSTOMERS.c.country == "NL",
            ORDERS.c.status == "placed", ORDERS.c.ship_to.is_not(None),
        )
        .group_by(CUSTOMERS.c.id, CUSTOMERS.c.name, CUSTOMERS.c.email)
        .order_by(sa.func.count().desc(), CUSTOMERS.c.id)
        .limit(1)
    )  # fmt: skip
    return connection.execute(query).first()


def _bought(connection: Any, customer_id: int) -> list[tuple[str, Decimal]]:
    """What a customer bought most of, and what it cost."""
    rows = connection.execute(
        sa.text(
            "SELECT k.code, MAX(n.price_e4) AS price_e4 FROM orders o JOIN order_lines n ON n.order_id = o.id"
            " JOIN skus k ON k.id = n.sku_id WHERE o.customer_id = :id AND n.kind = 'stocked' AND n.price_e4 > 0"
            " GROUP BY k.id, k.code ORDER BY SUM(n.quantity) DESC, k.id LIMIT :most"
        ),
        {"id": customer_id, "most": OWN_PRICES},
    )
    return [(row.code, Decimal(row.price_e4).scaleb(-4)) for row in rows]


def _delivery() -> list[Any]:
    near = [ZoneAsk("NL", Decimal("4.95"), 1, free_from=FREE_FROM), ZoneAsk("BE", Decimal("6.95"), 2)]
    far = [ZoneAsk("DE", Decimal("9.95"), 3), ZoneAsk("GB", Decimal("14.95"), 5)]
    return [
        KeepDispatchTimes(WAREHOUSE, "16:00"),
        KeepDeliveryMethod("parcel", "Parcel post", "postage", [*near, *far], carrier="PostNL"),
        KeepDeliveryMethod(
            "evening", "Parcel in the evening", "postage", [ZoneAsk("NL", Decimal("6.95"), 1)], carrier="DHL"
        ),
    ]
