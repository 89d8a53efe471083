"""The ledger's own questions: trial balance, ledger card, VAT."""

from collections import Counter
from typing import Any

from sqlalchemy.engine import Connection

from ..kit.errors import Invalid
from ..kit.sentences import Sentence
from ..ledger.model import CHART
from ..values.ids import PREFIXES, parse, show
from ..values.money import scaled_text
from .question import Answer, period, report, rows

CHART_ORDER = [account.code for account in CHART]

ACCOUNTS = "SELECT code, name, kind FROM accounts"
TURNOVER = """
    SELECT debit, credit, SUM(amount_minor) AS amount FROM journal WHERE posted_on <= :last GROUP BY debit, credit
"""


@report
def trial_balance(connection: Connection, *, through: str | None = None) -> Answer:
    """Every account with what was debited and credited, and the balance: debit less credit. They sum to zero."""
    debit: Counter[str] = Counter()
    credit: Counter[str] = Counter()
    for row in rows(connection, TURNOVER, **period(None, through)):
        debit[row["debit"]] += row["amount"]
        credit[row["credit"]] += row["amount"]
    data = [
        {
            "account": row["code"], "name": row["name"], "kind": row["kind"], "debit": debit[row["code"]],
            "credit": credit[row["code"]], "balance": debit[row["code"]] - credit[row["code"]],
        }
        for row in sorted(rows(connection, ACCOUNTS), key=lambda row: CHART_ORDER.index(row["code"]))
    ]  # fmt: skip
    return {"data": data, "totals": {each: sum(row[each] for row in data) for each in ("debit", "credit", "balance")}}


CARD = """
    SELECT posted_on, event_id, n, template, document, document_id,
           CASE WHEN debit = :account THEN credit ELSE debit END AS other,
           CASE WHEN debit = :account THEN amount_minor ELSE -amount_minor END AS amount
    FROM journal
    WHERE (debit = :account OR credit = :account) AND posted_on BETWEEN :first AND :last
      AND (posted_on > :day OR (posted_on = :day AND (event_id > :event OR (event_id = :event AND n > :n))))
    ORDER BY posted_on, event_id, n LIMIT :limit
"""
BALANCE_BEFORE = """
    SELECT COALESCE(SUM(CASE WHEN debit = :account THEN amount_minor ELSE -amount_minor END), 0) AS balance
    FROM journal
    WHERE (debit = :account OR credit = :account)
      AND (posted_on < :day OR (posted_on = :day AND (event_id < :event OR (event_id = :event AND n <= :n))))
"""


@report
def ledger_card(
    connection: Connection, *, account: str, from_: str | None = None, to: str | None = None,
    limit: int = 1_000, cursor: str | None = None,
) -> Answer:  # fmt: skip
    """One account: the balance before, every transfer with the account on its other side, and the balance after."""
    bounds = period(from_, to)
    after = _place(cursor) if cursor is not None else {"day": bounds["first"], "event": 0, "n": -1}
    before = rows(connection, BALANCE_BEFORE, account=account, **after)[0]["balance"]
    found = rows(connection, CARD, account=account, limit=limit + 1, **bounds, **after)
    balance = before
    data = []
    for row in found[:limit]:
        balance += row["amount"]
        data.append(
            {
                "posted_on": row["posted_on"], "template": row["template"], "other_account": row["other"],
                "document": _document(row), "amount": row["amount"], "balance": balance,
                "event": show("event", row["event_id"]),
            }
        )  # fmt: skip
    more = len(found) > limit
    last = found[limit - 1] if more else None
    return {
        "balance_before": before,
        "data": data,
        "balance_after": balance,
        "has_more": more,
        "next_cursor": f"{last['posted_on']}.{show('event', last['event_id'])}.{last['n']}" if last else None,
    }


def _place(cursor: str) -> dict[str, Any]:
    day, event, n = (*cursor.split("."), "", "")[:3]
    number = parse("event", event)
    if number is None or not (n.isascii() and n.isdigit() and len(n) < 10):
        raise Invalid.at("/cursor", Sentence("{cursor!r} is no cursor of this report.", cursor=cursor))
    return {"day": day, "event": number, "n": int(n)}


def _document(row: dict[str, Any]) -> str:
    return show(row["document"], row["document_id"]) if row["document"] in PREFIXES else str(row["document"])


VAT = """
    SELECT l.rate_bp,
           SUM(CASE WHEN i.kind = 'invoice' THEN l.net_minor ELSE 0 END) AS invoiced_net,
           SUM(CASE WHEN i.kind = 'invoice' THEN l.tax_minor ELSE 0 END) AS invoiced_tax,
           SUM(CASE WHEN i.kind = 'invoice' THEN 0 ELSE l.net_minor END) AS credited_net,
           SUM(CASE WHEN i.kind = 'invoice' THEN 0 ELSE l.tax_minor END) AS credited_tax
    FROM invoices i JOIN invoice_lines l ON l.invoice_id = i.id
    WHERE i.issued_on BETWEEN :first AND :last
    GROUP BY l.rate_bp ORDER BY l.rate_bp
"""
POSTED_VAT = """
    SELECT COALESCE(SUM(CASE WHEN template NOT IN ('invoice', 'credit_note') THEN 0
                             WHEN credit = 'vat_payable' THEN amount_minor
                             WHEN debit = 'vat_payable' THEN -amount_minor ELSE 0 END), 0) AS of_documents,
           COALESCE(SUM(CASE WHEN template IN ('invoice', 'credit_note') THEN 0
                             WHEN credit = 'vat_payable' THEN amount_minor
                             WHEN debit = 'vat_payable' THEN -amount_minor ELSE 0 END), 0) AS of_others,
           COALESCE(SUM(CASE WHEN debit = 'vat_receivable' THEN amount_minor
                             WHEN credit = 'vat_receivable' THEN -amount_minor ELSE 0 END), 0) AS to_reclaim
    FROM journal
    WHERE posted_on BETWEEN :first AND :last
      AND (debit IN ('vat_payable', 'vat_receivable') OR credit IN ('vat_payable', 'vat_receivable'))
"""


@report
def vat_summary(connection: Connection, *, from_: str | None = None, to: str | None = None) -> Answer:
    """What was invoiced and credited at each rate, and the VAT on it, beside what the journal posted in that time."""
    bounds = period(from_, to)
    data = [
        {
            "rate": scaled_text(row["rate_bp"], 2),
            **{each: row[each] for each in ("invoiced_net", "invoiced_tax", "credited_net", "credited_tax")},
            "net": row["invoiced_net"] - row["credited_net"],
            "tax": row["invoiced_tax"] - row["credited_tax"],
        }
        for row in rows(connection, VAT, **bounds)
    ]
    posted = rows(connection, POSTED_VAT, **bounds)[0]
    totals = {"net": sum(row["net"] for row in data), "tax": sum(row["tax"] for row in data)}
    journal = {"posted_tax": posted["of_documents"], "other_postings": posted["of_others"]}
    return {"data": data, "totals": {**totals, **journal, "to_reclaim": posted["to_reclaim"]}}
