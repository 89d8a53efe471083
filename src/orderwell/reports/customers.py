"""What each customer has bought and owes: figures that equal the documents behind them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.engine import Connection

from ..customers.queries import families
from ..values.ids import show
from ..values.money import divide_half_away
from .question import Answer, customer_id, report, rows

FIGURES = """
    SELECT c.id, c.reference, c.name, COALESCE(o.orders, 0) AS orders, COALESCE(o.ordered, 0) AS ordered,
           o.first_order_on, o.last_order_on, COALESCE(i.invoiced, 0) AS invoiced, COALESCE(i.credited, 0) AS credited,
           COALESCE(i.net, 0) AS lifetime_net, COALESCE(b.balance, 0) AS open_balance
    FROM customers c
    LEFT JOIN (SELECT {kept} AS customer_id, COUNT(*) AS orders, SUM(gross_minor) AS ordered,
                      MIN(placed_on) AS first_order_on, MAX(placed_on) AS last_order_on
               FROM orders d {merged} WHERE d.status = 'placed' {only_customer} GROUP BY {kept}) o
           ON o.customer_id = c.id
    LEFT JOIN (SELECT {kept} AS customer_id, SUM(CASE WHEN d.kind = 'invoice' THEN gross_minor ELSE 0 END) AS invoiced,
                      SUM(CASE WHEN d.kind = 'invoice' THEN 0 ELSE gross_minor END) AS credited,
                      SUM(CASE WHEN d.kind = 'invoice' THEN net_minor ELSE -net_minor END) AS net
               FROM invoices d {merged} WHERE d.customer_id IS NOT NULL {only_customer} GROUP BY {kept}) i
           ON i.customer_id = c.id
    LEFT JOIN (SELECT COALESCE(m.merged_into_id, d.party_id) AS party_id, SUM(d.open_minor) AS balance
               FROM open_items d LEFT JOIN customers m ON m.id = d.party_id
               WHERE d.account = 'receivable' AND d.open_minor <> 0 {only_party}
               GROUP BY COALESCE(m.merged_into_id, d.party_id)) b ON b.party_id = c.id
    WHERE c.merged_into_id IS NULL {only}
"""
KEPT = "COALESCE(m.merged_into_id, d.customer_id)"  # documents name who they were made for, figures who is kept
MERGED = "LEFT JOIN customers m ON m.id = d.customer_id"


@report
def customer_figures(connection: Connection, *, customer: str | None = None, limit: int | None = None) -> Answer:
    """Of one customer or all, most valuable first: orders, what they are worth to us, and what they owe.

    `lifetime_value` is invoiced less credited, with VAT; `lifetime_net` without. `average_order` is what the orders
    that stand come to, shared by their number. `open_balance` below zero is the customer's credit.
    """
    only = [customer_id(connection, customer)] if customer is not None else None
    data = [_figures(row) for row in _found(connection, only)]
    data.sort(key=lambda row: (-row["lifetime_value"], row["reference"]))
    summed = ("orders", "ordered", "invoiced", "credited", "lifetime_value", "lifetime_net", "open_balance")
    return {"data": data[:limit], "totals": {each: sum(row[each] for row in data) for each in summed}}


def figures_of(connection: Connection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The same figures for some customers, by id: for a page of them."""
    return {row["id"]: _figures(row) for row in _found(connection, list(ids))}


def _found(connection: Connection, ids: list[int] | None) -> list[dict[str, Any]]:
    if ids is None:
        return rows(connection, FIGURES.format(kept=KEPT, merged=MERGED, only_customer="", only_party="", only=""))
    if not ids:
        return []
    names = {f"id{n}": each for n, each in enumerate(families(connection, ids))}
    listed = f"({', '.join(f':{name}' for name in names)})"
    sql = FIGURES.format(
        kept=KEPT, merged=MERGED, only_customer=f"AND d.customer_id IN {listed}",
        only_party=f"AND d.party_id IN {listed}", only=f"AND c.id IN {listed}",
    )  # fmt: skip
    return rows(connection, sql, **names)


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "customer": show("customer", row["id"]),
        **{each: value for each, value in row.items() if each != "id"},
        "lifetime_value": row["invoiced"] - row["credited"],
        "average_order": divide_half_away(row["ordered"], row["orders"]) if row["orders"] else 0,
    }
