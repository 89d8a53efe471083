"""Setting up a business: once per database."""

from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

from ..business.model import ONLY, Business
from ..business.store import BUSINESS
from ..inventory.model import VIRTUAL, Location
from ..inventory.store import LOCATIONS
from ..kit.errors import Conflict, Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger.model import CHART, Books
from ..ledger.store import ACCOUNTS, BOOKS
from ..values.fields import Country, Currency, Name


class AlreadySetUp(Conflict):
    code = "already_set_up"
    title = "There is a business in this database already"


@dataclass(frozen=True, slots=True)
class SetUpBusiness:
    """`unpaid_expires_hours` of 0 never expires an order; `cash_rounding` is the smallest coin in minor units."""

    name: Name
    currency: Currency
    time_zone: Name
    country: Country
    basis: Literal["net", "gross"] = "gross"
    invoice_on: Literal["shipment", "order"] = "shipment"
    sourcing: Literal["fewest_parcels", "most_stock", "fixed_order"] = "fewest_parcels"
    unpaid_expires_hours: int = 0
    cash_rounding: int = 1
    mode: Literal["production", "demo", "test"] = "production"


@flow(SetUpBusiness)
def set_up_business(tx: Tx, ask: SetUpBusiness) -> dict[str, Any]:
    """The business, its chart of accounts, and the places goods come from and go to."""
    if tx.get(BUSINESS, ONLY) is not None:
        raise AlreadySetUp("There is a business in this database already.")
    try:
        ZoneInfo(ask.time_zone)
    except (KeyError, ValueError):
        raise Invalid.at(
            "/time_zone", Sentence("{text!r} is no time zone name, such as Europe/Amsterdam.", text=ask.time_zone)
        ) from None
    tx.add(
        BUSINESS,
        Business(
            ONLY, 1, ask.name, ask.currency, ask.time_zone, ask.country, ask.basis, ask.invoice_on, ask.sourcing,
            ask.unpaid_expires_hours, ask.cash_rounding, ask.mode, tx.now,
        ),
    )  # fmt: skip
    for account in CHART:
        tx.add(ACCOUNTS, account)
    for number, kind in VIRTUAL.items():
        tx.add(LOCATIONS, Location(number, 1, kind, kind.capitalize(), kind, 0, "open"))
    tx.add(BOOKS, Books(1, 1, ""))
    announce(tx, "business.set_up", "business", ONLY, currency=ask.currency, time_zone=ask.time_zone)
    return {"object": "business", "name": ask.name, "currency": ask.currency, "time_zone": ask.time_zone}
