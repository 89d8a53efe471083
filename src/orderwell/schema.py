"""All tables, in the one order in which rows are locked and written: what stands for more comes first.

Parents before children (so that references hold), rows many requests want last (so that they are held briefly).
"""

from .access import pin_store as _pins
from .access import store as _access
from .banking import store as _banking
from .business import store as _business
from .catalog import store as _catalog
from .channels import store as _channels
from .customers import store as _customers
from .delivery import store as _delivery
from .inventory import store as _inventory
from .invoicing import store as _invoicing
from .kit import events as _events
from .kit import feed as _feed
from .kit import idempotency as _idempotency
from .kit import jobs as _jobs
from .kit import nodes as _nodes
from .kit import notes as _event_notes
from .kit import schedules as _schedules
from .kit.database import Database
from .kit.guards import create_guards
from .kit.tables import METADATA as METADATA
from .kit.tables import in_order
from .ledger import store as _ledger
from .mail import store as _mail
from .notes import store as _notes
from .notifications import store as _notifications
from .orders import store as _orders
from .payments import store as _payments
from .picking import store as _picking
from .portal import store as _portal
from .proofs import store as _proofs
from .purchasing import store as _purchasing
from .returns import store as _returns
from .shipping import store as _shipping
from .tasks import store as _tasks
from .tills import store as _tills
from .views import store as _views

STORES = (
    _access, _banking, _business, _catalog, _channels, _customers, _delivery, _event_notes, _events, _feed,
    _idempotency, _inventory, _invoicing, _jobs, _ledger, _mail, _nodes, _notes, _notifications, _orders,
    _payments, _picking, _pins, _portal, _proofs, _purchasing, _returns, _schedules, _shipping, _tasks, _tills, _views,
)  # fmt: skip

LOCK_ORDER = (
    "business", "accounts", "channels", "tax_rates", "locations",
    "products", "skus", "barcodes", "pack_units", "prices",
    "customers", "addresses", "customer_prices",
    "portal_accounts", "portal_sign_in_links", "portal_sessions", "portal_session_uses", "portal_passkeys",
    "people", "person_roles", "roles", "role_rights", "api_keys", "api_key_scopes", "api_key_uses",
    "person_pins", "saved_views", "notes",
    "passwords", "sessions", "session_uses", "sign_in_links", "sign_in_tries", "preferences",
    "authenticators", "recovery_codes", "passkeys",
    "nodes", "idempotency", "providers", "carriers",
    "delivery_methods", "delivery_zones", "dispatch_times", "closed_days",
    "orders", "order_lines", "allocations", "order_links", "parcels", "parcel_lines", "returns", "return_lines",
    "pick_lists", "pick_lines",
    "payments", "payment_instructions", "payouts", "bank_statements", "bank_lines", "bank_matches",
    "letterheads", "invoices", "invoice_lines", "credit_traces", "debt_adjustments",
    "suppliers", "supplier_skus", "reorder_rules", "proposals", "purchase_orders", "purchase_lines",
    "transfers", "transfer_lines",
    "manual_entries", "manual_transfers",
    "open_items",
    "bins",
    "adjustments", "stock", "bin_stock", "valuations",
    "tasks", "messages", "proofs", "jobs", "schedules",
    "webhook_endpoints", "webhook_secrets", "webhook_progress", "webhook_replays",
    "tills", "drawer_sessions", "cash_movements",
    "books", "counters",
    "events", "events_fresh", "event_notes", "unit_moves", "expired_units", "stock_moves", "bin_moves",
    "journal", "settlements", "payment_moves", "tracking_events", "provider_events",
    "drawer_moves", "exchange_credits",
    "receipts", "receipt_lines", "supplier_invoices", "supplier_invoice_lines", "supplier_payments",
    "stock_counts", "stock_count_lines", "delivery_promises", "pick_moves",
    "feed_tip", "feed",
)  # fmt: skip

in_order(LOCK_ORDER)


def create(database: Database) -> None:
    """Every table, index and guard, in a database that has none."""
    with database.changing() as connection:
        METADATA.create_all(connection)
        create_guards(connection)
