"""Rows as such: whole numbers and text where they belong, nothing that belongs to nothing, guards in place."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .model import Break, Check

# What points where, whether or not the database holds it by itself: (table, columns, what it points to, its columns).
POINTERS = (
    ("allocations", "order_id, line", "order_lines", "order_id, n"),
    ("expired_units", "order_id, line", "order_lines", "order_id, n"),
    ("parcels", "order_id", "orders", "id"),
    ("parcels", "location_id", "locations", "id"),
    ("parcel_lines", "parcel_id", "parcels", "id"),
    ("parcel_lines", "order_id, line", "order_lines", "order_id, n"),
    ("order_lines", "sku_id", "skus", "id"),
    ("orders", "channel_id", "channels", "id"),
    ("orders", "customer_id", "customers", "id"),
    ("stock", "sku_id", "skus", "id"),
    ("stock", "location_id", "locations", "id"),
    ("stock_moves", "sku_id", "skus", "id"),
    ("stock_moves", "source_id", "locations", "id"),
    ("stock_moves", "target_id", "locations", "id"),
    ("valuations", "sku_id", "skus", "id"),
    ("bins", "location_id", "locations", "id"),
    ("bin_stock", "bin_id", "bins", "id"),
    ("bin_stock", "sku_id", "skus", "id"),
    ("bin_moves", "source_id", "bins", "id"),
    ("bin_moves", "target_id", "bins", "id"),
    ("bin_moves", "sku_id", "skus", "id"),
    ("pick_lines", "pick_list_id", "pick_lists", "id"),
    ("pick_lines", "order_id, line", "order_lines", "order_id, n"),
    ("pick_lines", "bin_id", "bins", "id"),
    ("pick_moves", "pick_list_id, line", "pick_lines", "pick_list_id, n"),
    ("invoices", "order_id", "orders", "id"),
    ("invoices", "customer_id", "customers", "id"),
    ("invoices", "corrects_id", "invoices", "id"),
    ("invoice_lines", "invoice_id", "invoices", "id"),
    ("credit_traces", "order_id, line", "order_lines", "order_id, n"),
    ("credit_traces", "invoice_id, n", "invoice_lines", "invoice_id, n"),
    ("purchase_lines", "purchase_order_id", "purchase_orders", "id"),
    ("purchase_orders", "supplier_id", "suppliers", "id"),
    ("receipts", "purchase_order_id", "purchase_orders", "id"),
    ("receipt_lines", "receipt_id", "receipts", "id"),
    ("supplier_invoices", "supplier_id", "suppliers", "id"),
    ("supplier_invoice_lines", "supplier_invoice_id", "supplier_invoices", "id"),
    ("supplier_payments", "supplier_id", "suppliers", "id"),
    ("transfer_lines", "transfer_id", "transfers", "id"),
    ("stock_count_lines", "count_id", "stock_counts", "id"),
    ("returns", "order_id", "orders", "id"),
    ("return_lines", "return_id", "returns", "id"),
    ("return_lines", "order_id, line", "order_lines", "order_id, n"),
    ("exchange_credits", "source_order_id", "orders", "id"),
    ("exchange_credits", "target_order_id", "orders", "id"),
    ("payments", "order_id", "orders", "id"),
    ("payments", "customer_id", "customers", "id"),
    ("payment_moves", "payment_id", "payments", "id"),
    ("payment_instructions", "payment_id", "payments", "id"),
    ("tills", "location_id", "locations", "id"),
    ("drawer_sessions", "till_id", "tills", "id"),
    ("drawer_moves", "session_id", "drawer_sessions", "id"),
    ("cash_movements", "session_id", "drawer_sessions", "id"),
    ("provider_events", "payment_id", "payments", "id"),
    ("manual_transfers", "entry_id", "manual_entries", "id"),
    ("journal", "debit", "accounts", "code"),
    ("journal", "credit", "accounts", "code"),
    ("open_items", "order_id", "orders", "id"),
    ("settlements", "debit_item", "open_items", "id"),
    ("settlements", "credit_item", "open_items", "id"),
    ("webhook_progress", "endpoint_id", "webhook_endpoints", "id"),
    ("webhook_secrets", "endpoint_id", "webhook_endpoints", "id"),
    ("prices", "sku_id", "skus", "id"),
    ("barcodes", "sku_id", "skus", "id"),
    ("customer_prices", "sku_id", "skus", "id"),
    ("portal_accounts", "customer_id", "customers", "id"),
    ("portal_sessions", "account_id", "portal_accounts", "id"),
    ("portal_passkeys", "account_id", "portal_accounts", "id"),
    ("portal_sign_in_links", "account_id", "portal_accounts", "id"),
    ("order_links", "order_id", "orders", "id"),
    ("messages", "account_id", "portal_accounts", "id"),
    ("bank_lines", "statement_id", "bank_statements", "id"),
    ("bank_matches", "line_id", "bank_lines", "id"),
    ("bank_matches", "payment_id", "payments", "id"),
    ("customer_prices", "customer_id", "customers", "id"),
    ("delivery_zones", "method_id", "delivery_methods", "id"),
    ("delivery_promises", "order_id", "orders", "id"),
    ("delivery_promises", "method_id", "delivery_methods", "id"),
)


def _pointer(table: str, columns: str, target: str, keys: str) -> Check:
    pairs = list(zip(columns.split(", "), keys.split(", "), strict=True))
    same = " AND ".join(f"o.{key} = t.{column}" for column, key in pairs)
    there = " AND ".join(f"t.{column} IS NOT NULL" for column, _ in pairs)
    shown = ", ".join(f"t.{column}" for column, _ in pairs)
    return Check(
        f"orphan_{table}",
        f"{{rows_}} rows of {table} point to {target} {'/'.join(f'{{{c}}}' for c, _ in pairs)}, which is not there.",
        f"{table} with {columns} {'/'.join(f'{{{c}}}' for c, _ in pairs)}",
        f"SELECT {shown}, COUNT(*) AS rows_ FROM {table} t WHERE {there}"
        f" AND NOT EXISTS (SELECT 1 FROM {target} o WHERE {same}) GROUP BY {shown}",
    )


CHECKS = tuple(_pointer(*each) for each in POINTERS)


def wrong_types(connection: Connection, tables: Sequence[sa.Table]) -> Iterator[Break]:
    """SQLite keeps text in a column of numbers if somebody puts it there; PostgreSQL cannot."""
    if connection.dialect.name != "sqlite":
        return
    for table in tables:
        for_column = []
        for column in table.columns:
            kind = "integer" if isinstance(column.type, sa.Integer) else "text"
            empty = ", 'null'" if column.nullable else ""
            for_column.append(f"typeof({column.name}) NOT IN ('{kind}'{empty})")
        keys = ", ".join(column.name for column in table.primary_key)
        for row in connection.execute(sa.text(f"SELECT {keys} FROM {table.name} WHERE {' OR '.join(for_column)}")):
            where = f"{table.name} {'/'.join(map(str, row))}"
            yield Break("wrong_type", "A column holds something else than it is for.", where)


def guards(connection: Connection, tables: Sequence[sa.Table]) -> Iterator[Break]:
    """The triggers that refuse changes of history are what keeps everyone honest between two verifications."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_namespace s ON s.oid = c.relnamespace AND s.nspname = current_schema() WHERE t.tgenabled = 'O'"
        )
    there = set(connection.execute(sa.text(query)).scalars())
    verbs = ("update", "delete", "replace") if connection.dialect.name == "sqlite" else ("update", "delete", "truncate")
    wanted = [f"guard_{table.name}_{verb}" for table in tables for verb in verbs]
    for name in [*wanted, "guard_journal_period"]:
        if name not in there:
            yield Break("guard_missing", "The database would let history be changed.", f"trigger {name}")


def damaged_file(connection: Connection) -> Iterator[Break]:
    """What SQLite itself says about its file, and about rows that break a constraint."""
    if connection.dialect.name != "sqlite":
        return
    try:
        found = connection.execute(sa.text("PRAGMA quick_check")).scalars().all()
    except sa.exc.DatabaseError as error:
        yield Break("file_damaged", f"SQLite says: {error.orig}.", "the database file")
        return
    for said in found:
        if said.startswith(("CHECK constraint", "NULL value", "NUMERIC value", "TEXT value")):
            yield Break("constraint_broken", f"SQLite says: {said}.", said.rpartition(" ")[2])
        elif said != "ok":
            yield Break("file_damaged", f"SQLite says: {said}.", "the database file")
