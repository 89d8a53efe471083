"""Prices agreed with one customer: set, replaced, ended."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le

from ..business import actions as business
from ..business.model import ONLY
from ..business.store import BUSINESS
from ..catalog import actions as catalog
from ..catalog.answers import shown_agreed
from ..catalog.model import CustomerPrice
from ..catalog.rules import in_smallest_units
from ..catalog.store import CUSTOMER_PRICES, CUSTOMER_PRICES_OF, SKU_BY_CODE
from ..customers import actions as customers
from ..customers.store import CUSTOMERS
from ..kit.errors import Conflict, Invalid, NotFound
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..values.calendar import add_days, is_day
from ..values.fields import Currency, Day, Reference, UnitPrice
from ..values.ids import parse, show
from ..values.money import scaled


class PriceEnded(Conflict):
    code = "price_ended"
    title = "This price holds no longer"


@dataclass(frozen=True, slots=True)
class SetCustomerPrice:
    """`price` in major units, from `from_quantity` units in one order line on, through `valid_to`.

    The same customer, SKU, currency, quantity and first day again replaces it. `basis` left out is the business's own.
    """

    customer: Reference
    sku: Reference
    price: UnitPrice
    from_quantity: Annotated[Decimal, Ge(Decimal(0)), Le(Decimal("1e9"))] = Decimal(0)
    valid_from: Day | None = None
    valid_to: Day | None = None
    currency: Currency | None = None
    basis: Literal["net", "gross"] | None = None


@dataclass(frozen=True, slots=True)
class EndCustomerPrice:
    """From today on it holds no longer: the next best price does. Orders that were priced stay as they are."""

    customer_price: Reference


def needs(ask: SetCustomerPrice) -> list[tuple[Any, Any]]:
    return [(BUSINESS, ONLY), customers.wanted(ask.customer), (SKU_BY_CODE, ask.sku)]


@flow(SetCustomerPrice, needs)
def set_customer_price(tx: Tx, ask: SetCustomerPrice) -> dict[str, Any]:
    """Agree a price with one customer."""
    house, today = business.current(tx), business.today(tx)
    customer = customers.present(tx, ask.customer)
    sku = catalog.sku_named(tx, ask.sku)
    first = _day(ask.valid_from, "/valid_from") or today
    last = _day(ask.valid_to, "/valid_to")
    if last is not None and last < first:
        raise Invalid.at(
            "/valid_to",
            Sentence(
                "It would end on {last}, before it begins on {first}.",
                last=date.fromisoformat(last),
                first=date.fromisoformat(first),
            ),
        )
    price_e4 = scaled(ask.price, 4)
    if price_e4 is None:
        raise Invalid.at("/price", "Unit prices have at most four decimals.")
    quantity = in_smallest_units(ask.from_quantity, sku)
    currency, basis = ask.currency or house.currency, ask.basis or house.basis
    row = CustomerPrice(tx.new_id(), customer.id, sku.id, currency, quantity, first, last, price_e4, basis)
    there = _same(tx, row)
    if customer.prices != "own":
        tx.put(CUSTOMERS, customer._replace(prices="own"))
    row = tx.add(CUSTOMER_PRICES, row) if there is None else tx.put(CUSTOMER_PRICES, row._replace(id=there.id))
    announce(
        tx, "customer_price.set", "customer", customer.id, price=show("customer_price", row.id),
        sku=show("sku", sku.id), price_e4=price_e4, basis=basis, currency=currency, from_quantity=quantity,
        valid_from=first, valid_to=last,
    )  # fmt: skip
    return shown_agreed(row, sku)


@flow(EndCustomerPrice)
def end_customer_price(tx: Tx, ask: EndCustomerPrice) -> dict[str, Any]:
    """The price holds through yesterday."""
    number = parse("customer_price", ask.customer_price)
    row = tx.get(CUSTOMER_PRICES, number) if number is not None else None
    if row is None:
        raise NotFound(Sentence("There is no customer price {name!r}.", name=ask.customer_price))
    yesterday = add_days(business.today(tx), -1)
    if row.valid_to is not None and row.valid_to <= yesterday:
        raise PriceEnded(Sentence("It has ended on {day}.", day=date.fromisoformat(row.valid_to)))
    row = tx.put(CUSTOMER_PRICES, row._replace(valid_to=yesterday))
    announce(
        tx, "customer_price.ended", "customer", row.customer_id, price=show("customer_price", row.id),
        valid_to=yesterday,
    )  # fmt: skip
    return shown_agreed(row, catalog.sku_of(tx, row.sku_id))


def _same(tx: Tx, row: CustomerPrice) -> CustomerPrice | None:
    """The price that this one takes the place of."""
    place = (row.currency, row.from_quantity, row.valid_from)
    for each in tx.rows(CUSTOMER_PRICES_OF, (row.customer_id, row.sku_id)):
        if (each.currency, each.from_quantity, each.valid_from) == place:
            return each
    return None


def _day(text: str | None, pointer: str) -> str | None:
    if text is not None and not is_day(text):
        raise Invalid.at(pointer, Sentence("{text!r} is no day, such as 2026-01-31.", text=text), "not_a_day")
    return text
