"""Every posting template: it nets to zero, and each account ends where the document says.

The test goes through the register: a template without a proof fails it, and so does a proof of nothing.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwell.ledger.model import ACCOUNTS, REVENUE_ACCOUNTS
from orderwell.ledger.templates import TEMPLATES, reverse

AMOUNT = st.integers(-(10**12), 10**12)
MONEY_ACCOUNT = st.sampled_from(["cash", "bank", "pin", "provider"])
TRANSFER = st.tuples(st.sampled_from(sorted(ACCOUNTS)), st.sampled_from(sorted(ACCOUNTS)), AMOUNT)
TWO_ACCOUNTS = TRANSFER.filter(lambda each: each[0] != each[1])


class Proof(NamedTuple):
    """What a document may hold, and where that leaves each account (debit less credit; others stay at zero)."""

    document: Mapping[str, st.SearchStrategy[Any]]
    leaves: Callable[..., Mapping[str, int]]


def one(name: str, up: str, down: str) -> Proof:
    """A template of one amount that raises one account and lowers another."""
    return Proof({name: AMOUNT}, lambda **document: {up: document[name], down: -document[name]})


def _invoice(net_by_revenue: Mapping[str, int], tax_minor: int) -> dict[str, int]:
    earned = {REVENUE_ACCOUNTS[kind]: -net for kind, net in net_by_revenue.items()}
    return {"receivable": sum(net_by_revenue.values()) + tax_minor, "vat_payable": -tax_minor, **earned}


def _manual(transfers: list[tuple[str, str, int]]) -> Counter[str]:
    left: Counter[str] = Counter()
    for debit, credit, amount in transfers:
        left[debit] += amount
        left[credit] -= amount
    return left


PROOFS = {
    "invoice": Proof(
        {"net_by_revenue": st.dictionaries(st.sampled_from(sorted(REVENUE_ACCOUNTS)), AMOUNT), "tax_minor": AMOUNT},
        _invoice,
    ),
    "credit_note": Proof(
        {"net_minor": AMOUNT, "tax_minor": AMOUNT},
        lambda net_minor, tax_minor: {
            "sales_returns": net_minor, "vat_payable": tax_minor, "receivable": -net_minor - tax_minor,
        },
    ),
    "cost_of_goods": one("cost_minor", "cost_of_goods", "inventory"),
    "goods_back": one("cost_minor", "inventory", "cost_of_goods"),
    "goods_received": one("cost_minor", "inventory", "goods_received"),
    "goods_sent_back": Proof(
        {"cost_minor": AMOUNT, "taken_minor": AMOUNT},
        lambda cost_minor, taken_minor: {
            "goods_received": cost_minor, "inventory": -taken_minor, "stock_differences": taken_minor - cost_minor,
        },
    ),
    "supplier_invoice": Proof(
        {"goods_minor": AMOUNT, "difference_minor": AMOUNT, "tax_minor": AMOUNT},
        lambda goods_minor, difference_minor, tax_minor: {
            "goods_received": goods_minor, "stock_differences": difference_minor, "vat_receivable": tax_minor,
            "payable": -goods_minor - difference_minor - tax_minor,
        },
    ),
    "supplier_payment": one("amount_minor", "payable", "bank"),
    "opening_stock": one("cost_minor", "inventory", "opening"),
    "stock_difference": one("cost_minor", "inventory", "stock_differences"),
    "scrap": one("cost_minor", "scrap", "inventory"),
    "payment": Proof(
        {"account": MONEY_ACCOUNT, "received_minor": AMOUNT, "rounding_minor": AMOUNT},
        lambda account, received_minor, rounding_minor: {
            account: received_minor, "rounding": rounding_minor, "receivable": -received_minor - rounding_minor,
        },
    ),
    "refund": Proof(
        {"account": MONEY_ACCOUNT, "paid_minor": AMOUNT, "rounding_minor": AMOUNT},
        lambda account, paid_minor, rounding_minor: {
            account: -paid_minor, "rounding": -rounding_minor, "receivable": paid_minor + rounding_minor,
        },
    ),
    "payout": Proof(
        {"account": st.sampled_from(["pin", "provider"]), "amount_minor": AMOUNT, "fee_minor": AMOUNT},
        lambda account, amount_minor, fee_minor: {
            "bank": amount_minor, "provider_fees": fee_minor, account: -amount_minor - fee_minor,
        },
    ),
    "cash_movement": Proof(
        {"account": st.sampled_from(sorted(set(ACCOUNTS) - {"cash"})), "amount_minor": AMOUNT},
        lambda account, amount_minor: {"cash": amount_minor, account: -amount_minor},
    ),
    "cash_difference": one("amount_minor", "cash", "cash_differences"),
    "bad_debt": one("amount_minor", "bad_debt", "receivable"),
    "write_off": one("amount_minor", "rounding", "receivable"),
    "manual": Proof({"transfers": st.lists(TWO_ACCOUNTS)}, _manual),
}  # fmt: skip


def test_every_template_has_a_proof_and_every_proof_a_template() -> None:
    assert sorted(PROOFS) == sorted(TEMPLATES)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
@given(data=st.data())
def test_a_template_nets_to_zero_and_leaves_each_account_where_the_document_says(
    name: str, data: st.DataObject
) -> None:
    assert name in PROOFS, f"template {name} has no proof: say here where it leaves each account"
    document = data.draw(st.fixed_dictionaries(dict(PROOFS[name].document)))
    transfers = TEMPLATES[name](**document)

    left: Counter[str] = Counter({code: 0 for code in ACCOUNTS})
    for debit, credit, amount in transfers:
        assert amount > 0
        assert debit != credit
        left[debit] += amount
        left[credit] -= amount
    expected = PROOFS[name].leaves(**document)
    assert sum(left.values()) == 0
    assert dict(left) == {code: expected.get(code, 0) for code in ACCOUNTS}


@given(st.lists(TWO_ACCOUNTS))
def test_taking_an_entry_back_leaves_nothing(written: list[tuple[str, str, int]]) -> None:
    transfers = TEMPLATES["manual"](transfers=written)
    left: Counter[str] = Counter()
    for debit, credit, amount in [*transfers, *reverse(transfers)]:
        left[debit] += amount
        left[credit] -= amount
    assert not any(left.values())
