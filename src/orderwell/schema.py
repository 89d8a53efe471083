"""All tables, in the one order in which rows are locked and written: what stands for more comes first.

Parents before children (so that references hold), rows many requests want last (so that they are held briefly).
"""

from .access import store as _access
from .business import store as _business
from .catalog import store as _catalog
from .channels import store as _channels
from .customers import store as _customers
from .inventory import store as _inventory
from .invoicing import store as _invoicing
from .kit import events as _events
from .kit import feed as _feed
from .kit import idempotency as _idempotency
from .kit import jobs as _jobs
from .kit import nodes as _nodes
from .kit import schedules as _schedules
from .kit.database import Database
from .kit.guards import create_guards
from .kit.tables import METADATA as METADATA
from .kit.tables import in_order
from .ledger import store as _ledger
from .notifications import store as _notifications
from .orders import store as _orders
from .payments import store as _payments
from .purchasing import store as _purchasing
from .returns import store as _returns
from .shipping import store as _shipping
from .tasks import store as _tasks

STORES = (
    _access, _business, _catalog, _channels, _customers, _events, _feed, _idempotency, _inventory, _invoicing, _jobs,
    _ledger, _nodes, _notifications, _orders, _payments, _purchasing, _returns, _schedules, _shipping, _tasks,
)  # fmt: skip

LOCK_ORDER = (
    "business", "accounts", "channels", "tax_rates", "locations",
    "products", "skus", "barcodes", "pack_units", "prices",
    "customers", "addresses",
    "people", "person_roles", "roles", "role_rights", "api_keys", "api_key_scopes", "api_key_uses",
    "passwords", "sessions", "session_uses", "sign_in_links", "sign_in_tries", "preferences",
    "nodes", "idempotency", "providers", "carriers",
    "orders", "order_lines", "allocations", "parcels", "parcel_lines", "returns", "return_lines",
    "payments", "payment_instructions", "payouts",
    "invoices", "invoice_lines", "credit_traces", "debt_adjustments",
    "suppliers", "supplier_skus", "reorder_rules", "proposals", "purchase_orders", "purchase_lines",
    "transfers", "transfer_lines",
    "manual_entries", "manual_transfers",
    "open_items",
    "adjustments", "stock", "valuations",
    "tasks", "jobs", "schedules",
    "webhook_endpoints", "webhook_secrets", "webhook_progress", "webhook_replays",
    "books", "counters",
    "events", "events_fresh", "unit_moves", "stock_moves", "journal", "settlements", "payment_moves",
    "tracking_events", "provider_events",
    "receipts", "receipt_lines", "supplier_invoices", "supplier_invoice_lines", "supplier_payments",
    "stock_counts", "stock_count_lines", "feed_tip", "feed",
)  # fmt: skip

in_order(LOCK_ORDER)


def create(database: Database) -> None:
    """Every table, index and guard, in a database that has none."""
    with database.changing() as connection:
        METADATA.create_all(connection)
        create_guards(connection)
