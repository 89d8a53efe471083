"""Customers, by id, reference, e-mail and phone; addresses."""

from ..kit.tables import Table
from .model import Address, Customer

CUSTOMERS = Table(
    "customers",
    Customer,
    key="id",
    lock="write",
    indexes=[("email",), ("phone",), ("name",)],
    checks=[
        "kind IN ('person', 'company')",
        "terms_days >= 0",
        "status IN ('active', 'blocked')",
        "prices IN ('listed', 'own')",
    ],
)
MERGED_INTO = CUSTOMERS.group(
    "merged_into_id", of="customers",
    where="merged_into_id IS NOT NULL", keep=lambda row: row.merged_into_id is not None,
)  # fmt: skip
CUSTOMER_BY_REFERENCE = CUSTOMERS.group("reference", unique=True)

ADDRESSES = Table("addresses", Address, key="id")
ADDRESSES_OF = ADDRESSES.group("customer_id")
