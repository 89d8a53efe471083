"""Tables of purchasing. Receipts, supplier invoices and payments are history; figures on lines are sums of them."""

from ..kit.tables import Table
from .model import (
    NEXT,
    Proposal,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    ReorderRule,
    Supplier,
    SupplierInvoice,
    SupplierInvoiceLine,
    SupplierPayment,
    SupplierSku,
)

SUPPLIERS = Table("suppliers", Supplier, key="id", lock="write", checks=["lead_time_days >= 0", "terms_days >= 0"])
SUPPLIER_BY_REFERENCE = SUPPLIERS.group("reference", unique=True)

SUPPLIER_SKUS = Table(
    "supplier_skus",
    SupplierSku,
    key=("supplier_id", "sku_id"),
    root=("suppliers", "supplier_id"),
    references={"supplier_id": "suppliers.id", "sku_id": "skus.id"},
    checks=["cost_e4 >= 0", "lot > 0", "minimum >= 0"],
)
SUPPLIED = SUPPLIER_SKUS.group("sku_id")

REORDER_RULES = Table(
    "reorder_rules",
    ReorderRule,
    key=("sku_id", "location_id"),
    lock="write",
    references={"sku_id": "skus.id", "location_id": "locations.id"},
    checks=["reorder_target >= reorder_point"],
)
RULES_AT = REORDER_RULES.group("location_id")

PROPOSALS = Table(
    "proposals",
    Proposal,
    key="id",
    lock="read",
    references={"sku_id": "skus.id", "location_id": "locations.id"},
    checks=["quantity > 0", f"status IN {tuple(NEXT)}"],
)
OPEN_PROPOSAL = PROPOSALS.group(
    "sku_id", "location_id", unique=True, where="status = 'open'", keep=lambda row: row.status == "open"
)
OPEN_PROPOSALS_AT = PROPOSALS.group("location_id", where="status = 'open'", keep=lambda row: row.status == "open")

PURCHASE_ORDERS = Table(
    "purchase_orders",
    PurchaseOrder,
    key="id",
    lock="read",
    references={"supplier_id": "suppliers.id"},
    indexes=[("supplier_id", "id")],
)
PURCHASE_BY_REFERENCE = PURCHASE_ORDERS.group("reference", unique=True)

PURCHASE_LINES = Table(
    "purchase_lines",
    PurchaseLine,
    key=("purchase_order_id", "n"),
    root=("purchase_orders", "purchase_order_id"),
    references={"purchase_order_id": "purchase_orders.id", "sku_id": "skus.id", "location_id": "locations.id"},
    checks=["quantity > 0", "received >= 0", "cancelled >= 0", "received + cancelled <= quantity", "invoiced >= 0"],
)
PURCHASE_LINES_OF = PURCHASE_LINES.group("purchase_order_id")
DUE_OF_SKU = PURCHASE_LINES.group("sku_id", where="quantity > received + cancelled", keep=lambda row: row.due > 0)

RECEIPTS = Table("receipts", Receipt, key="id", append_only=True, indexes=[("purchase_order_id",)])
REVERSALS_OF_RECEIPT = RECEIPTS.group(
    "reverses", where="reverses IS NOT NULL", keep=lambda row: row.reverses is not None
)
RECEIPT_LINES = Table(
    "receipt_lines", ReceiptLine, key=("receipt_id", "n"), append_only=True, checks=["quantity > 0", "cost_minor >= 0"]
)
RECEIPT_LINES_OF = RECEIPT_LINES.group("receipt_id")

SUPPLIER_INVOICES = Table(
    "supplier_invoices", SupplierInvoice, key="id", append_only=True, indexes=[("purchase_order_id",)]
)
SUPPLIER_INVOICE_BY_REFERENCE = SUPPLIER_INVOICES.group(
    "supplier_id", "reference", unique=True, where="reference <> ''", keep=lambda row: row.reference != ""
)
REVERSAL_OF_INVOICE = SUPPLIER_INVOICES.group(
    "reverses", unique=True, where="reverses IS NOT NULL", keep=lambda row: row.reverses is not None
)
SUPPLIER_INVOICE_LINES = Table(
    "supplier_invoice_lines", SupplierInvoiceLine, key=("supplier_invoice_id", "n"), append_only=True
)
SUPPLIER_INVOICE_LINES_OF = SUPPLIER_INVOICE_LINES.group("supplier_invoice_id")

SUPPLIER_PAYMENTS = Table(
    "supplier_payments",
    SupplierPayment,
    key="id",
    append_only=True,
    indexes=[("supplier_id",)],
    checks=["amount_minor > 0"],
)
REVERSAL_OF_PAYMENT = SUPPLIER_PAYMENTS.group(
    "reverses", unique=True, where="reverses IS NOT NULL", keep=lambda row: row.reverses is not None
)
