"""The journal, open items and the closing of periods over HTTP."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from ..flows.apply_credit import ApplyCredit
from ..flows.keep_books import LockPeriod, PostManualEntry, ReverseEntry, UnlockPeriod
from ..ledger.store import JOURNAL, OPEN_ITEMS
from ..values.ids import PREFIXES, show
from .answers.ledger import BooksAnswer, CreditAnswer, LedgerTransferAnswer, ManualEntryAnswer, OpenItemAnswer
from .lists import history, lists
from .operations import Operation, verb

READ, POST, LOCK = "ledger:read", "ledger:post", "ledger:lock"


def operations() -> list[Operation]:
    rent = {"transfers": [{"debit": "rounding", "credit": "bank", "amount": 5}], "note": "difference of January"}
    filters = ("posted_on", "template", "debit", "credit", "document")
    return [
        history(
            "/journal", JOURNAL, right=READ, result=LedgerTransferAnswer, filters=filters, object_="transfer",
            shown=_transfer,
        ),
        lists(
            "/open_items", OPEN_ITEMS, kind="open_item", right=READ, result=OpenItemAnswer,
            filters=("account", "order_id", "due_on"), shown=_items,
        ),
        verb("POST", "/books/lock", LockPeriod, right=LOCK, result=BooksAnswer, example={"through": "2025-12-31"}),
        verb("POST", "/books/unlock", UnlockPeriod, right=LOCK, result=BooksAnswer, example={"through": "2025-11-30"}),
        verb(
            "POST", "/manual_entries", PostManualEntry, right=POST, result=ManualEntryAnswer, status=201, example=rent,
        ),
        verb("POST", "/manual_entries/{entry}/reverse", ReverseEntry, right=POST, result=ManualEntryAnswer),
        verb("POST", "/customers/{customer}/apply_credit", ApplyCredit, right=POST, result=CreditAnswer),
    ]  # fmt: skip


def _transfer(row: Any) -> dict[str, Any]:
    return {
        "object": "transfer",
        "event": show("event", row.event_id),
        "posted_on": row.posted_on,
        "template": row.template,
        "debit": row.debit,
        "credit": row.credit,
        "amount": row.amount_minor,
        "currency": row.currency,
        "document": _document(row),
    }


def _items(_: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {
            "object": "open_item",
            "id": show("open_item", row.id),
            "version": row.version,
            "account": row.account,
            "party": _party(row),
            "order": show("order", row.order_id) if row.order_id is not None else None,
            "document": _document(row),
            "currency": row.currency,
            "amount": row.amount_minor,
            "open": row.open_minor,
            "opened_on": row.opened_on,
            "due_on": row.due_on,
        }
        for row in rows
    ]


def _document(row: Any) -> str:
    """Id of the document behind it, or its kind where such documents have none."""
    return show(row.document, row.document_id) if row.document in PREFIXES else row.document


def _party(row: Any) -> str | None:
    if row.party_id is None:
        return None
    return show("supplier" if row.account == "payable" else "customer", row.party_id)
