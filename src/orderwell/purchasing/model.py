"""Suppliers and their terms, reorder rules, proposals, purchase orders, receipts, what suppliers bill and are paid."""

from typing import NamedTuple

# Which words may follow which; all other words are computed from quantities.
NEXT: dict[str, frozenset[str]] = {
    "open": frozenset({"ordered", "dropped"}),
    "ordered": frozenset(),
    "dropped": frozenset(),
}


class Supplier(NamedTuple):
    id: int
    version: int
    reference: str  # our own supplier number
    name: str
    currency: str
    lead_time_days: int
    terms_days: int  # from their invoice to its due day


class SupplierSku(NamedTuple):
    """On what terms a supplier sells a SKU to us."""

    supplier_id: int
    sku_id: int
    cost_e4: int  # of one unit
    lot: int  # smallest units: they deliver whole lots
    minimum: int  # smallest units: the least they deliver
    order_code: str  # what they call it


class ReorderRule(NamedTuple):
    """Below `reorder_point` order up to `reorder_target`, both in smallest units; below zero lets orders wait."""

    sku_id: int
    location_id: int
    version: int
    reorder_point: int
    reorder_target: int
    supplier_id: int | None  # None: whoever is cheapest, then quickest


class Proposal(NamedTuple):
    """What the replenishment run would order; one open proposal per SKU and location."""

    id: int
    version: int
    sku_id: int
    location_id: int
    quantity: int
    supplier_id: int | None  # None: nobody sells it to us yet
    status: str  # one of NEXT
    purchase_order_id: int | None
    proposed_on: str


class PurchaseOrder(NamedTuple):
    id: int
    version: int
    reference: str
    supplier_id: int
    currency: str
    ordered_at: int
    ordered_on: str
    expected_on: str
    note: str


class PurchaseLine(NamedTuple):
    """What was ordered in one line for one location, and how much of it came, will never come, and was billed."""

    purchase_order_id: int
    n: int
    sku_id: int
    location_id: int
    quantity: int  # smallest units
    unit_decimals: int
    cost_e4: int
    received: int  # less what went back
    cancelled: int
    invoiced: int
    received_minor: int  # what the units received cost
    invoiced_minor: int  # the part of it that invoices of the supplier were matched with

    @property
    def due(self) -> int:
        """Units that are still to come."""
        return self.quantity - self.received - self.cancelled


class Receipt(NamedTuple):
    """Goods of a purchase order came in; or, where it reverses a receipt, went back. Never changed."""

    id: int
    event_id: int
    purchase_order_id: int
    received_on: str
    delivery_note: str
    cost_minor: int
    reverses: int | None


class ReceiptLine(NamedTuple):
    receipt_id: int
    n: int
    line: int  # of the purchase order
    sku_id: int
    location_id: int
    quantity: int
    cost_minor: int


class SupplierInvoice(NamedTuple):
    """What a supplier billed (amounts above zero) or credited (below), matched with receipts. Never changed."""

    id: int
    event_id: int
    supplier_id: int
    purchase_order_id: int
    reference: str  # the supplier's own number; '' on a reversal
    invoiced_on: str
    due_on: str
    currency: str
    goods_minor: int  # what the matched units were received at
    net_minor: int
    tax_minor: int
    reverses: int | None


class SupplierInvoiceLine(NamedTuple):
    supplier_invoice_id: int
    n: int
    line: int  # of the purchase order
    quantity: int
    goods_minor: int


class SupplierPayment(NamedTuple):
    """We paid a supplier from the bank; or, where it reverses a payment, the money came back. Never changed."""

    id: int
    event_id: int
    supplier_id: int
    paid_on: str
    currency: str
    amount_minor: int
    reference: str
    reverses: int | None
