"""The books: what is owed and by whom, payments, and the journal with all that is summed from it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from ...flows.keep_books import PostManualEntry, ReverseEntry
from ...kit.errors import NotFound
from ...kit.sentences import Sentence
from ...ledger.model import CHART, CONTROL_ACCOUNTS
from ...payments.model import METHODS
from ...reports import REPORTS, accounts
from ...values.calendar import add_days, is_day
from ...values.ids import KINDS
from ..addresses import N_, Entry, WebAddress, form, page
from ..visit import Visit

LEDGER, PAYMENTS, POST = "ledger:read", "payments:read", "ledger:post"
BOOKS = "/accounting/books"
PER_PAGE = 100

NAVIGATION = [
    Entry(N_("Receivables"), "/accounting/receivables", "report-money", LEDGER, "Money"),
    Entry(N_("Payments"), "/accounting/payments", "coins", PAYMENTS, "Money"),
    Entry(N_("Books"), BOOKS, "book-2", LEDGER, "Money", "l"),
]

ACCOUNTS = {
    "cash": N_("Cash in the till"),
    "bank": N_("Bank"),
    "pin": N_("PIN terminal, not yet paid out"),
    "provider": N_("Payment provider, not yet paid out"),
    "receivable": N_("Accounts receivable"),
    "inventory": N_("Stock at cost"),
    "vat_receivable": N_("VAT to reclaim"),
    "payable": N_("Accounts payable"),
    "goods_received": N_("Goods received, not yet invoiced"),
    "vat_payable": N_("VAT to pay"),
    "vouchers": N_("Gift vouchers outstanding"),
    "opening": N_("Opening balance"),
    "sales": N_("Sales of goods"),
    "sales_delivery": N_("Delivery charged"),
    "sales_manual": N_("Manual sales"),
    "sales_voucher": N_("Vouchers sold"),
    "sales_other": N_("Other sales"),
    "sales_returns": N_("Returns and credit notes"),
    "cost_of_goods": N_("Cost of goods sold"),
    "stock_differences": N_("Stock differences"),
    "scrap": N_("Scrapped goods"),
    "bad_debt": N_("Bad debt"),
    "rounding": N_("Rounding and payment differences"),
    "cash_differences": N_("Cash over and short"),
    "petty_expenses": N_("Small expenses paid in cash"),
    "provider_fees": N_("Payment provider fees"),
}
ACCOUNT_KINDS = {
    "asset": N_("Assets"),
    "liability": N_("Liabilities"),
    "equity": N_("Equity"),
    "income": N_("Income"),
    "expense": N_("Expenses"),
}
TEMPLATES = {
    "invoice": N_("Invoice"),
    "credit_note": N_("Credit note"),
    "cost_of_goods": N_("Cost of goods sold"),
    "goods_back": N_("Goods came back"),
    "goods_received": N_("Goods received"),
    "goods_sent_back": N_("Goods sent back to the supplier"),
    "supplier_invoice": N_("Supplier's invoice"),
    "supplier_payment": N_("Supplier paid"),
    "opening_stock": N_("Opening stock"),
    "stock_difference": N_("Stock difference"),
    "scrap": N_("Scrapped goods"),
    "payment": N_("Payment"),
    "refund": N_("Refund"),
    "payout": N_("Payout"),
    "cash_movement": N_("Cash paid in or out"),
    "cash_difference": N_("Cash over and short"),
    "bad_debt": N_("Bad debt"),
    "write_off": N_("Small rest written off"),
    "manual": N_("Entry by hand"),
}
BUCKETS = {
    "current": N_("Not yet due"),
    "1-30": N_("1–30 days"),
    "31-60": N_("31–60 days"),
    "61-90": N_("61–90 days"),
    "90+": N_("Over 90 days"),
    "credit": N_("Credit not used"),
}
PAGES_OF = {"invoice": "/accounting/invoices", "credit_note": "/accounting/invoices", "payment": "/accounting/payments",
            "order": "/orders", "purchase_order": "/purchasing/orders", "return": "/returns"}  # fmt: skip


def addresses() -> list[WebAddress]:
    return [
        page("/accounting/receivables", receivables, right=LEDGER, template="accounting/receivables.html"),
        page("/accounting/receivables/{customer}", items, right=LEDGER, template="accounting/items.html"),
        page("/accounting/payments", paid, right=PAYMENTS, template="accounting/payments.html"),
        page("/accounting/payments/{payment}", payment, right=PAYMENTS, template="accounting/payment.html"),
        page(BOOKS, balance, right=LEDGER, template="accounting/balance.html"),
        page(f"{BOOKS}/journal", journal, right=LEDGER, template="accounting/journal.html"),
        page(f"{BOOKS}/entries/{{event}}", entry, right=LEDGER, template="accounting/entry.html"),
        page(f"{BOOKS}/accounts/{{account}}", card, right=LEDGER, template="accounting/card.html"),
        page(f"{BOOKS}/vat", vat, right=LEDGER, template="accounting/vat.html"),
        form("/accounting/manual-entries", PostManualEntry, right=POST, done=N_("The entry is posted.")),
        form(
            "/accounting/manual-entries/{entry}/reverse", ReverseEntry, right=POST,
            done=N_("The entry is taken back."),
        ),
    ]  # fmt: skip


def path_of(document: str, id_: str, event: str = "", of: str = "") -> str | None:
    """Where the source of a figure is looked at: the document's own page, that of what it belongs to (`of`), else the
    entry that was posted for it."""
    at = PAGES_OF.get(document)
    if at is not None:
        return f"{at}/{id_}"
    if of:
        return f"{PAGES_OF[KINDS[of.partition('_')[0]]]}/{of}"
    return f"{BOOKS}/entries/{event}" if event else None


def words() -> dict[str, Any]:
    """What the templates of the books call things."""
    return {"accounts": ACCOUNTS, "kinds": TEMPLATES, "account_kinds": ACCOUNT_KINDS, "path_of": path_of}


# -- what is owed, what was paid


def receivables(visit: Visit) -> Mapping[str, Any]:
    on, asked = _day(visit.ask("on")), visit.ask("cursor") or ""
    start = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 9 else 0
    found = REPORTS["receivables"](visit.connection, on=on)
    end = start + PER_PAGE
    return {
        "report": found, "rows": found["data"][start:end], "start": start,
        "more": end if end < len(found["data"]) else None, "buckets": BUCKETS, "on": on,
    }  # fmt: skip


def items(visit: Visit) -> Mapping[str, Any]:
    name = visit.path["customer"]
    found = accounts.open_items(visit.connection, None if name == "unknown" else name, today=visit.today)
    return {**found, "buckets": BUCKETS, **words()}


def paid(visit: Visit) -> Mapping[str, Any]:
    found = accounts.payments(
        visit.connection, method=visit.ask("method", allowed=METHODS), first=_day(visit.ask("from")),
        last=_day(visit.ask("to")), cursor=visit.ask("cursor"),
    )  # fmt: skip
    return {**found, "filters": _without(visit, "cursor"), "methods": METHODS}


def payment(visit: Visit) -> Mapping[str, Any]:
    return {"payment": accounts.payment(visit.connection, visit.path["payment"]), **words()}


# -- the books


def balance(visit: Visit) -> Mapping[str, Any]:
    through = _day(visit.ask("through"))
    found = REPORTS["trial_balance"](visit.connection, through=through)
    return {"report": found, "through": through, **words()}


def journal(visit: Visit) -> Mapping[str, Any]:
    first, last = period_of(visit)
    codes = tuple(account.code for account in CHART)
    found = accounts.journal(
        visit.connection, first=first, last=last, account=visit.ask("account", allowed=codes),
        template=visit.ask("template", allowed=tuple(TEMPLATES)), limit=PER_PAGE, cursor=visit.ask("cursor"),
    )  # fmt: skip
    return {
        **found, "filters": _without(visit, "cursor"), "first": first, "last": last,
        "periods": periods(visit.today), "by_hand": [each for each in codes if each not in CONTROL_ACCOUNTS], **words(),
    }  # fmt: skip


def entry(visit: Visit) -> Mapping[str, Any]:
    return {"entry": accounts.entry(visit.connection, visit.path["event"]), **words()}


def card(visit: Visit) -> Mapping[str, Any]:
    code = visit.path["account"]
    if code not in ACCOUNTS:
        raise NotFound(Sentence("There is no account {name!r}.", name=code))
    first, last = period_of(visit)
    found = REPORTS["ledger_card"](
        visit.connection, account=code, limit=PER_PAGE, cursor=visit.ask("cursor"), **{"from": first, "to": last}
    )
    found["data"] = accounts.with_documents(visit.connection, found["data"])
    return {"report": found, "account": code, "filters": _without(visit, "cursor"), "first": first, "last": last,
            "periods": periods(visit.today), **words()}  # fmt: skip


def vat(visit: Visit) -> Mapping[str, Any]:
    first, last = period_of(visit, otherwise=2)
    found = REPORTS["vat_summary"](visit.connection, **{"from": first, "to": last})
    return {"report": found, "first": first, "last": last, "periods": periods(visit.today), **words()}


# -- periods


def period_of(visit: Visit, *, otherwise: int = 0) -> tuple[str, str]:
    """The days that are asked for; those of one of the usual periods where nobody asks."""
    _, first, last = periods(visit.today)[otherwise]
    return _day(visit.ask("from")) or first, _day(visit.ask("to")) or last


def periods(today: str) -> list[tuple[str, str, str]]:
    """What people ask for most: label, first day, last day."""
    start = date.fromisoformat(today).replace(day=1)
    before = (start - timedelta(days=1)).replace(day=1)
    quarter = start.replace(month=(start.month - 1) // 3 * 3 + 1)
    last_quarter = (quarter - timedelta(days=1)).replace(day=1)
    last_quarter = last_quarter.replace(month=(last_quarter.month - 1) // 3 * 3 + 1)
    return [
        (N_("This month"), start.isoformat(), today),
        (N_("Last month"), before.isoformat(), add_days(start.isoformat(), -1)),
        (N_("This quarter"), quarter.isoformat(), today),
        (N_("Last quarter"), last_quarter.isoformat(), add_days(quarter.isoformat(), -1)),
        (N_("This year"), start.replace(month=1).isoformat(), today),
    ]


def _day(text: str | None) -> str | None:
    return text if text is not None and is_day(text) else None


def _without(visit: Visit, *names: str) -> dict[str, str]:
    return {name: value for name, value in visit.query.items() if name not in names}
