"""Reports. Amounts are whole minor units of `currency`; `parameters` are those that were asked with, or null."""

from typing import Any, Literal

from typing_extensions import TypedDict

from ...reports import Report


class SalesAmounts(TypedDict):
    invoices: int
    credit_notes: int
    invoiced_net: int
    credited_net: int
    tax: int
    net: int
    gross: int


class DaySales(SalesAmounts):
    day: str


class MonthSales(SalesAmounts):
    month: str


class CountrySales(SalesAmounts):
    country: str


class ChannelSales(SalesAmounts):
    channel: str | None
    name: str | None


class CustomerSales(SalesAmounts):
    customer: str | None
    reference: str | None
    name: str | None


class ProductSales(TypedDict):
    sku: str
    name: str
    product: str | None
    sold: str
    credited: str
    quantity: str
    invoiced_net: int
    credited_net: int
    tax: int
    net: int
    gross: int


class ProductTotals(TypedDict):
    invoiced_net: int
    credited_net: int
    tax: int
    net: int
    gross: int


class Margin(TypedDict):
    """`percent` is of the sales, with a decimal; null where nothing was sold."""

    net: int
    cost: int
    margin: int
    percent: str | None


class MonthMargin(Margin):
    month: str


class ChannelMargin(Margin):
    channel: str | None
    name: str | None


class ProductMargin(Margin):
    sku: str
    name: str


class CustomerTotals(TypedDict):
    orders: int
    ordered: int
    invoiced: int
    credited: int
    lifetime_value: int
    lifetime_net: int
    open_balance: int


class CustomerFigures(CustomerTotals):
    customer: str
    reference: str
    name: str
    first_order_on: str | None
    last_order_on: str | None
    average_order: int


class StockValue(TypedDict):
    sku: str
    name: str
    location: str
    quantity: str
    value: int


class StockTotals(TypedDict):
    value: int


class Backorder(TypedDict):
    order: str
    reference: str
    line: int
    sku: str
    description: str
    location: str
    quantity: str
    customer: str | None
    customer_name: str | None
    placed_on: str
    days: int


class BackorderTotals(TypedDict):
    orders: int
    lines: int


class BalanceTotals(TypedDict):
    debit: int
    credit: int
    balance: int


class Balance(BalanceTotals):
    account: str
    name: str
    kind: str


class CardLine(TypedDict):
    posted_on: str
    template: str
    other_account: str
    document: str
    amount: int
    balance: int
    event: str


class VatRate(TypedDict):
    rate: str
    invoiced_net: int
    invoiced_tax: int
    credited_net: int
    credited_tax: int
    net: int
    tax: int


class VatTotals(TypedDict):
    net: int
    tax: int
    posted_tax: int
    other_postings: int
    to_reclaim: int


# How long overdue, in days: names that Python could not write as members.
Ages = TypedDict(
    "Ages", {"current": int, "1-30": int, "31-60": int, "61-90": int, "90+": int, "credit": int, "total": int}
)


class Debtor(Ages):
    customer: str | None
    reference: str | None
    name: str | None


class PromisedTotals(TypedDict):
    promised: int
    kept: int
    late: int
    open: int


class PromisedDay(PromisedTotals):
    day: str
    channel: str


class LatePromise(TypedDict):
    order: str
    reference: str
    channel: str
    method: str
    promised_on: str
    shipped_on: str | None
    delivered_on: str | None


# Report → a row of it, its totals (None where it has none), and what else is in its answer.
SHAPES: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "trial_balance": (Balance, BalanceTotals, {}),
    "ledger_card": (
        CardLine, None,
        {"balance_before": int, "balance_after": int, "has_more": bool, "next_cursor": str | None},
    ),
    "vat_summary": (VatRate, VatTotals, {}),
    "customer_figures": (CustomerFigures, CustomerTotals, {}),
    "receivables": (Debtor, Ages, {"on": str}),
    "sales_by_day": (DaySales, SalesAmounts, {}),
    "sales_by_month": (MonthSales, SalesAmounts, {}),
    "sales_by_country": (CountrySales, SalesAmounts, {}),
    "sales_by_channel": (ChannelSales, SalesAmounts, {}),
    "sales_by_customer": (CustomerSales, SalesAmounts, {}),
    "sales_by_product": (ProductSales, ProductTotals, {}),
    "margin_by_month": (MonthMargin, Margin, {}),
    "margin_by_channel": (ChannelMargin, Margin, {}),
    "margin_by_product": (ProductMargin, Margin, {}),
    "stock_value": (StockValue, StockTotals, {}),
    "on_time": (PromisedDay, PromisedTotals, {"late": list[LatePromise]}),
    "backorders": (Backorder, BackorderTotals, {}),
}  # fmt: skip


def answer_of(report: Report) -> Any:
    """A report's name, its parameters as they were asked, and what it found."""
    row, totals, more = SHAPES[report.name]
    words = "".join(word.capitalize() for word in report.name.split("_"))
    asked: Any = dict.fromkeys(report.parameters, str | None)
    fields: Any = {
        "object": Literal["report"], "name": Literal[report.name], "currency": str,
        "parameters": TypedDict(f"{words}Parameters", asked), "data": list[row],  # type: ignore[valid-type, operator]
        **({"totals": totals} if totals is not None else {}), **more,
    }  # fmt: skip
    return TypedDict(f"{words}Report", fields)  # type: ignore[operator]


class ReportNameAnswer(TypedDict):
    """What a report answers, and its parameters with what they mean."""

    name: str
    about: str
    parameters: dict[str, str]
