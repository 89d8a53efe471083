"""Addresses that a customer may choose from, before any order has gone there."""

from dataclasses import dataclass
from typing import Any

from ..customers import actions as customers
from ..customers.model import Address
from ..customers.store import ADDRESSES
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.writer import flow
from ..values.fields import Country, Name, Reference, Text
from ..values.ids import show


@dataclass(frozen=True, slots=True)
class AddAddress:
    """An address stays as it was written down; one that has changed is another one."""

    customer: Reference
    name: Name
    street: Name
    city: Name
    country: Country
    postcode: Text = ""
    company: Text = ""
    phone: Text = ""


@flow(AddAddress)
def add_address(tx: Tx, ask: AddAddress) -> dict[str, Any]:
    """Write an address of a customer down."""
    customer = customers.may_order(customers.present(tx, ask.customer))
    address = Address(
        tx.new_id(), customer.id, ask.name, ask.company, ask.street, ask.postcode, ask.city, ask.country, "", ask.phone
    )
    tx.add(ADDRESSES, address)
    announce(tx, "customer.address_added", "customer", customer.id, address=show("address", address.id))
    return shown(address)


def shown(address: Address) -> dict[str, Any]:
    return {
        "object": "address",
        "id": show("address", address.id),
        "customer": show("customer", address.customer_id) if address.customer_id is not None else None,
        **{name: getattr(address, name) for name in Address._fields if name not in ("id", "customer_id")},
    }
