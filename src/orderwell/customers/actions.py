"""Finding a customer by id or by the business's own reference."""

from ..kit.errors import Conflict, Invalid
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..values.ids import parse, show
from .model import Customer
from .store import CUSTOMER_BY_REFERENCE, CUSTOMERS, MERGED_INTO


class CustomerBlocked(Conflict):
    code = "customer_blocked"
    title = "No orders are taken from this customer"


class CustomerMerged(CustomerBlocked):
    code = "customer_merged"
    title = "This customer is kept under another one"


class CustomerErased(CustomerBlocked):
    code = "customer_erased"
    title = "Nothing is kept of who this customer was"


def wanted(name: str) -> tuple[object, object]:
    """Where to look a customer up: the table and key for an id, the group and key for a reference."""
    number = parse("customer", name)
    return (CUSTOMERS, number) if number is not None else (CUSTOMER_BY_REFERENCE, name)


def find(tx: Tx, name: str, *, pointer: str = "/customer") -> Customer:
    """The customer with this id or reference. Raises Invalid at `pointer` where there is none."""
    number = parse("customer", name)
    customer = tx.get(CUSTOMERS, number) if number is not None else tx.one(CUSTOMER_BY_REFERENCE, name)
    if customer is None:
        raise Invalid.at(pointer, Sentence("There is no customer {name!r}.", name=name), "unknown_customer")
    return customer


def find_id(tx: Tx, customer_id: int) -> Customer:
    customer = tx.get(CUSTOMERS, customer_id)
    assert customer is not None, "rows name customers that are there"
    return customer


def present(tx: Tx, name: str, *, pointer: str = "/customer") -> Customer:
    """The customer that one with this id or reference is kept under. Raises Invalid at `pointer`."""
    return kept_under(tx, find(tx, name, pointer=pointer).id)


def kept_under(tx: Tx, customer_id: int) -> Customer:
    """Itself, unless it was merged into another."""
    customer = find_id(tx, customer_id)
    return customer if customer.merged_into_id is None else find_id(tx, customer.merged_into_id)


def family(tx: Tx, customer_id: int) -> list[int]:
    """Ids of a customer and of all that were merged into the same one: documents name the one they were made for."""
    kept = kept_under(tx, customer_id)
    return [kept.id, *(each.id for each in tx.rows(MERGED_INTO, kept.id))]


def whole(customer: Customer) -> Customer:
    """One that is kept by itself, blocked or not. Raises CustomerMerged or CustomerErased."""
    if customer.merged_into_id is not None or customer.erased_at is not None:
        may_order(customer)
    return customer


def may_order(customer: Customer) -> Customer:
    if customer.merged_into_id is not None:
        kept = show("customer", customer.merged_into_id)
        raise CustomerMerged(
            Sentence(
                "Customer {customer!r} was merged into {kept}; name that one.", customer=customer.reference, kept=kept
            ),
            customer=kept,
        )
    if customer.erased_at is not None:
        raise CustomerErased(Sentence("Customer {customer!r} was erased.", customer=customer.reference))
    if customer.status != "active":
        raise CustomerBlocked(Sentence("Customer {customer!r} is blocked.", customer=customer.reference))
    return customer
