"""Tables of the ledger. The journal and settlements are history."""

from ..kit.tables import Table
from .model import Account, Books, DebtAdjustment, ManualEntry, ManualTransfer, OpenItem, Posting, Settlement

ACCOUNTS = Table("accounts", Account, key="code")

# Whoever posts holds the books until it has committed: nobody closes a day under an entry that is on its way into it.
# It comes late in the order of locks, next to the counters that invoices hold already.
BOOKS = Table("books", Books, key="id", lock="read")

JOURNAL = Table(
    "journal",
    Posting,
    key=("event_id", "n"),
    append_only=True,
    indexes=[("posted_on",), ("document_id",)],
    references={"debit": "accounts.code", "credit": "accounts.code"},
    checks=["amount_minor > 0", "debit <> credit"],
)

OPEN_ITEMS = Table(
    "open_items",
    OpenItem,
    key="id",
    lock="read",
    checks=[
        "amount_minor <> 0",
        "(amount_minor > 0 AND open_minor BETWEEN 0 AND amount_minor)"
        " OR (amount_minor < 0 AND open_minor BETWEEN amount_minor AND 0)",
    ],
)
OPEN_OF_ORDER = OPEN_ITEMS.group(
    "order_id", of="orders", where="open_minor <> 0", keep=lambda item: item.open_minor != 0
)
OPEN_OF_PARTY = OPEN_ITEMS.group("party_id", where="open_minor <> 0", keep=lambda item: item.open_minor != 0)

ITEMS_OF_DOCUMENT = OPEN_ITEMS.group("document_id")

DEBT_ADJUSTMENTS = Table(
    "debt_adjustments",
    DebtAdjustment,
    key="id",
    append_only=True,
    indexes=[("customer_id",)],
    checks=["kind IN ('bad_debt', 'write_off')", "amount_minor <> 0"],
)
DEBT_BY_REFERENCE = DEBT_ADJUSTMENTS.group(
    "channel_id", "reference", unique=True,
    where="channel_id IS NOT NULL", keep=lambda row: row.channel_id is not None,
)  # fmt: skip

MANUAL_ENTRIES = Table("manual_entries", ManualEntry, key="id", append_only=True)
REVERSAL_OF = MANUAL_ENTRIES.group(
    "reverses_id", unique=True, of="manual_entries",
    where="reverses_id IS NOT NULL", keep=lambda row: row.reverses_id is not None,
)  # fmt: skip
MANUAL_TRANSFERS = Table(
    "manual_transfers",
    ManualTransfer,
    key=("entry_id", "n"),
    append_only=True,
    references={"entry_id": "manual_entries.id", "debit": "accounts.code", "credit": "accounts.code"},
    checks=["amount_minor > 0", "debit <> credit"],
)
TRANSFERS_OF = MANUAL_TRANSFERS.group("entry_id", of="manual_entries")

SETTLEMENTS = Table(
    "settlements",
    Settlement,
    key=("event_id", "n"),
    append_only=True,
    indexes=[("debit_item",), ("credit_item",)],
    checks=["amount_minor > 0"],
)
