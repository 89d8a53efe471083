"""The journal in other programs' words: read back by a parser of our own, and (`make prove`) by the programs."""

import csv
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from orderwell.flows.issue_credit_note import CreditLine, IssueCreditNote
from orderwell.flows.keep_books import PostManualEntry, TransferAsk
from orderwell.reports import REPORTS
from orderwell.reports.export import FORMATS
from tests.support.shop import Shop

DAY = r"\d{4}-\d\d-\d\d"
NAME = r"(?:Assets|Liabilities|Equity|Income|Expenses):[A-Z][A-Za-z]+"
AMOUNT = r"-?\d+\.\d\d"
ALWAYS = "1970-01-01"


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    shop = Shop(database_url, name='The "Lamp"\n& Co')
    shop.sku("lamp", price="49.95", stock=3, cost=2000)
    shop.sku("post", price="4.95", kind="service", revenue="delivery")
    shop.ship(shop.order(lamp=1, post=1))
    shop.days_pass(1)
    shop.do(IssueCreditNote([CreditLine("lamp", Decimal(1), Decimal("12.10"))], restock="main"))
    there_and_back = [TransferAsk("bank", "cash", 5), TransferAsk("cash", "bank", 5)]
    shop.do(PostManualEntry(there_and_back, "Nothing in the end", day="2025-12-31"))
    yield shop
    shop.close()


def export(shop: Shop, format: str) -> str:
    with shop.app.database.reading() as connection:
        return "".join(FORMATS[format](connection))


def balances(shop: Shop) -> dict[str, Decimal]:
    """Ours, by the last part of the account's name; accounts that nothing was posted to are left out."""
    with shop.app.database.reading() as connection:
        data = REPORTS["trial_balance"](connection)["data"]
    return {
        row["account"].title().replace("_", ""): Decimal(row["balance"]).scaleb(-2) for row in data if row["debit"]
        or row["credit"]
    }  # fmt: skip


def sums(text: str, posting: str) -> dict[str, Decimal]:
    """Add up every line that has the shape of a posting."""
    found: Counter[str] = Counter()
    for name, amount in re.findall(posting, text, re.MULTILINE):
        found[name.partition(":")[2]] += Decimal(amount)  # type: ignore[assignment]
    return dict(found)  # type: ignore[arg-type]


SHAPES = {
    "hledger": [
        r"", r"; .*", r"commodity 1000\.00 EUR", rf"account {NAME}  ; .+",
        rf"{DAY} \w+ \w+  ; event:evt_\w+, document:\w+", rf"{DAY} balances",
        rf"    {NAME}  {AMOUNT} EUR", rf"    {NAME}  0 EUR = {AMOUNT} EUR",
    ],
    "beancount": [
        r"", r'option "\w+" "[^"\\]*"', rf"{DAY} open {NAME}", r'  (?:name|event|document): "[^"\\]+"',
        rf'{DAY} \* "\w+ \w+"', rf"  {NAME}  {AMOUNT} EUR", rf"{DAY} balance {NAME}  {AMOUNT} EUR",
    ],
}  # fmt: skip


@pytest.mark.parametrize("format", sorted(SHAPES))
def test_every_line_is_in_the_grammar_and_every_entry_nets_to_zero(shop: Shop, format: str) -> None:
    text = export(shop, format)
    for line in text.split("\n"):
        assert any(re.fullmatch(shape, line) for shape in SHAPES[format]), line
    entries = [part for part in text.split("\n\n") if re.match(rf"{DAY} (?!open |balances)", part)]
    assert len(entries) == 6
    for entry in entries:
        assert sum(Decimal(each) for each in re.findall(rf"^  +{NAME}  ({AMOUNT}) EUR$", entry, re.MULTILINE)) == 0
    declared = set(re.findall(rf"^(?:account|{ALWAYS} open) ({NAME})", text, re.MULTILINE))
    assert set(re.findall(NAME, text)) == declared


@pytest.mark.parametrize("format", sorted(SHAPES))
def test_what_the_file_adds_up_to_and_what_it_claims_are_our_balances(shop: Shop, format: str) -> None:
    text = export(shop, format)
    assert sums(text, rf"^ +({NAME})  ({AMOUNT}) EUR$") == balances(shop)
    claim = rf"({NAME})  0 EUR = ({AMOUNT}) EUR$" if format == "hledger" else rf"balance ({NAME})  ({AMOUNT}) EUR$"
    assert sums(text, claim) == balances(shop)


def test_csv_holds_every_transfer_as_it_was_posted(shop: Shop) -> None:
    read = list(csv.DictReader(export(shop, "csv").splitlines()))
    posted = shop.rows("SELECT debit, credit, amount_minor FROM journal ORDER BY posted_on, event_id, n")
    assert [(row["debit"], row["credit"], int(Decimal(row["amount"]) * 100)) for row in read] == posted
    assert {row["document_id"][:4] for row in read} == {"adj_", "inv_", "ord_", "crn_", "man_"}


def test_an_empty_journal_is_an_empty_file_of_each_kind(database_url: str) -> None:
    shop = Shop(database_url)
    for format in FORMATS:
        assert not re.findall(rf"^ +{NAME}|{AMOUNT},EUR", export(shop, format), re.MULTILINE)
    shop.close()


def run(tool: str, *arguments: str) -> str:
    path = shutil.which(tool)
    assert path, f"this proof needs {tool} on the PATH (Debian: hledger; PyPI: beancount, in an environment of its own)"
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.prove
def test_hledger_accepts_the_file_and_comes_to_the_same_balances(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "shop.journal"
    file.write_text(export(shop, "hledger"))
    run("hledger", "-f", str(file), "check", "--strict", "ordereddates")
    table = run("hledger", "-f", str(file), "balance", "--flat", "--empty", "--no-total", "-O", "csv").splitlines()
    theirs = {name.partition(":")[2]: Decimal(amount.split(" ")[0]) for name, amount in list(csv.reader(table))[1:]}
    assert {name: amount for name, amount in theirs.items() if amount} == {
        name: amount for name, amount in balances(shop).items() if amount
    }


@pytest.mark.prove
def test_beancount_accepts_the_file_with_its_balances_and_no_others(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "shop.beancount"
    text = export(shop, "beancount")
    file.write_text(text)
    run("bean-check", str(file))
    file.write_text(re.sub(r"balance Assets:Receivable  .*", "balance Assets:Receivable  0.01 EUR", text))
    with pytest.raises(AssertionError, match="Balance failed for 'Assets:Receivable'"):
        run("bean-check", str(file))
