"""Suppliers, proposals, purchase orders, receipts and what suppliers bill.

Quantities and unit costs are decimal strings; amounts are whole minor units of their currency.
"""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from .notes import Said


class SupplierAnswer(TypedDict):
    object: Literal["supplier"]
    id: str
    version: int
    reference: str
    name: str
    currency: str
    lead_time_days: int
    terms_days: int


class SupplierTerm(TypedDict):
    sku: str
    sku_code: str
    cost: str
    lot: str
    minimum: str
    order_code: str


class PaidSupplier(TypedDict):
    id: str
    paid_on: str
    amount: int
    reference: str
    reverses: str | None


class SupplierDetailAnswer(SupplierAnswer):
    """With what it sells to us and what we paid it."""

    skus: list[SupplierTerm]
    payments: list[PaidSupplier]


class SupplierSkuAnswer(TypedDict):
    object: Literal["supplier_sku"]
    supplier: str
    sku: str
    cost: str
    lot: str
    minimum: str
    order_code: str


class SupplierPaymentAnswer(TypedDict):
    """`reverses` is the id of the payment it takes back."""

    object: Literal["supplier_payment"]
    id: str
    supplier: str
    paid_on: str
    amount: int
    currency: str
    reference: str
    reverses: str | None


class ReorderRuleAnswer(TypedDict):
    """Without a supplier whoever is cheapest, then quickest, gets the order."""

    object: Literal["reorder_rule"]
    sku: str
    location: str
    location_code: NotRequired[str]
    reorder_point: str
    reorder_target: str
    supplier: str | None


class ProposalAnswer(TypedDict):
    """Without a supplier nobody sells it to us yet."""

    object: Literal["proposal"]
    id: str
    version: int
    sku: str
    location: str
    quantity: str
    supplier: str | None
    status: str
    proposed_on: str


class ListedProposalAnswer(ProposalAnswer):
    sku_code: str
    location_code: str
    purchase_order: str | None
    notes: list[Said]


class ReplenishmentAnswer(TypedDict):
    """What is newly proposed."""

    object: Literal["replenishment"]
    proposals: list[ProposalAnswer]


class PurchaseLine(TypedDict):
    """`received_value` is what came of it so far, at cost."""

    line: int
    sku: str
    sku_code: NotRequired[str]
    location: str
    unit_cost: str
    quantity: str
    received: str
    cancelled: str
    due: str
    invoiced: str
    received_value: int


class PurchaseOrderAnswer(TypedDict):
    object: Literal["purchase_order"]
    id: str
    version: int
    reference: str
    supplier: str
    status: str
    currency: str
    ordered_at: str
    ordered_on: str
    expected_on: str
    note: str
    lines: list[PurchaseLine]


class ReceivedPurchase(TypedDict):
    id: str
    received_on: str
    delivery_note: str
    cost: int
    reverses: str | None


class BilledPurchase(TypedDict):
    id: str
    reference: str
    invoiced_on: str
    due_on: str
    goods: int
    net: int
    tax: int
    reverses: str | None


class PurchaseOrderDetailAnswer(PurchaseOrderAnswer):
    receipts: list[ReceivedPurchase]
    supplier_invoices: list[BilledPurchase]
    notes: list[Said]


class ReceiptLine(TypedDict):
    line: int
    sku: str
    location: str
    quantity: str
    cost: int


class ReceiptAnswer(TypedDict):
    """The receipt, and the purchase order after it."""

    object: Literal["receipt"]
    id: str
    cost: int
    currency: str
    lines: list[ReceiptLine]
    purchase_order: PurchaseOrderAnswer


class SupplierInvoiceAnswer(TypedDict):
    """`difference` is what was billed for goods less what they were received at."""

    object: Literal["supplier_invoice"]
    id: str
    supplier: str
    purchase_order: str
    reference: str
    invoiced_on: str
    due_on: str
    currency: str
    goods: int
    difference: int
    net: int
    tax: int
    gross: int
    reverses: str | None
