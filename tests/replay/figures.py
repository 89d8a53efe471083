"""The figures of `expected.json`, asked of the database in SQL of its own, and compared."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

SALES = "invoices JOIN invoice_lines ON invoice_lines.invoice_id = invoices.id"


def differences(connection: Connection, expected: dict[str, Any]) -> list[str]:
    """Every figure that is not as expected, named."""
    return [
        f"{name}: {ours!r} instead of {theirs!r}"
        for name, ours, theirs in _pairs(connection, expected)
        if ours != theirs
    ]


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text())  # type: ignore[no-any-return]


def _pairs(connection: Connection, expected: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    def one(sql: str) -> Any:
        return connection.execute(sa.text(sql)).scalar_one() or 0

    def rows(sql: str) -> list[Any]:
        return [tuple(row) for row in connection.execute(sa.text(sql))]

    totals = expected["totals"]
    yield "invoices", one("SELECT count(*) FROM invoices WHERE kind = 'invoice'"), totals["invoices"]
    yield "credit notes", one("SELECT count(*) FROM invoices WHERE kind = 'credit_note'"), totals["credit_notes"]
    yield "bad debts", one("SELECT count(*) FROM debt_adjustments"), totals["bad_debt_adjustments"]
    yield "invoiced", money(one("SELECT sum(gross_minor) FROM invoices WHERE kind = 'invoice'")), totals["invoiced"]
    yield "credited", money(-one("SELECT sum(gross_minor) FROM invoices WHERE kind <> 'invoice'")), totals["credited"]
    lines = one(f"SELECT count(*) FROM {SALES} WHERE kind = 'invoice' AND price_e4 > 0")
    yield "invoice lines", lines, totals["invoice_lines"]

    ledger = expected["ledger_without_payments"]
    for name, accounts in {
        "accounts_receivable": "'receivable'",
        "sales": "'sales', 'sales_delivery', 'sales_manual', 'sales_voucher', 'sales_other'",
        "sales_returns": "'sales_returns'",
        "bad_debt_expense": "'bad_debt'",
    }.items():
        debit = one(f"SELECT sum(amount_minor) FROM journal WHERE debit IN ({accounts})")
        credit = one(f"SELECT sum(amount_minor) FROM journal WHERE credit IN ({accounts})")
        yield name, money(debit - credit), ledger[name]
    yield "open items", money(one("SELECT sum(open_minor) FROM open_items")), ledger["accounts_receivable"]

    yield "months", _blocks(rows, "substr(issued_on, 1, 7)", _months(rows)), _only(expected["per_month"])
    countries = {name: block for name, block in _only(expected["per_country"]).items() if block[:2] != [0, 0]}
    yield "countries", _blocks(rows, "country", {}), {name: [*block[:5], 0, 0] for name, block in countries.items()}
    yield from _rankings(one, rows, expected)


def _months(rows: Any) -> dict[str, tuple[int, int]]:
    """Documents without an invoice, and bad debts, by month."""
    free = (
        "SELECT substr(placed_on, 1, 7), count(*) FROM orders WHERE NOT EXISTS"
        " (SELECT 1 FROM invoices WHERE order_id = orders.id AND kind = 'invoice') GROUP BY 1"
    )
    stock = "SELECT substr(adjusted_on, 1, 7), count(*) FROM adjustments WHERE reason <> 'opening' GROUP BY 1"
    debts = dict(rows("SELECT substr(posted_on, 1, 7), count(*) FROM debt_adjustments GROUP BY 1"))
    without = dict(rows(free))
    for month, count in rows(stock):
        without[month] = without.get(month, 0) + count
    return {month: (without.get(month, 0), debts.get(month, 0)) for month in {*without, *debts}}


def _blocks(rows: Any, by: str, others: dict[str, tuple[int, int]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    documents = f"SELECT {by}, kind, count(*), sum(gross_minor) FROM invoices GROUP BY 1, 2"
    for name, kind, count, amount in rows(documents):
        block = found.setdefault(name, [0, 0, 0, "0.00", "0.00", *others.get(name, (0, 0))])
        at, sign = (0, 1) if kind == "invoice" else (1, -1)
        block[at], block[3 + at] = count, money(sign * int(amount))
    lines = f"SELECT {by}, count(*) FROM {SALES} WHERE kind = 'invoice' AND price_e4 > 0 GROUP BY 1"
    for name, count in rows(lines):
        found[name][2] = count
    return found


def _only(blocks: dict[str, Any]) -> dict[str, list[Any]]:
    names = ("invoices", "credit_notes", "invoice_lines", "invoiced", "credited", "zero_value_documents",
             "bad_debt_adjustments")  # fmt: skip
    return {key: [block[name] for name in names] for key, block in blocks.items()}


def _rankings(one: Any, rows: Any, expected: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    sold = (
        f"SELECT code, sum(quantity) FROM {SALES} JOIN skus ON skus.id = sku_id"
        " WHERE invoices.kind = 'invoice' AND price_e4 > 0 GROUP BY 1"
    )
    by_code = (
        "SELECT code, sum(CASE WHEN invoices.kind = 'invoice' THEN {what} ELSE -{what} END)"
        f" FROM {SALES} JOIN skus ON skus.id = sku_id WHERE invoices.kind <> 'invoice' OR price_e4 > 0 GROUP BY 1"
    )
    yield "sold", _top(rows(sold)), _pairs_of(expected["top_skus_by_quantity_sold"], "quantity")
    quantities = _top(rows(by_code.format(what="invoice_lines.quantity")))
    yield "sold, net of credits", quantities, _pairs_of(expected["top_skus_by_quantity_net_of_credits"], "quantity")
    revenue = [
        (code, money(amount))
        for code, amount in _top(rows(by_code.format(what="(invoice_lines.net_minor + invoice_lines.tax_minor)")))
    ]
    yield "revenue", revenue, _pairs_of(expected["top_skus_by_net_revenue"], "net_revenue")

    customers = rows(
        "SELECT customers.reference, sum(CASE WHEN invoices.kind = 'invoice' THEN gross_minor ELSE -gross_minor END)"
        " FROM invoices JOIN customers ON customers.id = customer_id GROUP BY 1"
    )
    top = [(name, money(amount)) for name, amount in _top(customers)]
    yield (
        "customers",
        top,
        [(each["customer"], each["net_revenue"]) for each in expected["top_customers_by_net_revenue"]],
    )
    below = sum(amount < 0 for _, amount in customers)
    yield "customers below zero", below, expected["customers_with_negative_net"]
    guest = "FROM invoices WHERE customer_id IS NULL AND kind"
    net = one(f"SELECT sum(gross_minor) {guest} = 'invoice'") - one(f"SELECT sum(gross_minor) {guest} <> 'invoice'")
    yield "guests", money(net), expected["guest"]["net_revenue"]
    yield "guests' invoices", one(f"SELECT count(*) {guest} = 'invoice'"), expected["guest"]["invoices"]
    documents = rows(
        "SELECT reference, CASE WHEN kind = 'invoice' THEN gross_minor ELSE -gross_minor END FROM invoices"
        " UNION ALL SELECT reference, -amount_minor FROM debt_adjustments"
    )
    largest = sorted(((name, int(amount)) for name, amount in documents), key=lambda each: (-abs(each[1]), each[0]))[
        :10
    ]
    theirs = [(each["no"], each["amount"]) for each in expected["largest_documents"]]
    yield "largest", sorted((name, money(amount)) for name, amount in largest), sorted(theirs)
    traced = expected["credit_lines_traced_to_earlier_sales"]["covered_quantity"]
    yield "traced", one("SELECT sum(quantity) FROM credit_traces"), traced


def _top(found: list[Any], n: int = 10) -> list[tuple[str, int]]:
    return sorted(((name, int(value)) for name, value in found), key=lambda each: (-each[1], each[0]))[:n]


def _pairs_of(ranking: list[dict[str, Any]], name: str) -> list[tuple[str, Any]]:
    return [(each["stock_code"], each[name]) for each in ranking]


def money(minor: Any) -> str:
    return format(Decimal(int(minor)).scaleb(-2), ".2f")
