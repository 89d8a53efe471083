"""Things looked up one by one: where an id was expanded, the thing itself stands in its place."""

from .business import LocationAnswer
from .catalog import SkuAnswer
from .customers import CustomerAnswer
from .invoices import CreditNoteAnswer, InvoiceAnswer, InvoiceLine
from .orders import ExpandedOrder
from .parcels import ParcelAnswer
from .payments import PaymentDetailAnswer
from .purchasing import PurchaseLine, PurchaseOrderDetailAnswer, SupplierAnswer
from .returns import ReturnAnswer, ReturnLine


class ParcelDetailAnswer(ParcelAnswer):
    order: str | ExpandedOrder  # type: ignore[misc]
    location: str | LocationAnswer  # type: ignore[misc]


class ExpandedInvoiceLine(InvoiceLine):
    sku: str | SkuAnswer  # type: ignore[misc]


class InvoiceDetailAnswer(InvoiceAnswer):
    order: str | ExpandedOrder | None  # type: ignore[misc]
    customer: str | CustomerAnswer | None  # type: ignore[misc]
    lines: list[ExpandedInvoiceLine]  # type: ignore[misc]


class CreditNoteDetailAnswer(CreditNoteAnswer):
    order: str | ExpandedOrder | None  # type: ignore[misc]
    customer: str | CustomerAnswer | None  # type: ignore[misc]
    lines: list[ExpandedInvoiceLine]  # type: ignore[misc]


class ExpandedPaymentAnswer(PaymentDetailAnswer):
    order: str | ExpandedOrder | None  # type: ignore[misc]
    customer: str | CustomerAnswer | None  # type: ignore[misc]


class ExpandedReturnLine(ReturnLine):
    sku: str | SkuAnswer  # type: ignore[misc]


class ReturnDetailAnswer(ReturnAnswer):
    order: str | ExpandedOrder  # type: ignore[misc]
    customer: str | CustomerAnswer | None  # type: ignore[misc]
    lines: list[ExpandedReturnLine]  # type: ignore[misc]


class ExpandedPurchaseLine(PurchaseLine):
    sku: str | SkuAnswer  # type: ignore[misc]
    location: str | LocationAnswer  # type: ignore[misc]


class ExpandedPurchaseOrderAnswer(PurchaseOrderDetailAnswer):
    supplier: str | SupplierAnswer  # type: ignore[misc]
    lines: list[ExpandedPurchaseLine]  # type: ignore[misc]
