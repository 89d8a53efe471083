"""Accounts, the journal, open items."""

from typing import NamedTuple


class Account(NamedTuple):
    code: str
    name: str
    kind: str  # 'asset', 'liability', 'equity', 'income' or 'expense'


CHART = (
    Account("cash", "Cash in the till", "asset"),
    Account("bank", "Bank", "asset"),
    Account("pin", "PIN terminal, not yet paid out", "asset"),
    Account("provider", "Payment provider, not yet paid out", "asset"),
    Account("receivable", "Accounts receivable", "asset"),
    Account("inventory", "Stock at cost", "asset"),
    Account("vat_receivable", "VAT to reclaim", "asset"),
    Account("payable", "Accounts payable", "liability"),
    Account("goods_received", "Goods received, not yet invoiced", "liability"),
    Account("vat_payable", "VAT to pay", "liability"),
    Account("vouchers", "Gift vouchers outstanding", "liability"),
    Account("opening", "Opening balance", "equity"),
    Account("sales", "Sales of goods", "income"),
    Account("sales_delivery", "Delivery charged", "income"),
    Account("sales_manual", "Manual sales", "income"),
    Account("sales_voucher", "Vouchers sold", "income"),
    Account("sales_other", "Other sales", "income"),
    Account("sales_returns", "Returns and credit notes", "income"),
    Account("cost_of_goods", "Cost of goods sold", "expense"),
    Account("stock_differences", "Stock differences", "expense"),
    Account("scrap", "Scrapped goods", "expense"),
    Account("bad_debt", "Bad debt", "expense"),
    Account("rounding", "Rounding and payment differences", "expense"),
    Account("cash_differences", "Cash over and short", "expense"),
    Account("petty_expenses", "Small expenses paid in cash", "expense"),
    Account("provider_fees", "Payment provider fees", "expense"),
)
ACCOUNTS = {account.code: account for account in CHART}

CONTROL_ACCOUNTS = ("receivable", "payable", "inventory")  # each is the sum of its own records: never posted by hand

REVENUE_ACCOUNTS = {
    "goods": "sales",
    "delivery": "sales_delivery",
    "manual": "sales_manual",
    "voucher": "sales_voucher",
    "other": "sales_other",
}


class Transfer(NamedTuple):
    """An amount above zero, in minor units, from one account (credit) to another (debit)."""

    debit: str
    credit: str
    amount_minor: int


class Posting(NamedTuple):
    """One transfer in the journal. It cannot be unbalanced, and it is never changed: mistakes are posted back."""

    event_id: int
    n: int
    entry_id: int  # transfers of one document's entry share it
    posted_on: str  # business day
    template: str
    debit: str
    credit: str
    amount_minor: int
    currency: str
    document: str  # kind of the document behind it: 'invoice', 'payment', 'parcel' …
    document_id: int


class Books(NamedTuple):
    """What holds for the journal as a whole."""

    id: int
    version: int
    locked_through: str  # day; '' when nothing is locked


class OpenItem(NamedTuple):
    """Something owed to us (above zero) or by us (below): an invoice, credit note, payment, adjustment.

    The open amounts of all items of an account sum to that account's balance.
    """

    id: int
    version: int
    account: str  # 'receivable' or 'payable'
    party_id: int | None  # customer or supplier; None: guests, and debtors nobody knows
    order_id: int | None
    document: str
    document_id: int
    currency: str
    amount_minor: int
    open_minor: int
    opened_on: str
    due_on: str


class DebtAdjustment(NamedTuple):
    """A receivable given up: a bad debt, or a rest too small to chase. Below zero it is owed after all."""

    id: int
    event_id: int
    kind: str  # 'bad_debt' or 'write_off'
    channel_id: int | None  # who sent it under its own reference, unique there
    reference: str
    customer_id: int | None  # None: a debtor nobody knows
    currency: str
    amount_minor: int  # what the receivable falls by
    posted_on: str
    note: str


class ManualEntry(NamedTuple):
    """An entry an accountant wrote by hand. `reverses_id` is the one it takes back."""

    id: int
    event_id: int
    reverses_id: int | None
    currency: str
    posted_on: str
    note: str


class ManualTransfer(NamedTuple):
    entry_id: int
    n: int
    debit: str
    credit: str
    amount_minor: int


class Settlement(NamedTuple):
    """Part of an item that is owed set off against part of one that was paid or credited."""

    event_id: int
    n: int
    debit_item: int
    credit_item: int
    amount_minor: int
