"""Suppliers, proposals, purchase orders, receipts and what suppliers bill, over HTTP."""

from collections.abc import Callable, Mapping
from typing import Any

from ..flows.keep_suppliers import AddSupplier, SetReorderRule, SetSupplierSku
from ..flows.pay_supplier import PaySupplier, ReverseSupplierPayment
from ..flows.place_purchase import CancelPurchase, ExpectPurchase, PlacePurchaseOrder
from ..flows.propose_purchases import DropProposal, OrderProposals, Propose
from ..flows.receive_purchase import ReceivePurchase, ReverseReceipt
from ..flows.supplier_invoice import BookSupplierInvoice, ReverseSupplierInvoice
from ..purchasing import queries
from .answers import list_of
from .answers.expanded import ExpandedPurchaseOrderAnswer
from .answers.purchasing import (
    ListedProposalAnswer,
    ProposalAnswer,
    PurchaseOrderAnswer,
    ReceiptAnswer,
    ReorderRuleAnswer,
    ReplenishmentAnswer,
    SupplierAnswer,
    SupplierDetailAnswer,
    SupplierInvoiceAnswer,
    SupplierPaymentAnswer,
    SupplierSkuAnswer,
)
from .expand import rights_of
from .lists import queried
from .operations import Look, Operation, read, verb

READ, WRITE, RECEIVE, BOOK = "purchasing:read", "purchasing:write", "purchasing:receive", "ledger:post"


def operations() -> list[Operation]:
    order = {"supplier": "acme", "location": "main", "lines": [{"sku": "lamp", "quantity": "12", "cost": "20.00"}]}
    rule = {"sku": "lamp", "location": "main", "reorder_point": "5", "reorder_target": "20", "supplier": "acme"}
    paid = {"amount": 24000, "reference": "NL-1203"}
    billed = {"reference": "2026-0117", "net": 24000, "tax": 5040}
    return [
        verb(
            "POST", "/suppliers", AddSupplier, right=WRITE, result=SupplierAnswer, status=201,
            example={"reference": "acme", "name": "Acme"},
        ),
        queried("/suppliers", queries.suppliers, right=READ, result=SupplierAnswer),
        read(
            "/suppliers/{supplier}", _one(queries.supplier, "supplier"), name="get_supplier", right=READ,
            result=SupplierDetailAnswer, summary="Look up one supplier, with what it sells to us.",
        ),
        verb(
            "POST", "/suppliers/{supplier}/skus", SetSupplierSku, right=WRITE, result=SupplierSkuAnswer,
            example={"sku": "lamp", "cost": "20"},
        ),
        verb(
            "POST", "/suppliers/{supplier}/pay", PaySupplier, right=BOOK, result=SupplierPaymentAnswer, status=201,
            example=paid,
        ),
        verb(
            "POST", "/supplier_payments/{payment}/reverse", ReverseSupplierPayment, right=BOOK,
            result=SupplierPaymentAnswer,
        ),
        verb("POST", "/reorder_rules", SetReorderRule, right=WRITE, result=ReorderRuleAnswer, example=rule),
        read(
            "/skus/{sku}/reorder_rules", _rules, name="list_reorder_rules", right=READ,
            result=list_of(ReorderRuleAnswer), summary="When a SKU is ordered again, by location.",
        ),
        verb("POST", "/proposals", Propose, right=WRITE, result=ReplenishmentAnswer),
        queried("/proposals", queries.proposals, right=READ, result=ListedProposalAnswer, filters={"status": None}),
        verb(
            "POST", "/proposals/order", OrderProposals, right=WRITE, result=list_of(PurchaseOrderAnswer), status=201,
            example={"supplier": "acme"},
        ),
        verb("POST", "/proposals/{proposal}/drop", DropProposal, right=WRITE, result=ProposalAnswer),
        verb(
            "POST", "/purchase_orders", PlacePurchaseOrder, right=WRITE, result=PurchaseOrderAnswer, status=201,
            example=order,
        ),
        queried(
            "/purchase_orders", queries.purchase_orders, right=READ, result=PurchaseOrderAnswer,
            filters={"supplier": None, "status": None},
        ),
        read(
            "/purchase_orders/{purchase_order}", _one(queries.purchase_order, "purchase_order"), right=READ,
            result=ExpandedPurchaseOrderAnswer,
            expands=rights_of("supplier", "lines.location", "lines.sku"), name="get_purchase_order",
            summary="Look up one purchase order, with receipts and what was billed.",
        ),
        verb(
            "POST", "/purchase_orders/{purchase_order}/cancel", CancelPurchase, right=WRITE, result=PurchaseOrderAnswer,
        ),
        verb(
            "POST", "/purchase_orders/{purchase_order}/expect", ExpectPurchase, right=WRITE, result=PurchaseOrderAnswer,
            example={"expected_on": "2026-03-02"},
        ),
        verb(
            "POST", "/purchase_orders/{purchase_order}/receive", ReceivePurchase, right=RECEIVE, result=ReceiptAnswer,
            status=201,
        ),
        verb("POST", "/receipts/{receipt}/reverse", ReverseReceipt, right=RECEIVE, result=ReceiptAnswer),
        verb(
            "POST", "/purchase_orders/{purchase_order}/invoices", BookSupplierInvoice, right=BOOK,
            result=SupplierInvoiceAnswer, status=201, example=billed,
        ),
        verb(
            "POST", "/supplier_invoices/{supplier_invoice}/reverse", ReverseSupplierInvoice, right=BOOK,
            result=SupplierInvoiceAnswer,
        ),
    ]  # fmt: skip


def _one(query: Callable[..., dict[str, Any]], parameter: str) -> Callable[[Look], Mapping[str, Any]]:
    return lambda look: query(look.connection, look.path[parameter])


def _rules(look: Look) -> Mapping[str, Any]:
    rules = queries.reorder_rules(look.connection, look.path["sku"])
    return {"object": "list", "data": rules}
