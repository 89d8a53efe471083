"""Invoices, credit notes and what is given up of them, over HTTP."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from ..flows.give_up_debt import RecordBadDebt, WriteOffRest
from ..flows.issue_credit_note import IssueCreditNote
from ..invoicing.answers import shown
from ..invoicing.store import INVOICE_LINES, INVOICES
from ..ledger.queries import open_of_documents
from .answers.expanded import CreditNoteDetailAnswer, InvoiceDetailAnswer
from .answers.invoices import CreditNoteAnswer, DebtAdjustmentAnswer, InvoiceAnswer
from .expand import rights_of
from .lists import lists, one, rows_by
from .operations import Operation, verb

READ = "invoices:read"
EXPANDS = rights_of("customer", "lines.sku", "order", "order.customer")
KINDS = (
    ("invoice", InvoiceAnswer, InvoiceDetailAnswer),
    ("credit_note", CreditNoteAnswer, CreditNoteDetailAnswer),
)
FILTERS = ("order_id", "customer_id", "reference", "issued_on", "due_on")


def operations() -> list[Operation]:
    credit = {"channel": "web", "reference": "web-1001-C", "lines": [{"sku": "lamp", "quantity": "1"}]}
    found: list[Operation] = []
    for kind, listed, result in KINDS:
        fixed = {"kind": kind}
        found += [
            lists(
                f"/{kind}s", INVOICES, kind=kind, right=READ, result=listed, filters=FILTERS, where=fixed,
                shown=shown_invoices,
            ),
            one(
                f"/{kind}s/{{{kind}}}", INVOICES, kind=kind, right=READ, result=result, where=fixed,
                shown=shown_invoices, expands=EXPANDS,
            ),
        ]  # fmt: skip
    return [
        *found,
        verb(
            "POST", "/credit_notes", IssueCreditNote, right="invoices:write", result=CreditNoteAnswer, status=201,
            example=credit,
        ),
        verb("POST", "/invoices/{invoice}/write_off", WriteOffRest, right="ledger:post", result=DebtAdjustmentAnswer),
        verb(
            "POST", "/bad_debts", RecordBadDebt, right="ledger:post", result=DebtAdjustmentAnswer, status=201,
            example={"customer": "10042"},
        ),
    ]  # fmt: skip


def shown_invoices(connection: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    lines: dict[int, list[Any]] = defaultdict(list)
    for line in rows_by(connection, INVOICE_LINES, "invoice_id", ids):
        lines[line.invoice_id].append(line)
    open_of = open_of_documents(connection, ids)
    return [shown(row, lines[row.id], open_minor=open_of.get(row.id, 0)) for row in rows]
