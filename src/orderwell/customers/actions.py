"""Finding a customer by id or by the business's own reference."""

from ..kit.errors import Conflict, Invalid
from ..kit.picture import Tx
from ..values.ids import parse
from .model import Customer
from .store import CUSTOMER_BY_REFERENCE, CUSTOMERS


class CustomerBlocked(Conflict):
    code = "customer_blocked"
    title = "No orders are taken from this customer"


def wanted(name: str) -> tuple[object, object]:
    """Where to look a customer up: the table and key for an id, the group and key for a reference."""
    number = parse("customer", name)
    return (CUSTOMERS, number) if number is not None else (CUSTOMER_BY_REFERENCE, name)


def find(tx: Tx, name: str, *, pointer: str = "/customer") -> Customer:
    """The customer with this id or reference. Raises Invalid at `pointer` where there is none."""
    number = parse("customer", name)
    customer = tx.get(CUSTOMERS, number) if number is not None else tx.one(CUSTOMER_BY_REFERENCE, name)
    if customer is None:
        raise Invalid.at(pointer, f"There is no customer {name!r}.", "unknown_customer")
    return customer


def find_id(tx: Tx, customer_id: int) -> Customer:
    customer = tx.get(CUSTOMERS, customer_id)
    assert customer is not None, "rows name customers that are there"
    return customer


def may_order(customer: Customer) -> Customer:
    if customer.status != "active":
        raise CustomerBlocked(f"Customer {customer.reference!r} is blocked.")
    return customer
