"""What many bank lines may have paid is found at once, and each finds what it would find alone."""

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from orderwell.banking.model import BankLine
from orderwell.banking.store import BANK_LINES
from orderwell.flows import find_debts
from orderwell.flows.find_debts import candidates, candidates_of_lines
from orderwell.flows.import_statement import ImportStatement, StatementRow
from orderwell.flows.keep_catalog import AddChannel
from orderwell.flows.match_bank_line import MatchBankLine, MatchTarget
from orderwell.values.ids import show
from tests.support.shop import Shop
from tests.web.looks import looks

ALL_CLUES, MANY_WORDS, SAME_AMOUNT, NAME, ACCOUNT, OUT, ID_ALONE, NOTHING, DOLLARS = range(9)


@pytest.fixture
def owed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Two hotels of one name owe three invoices each, as much as three orders of one reference cost; a bar paid before.

    Two are shown of one kind, so that whatever is looked for there is one too many of.
    """
    monkeypatch.setattr(find_debts, "MOST", 2)
    shop.sku("lamp", price="10.00", stock=99, cost=200)
    for customer, name in (("north", "Grand Hotel"), ("south", "Grand Hotel"), ("west", "Grand Hotel"), ("bar", "Bar")):
        shop.customer(customer, name=name, terms_days=30)
    for customer in ("north", "south") * 3:
        shop.ship(shop.order(customer=customer, lamp=1))
    shop.ship(shop.order(customer="bar", lamp=2))
    paid = came(shop, StatementRow("2026-01-05", "5.00", counterparty_account="NL01"))
    shop.do(MatchBankLine(show("bank_line", paid[0].id), [MatchTarget(customer="bar", amount=500)]))
    return shop


def came(shop: Shop, *rows: StatementRow) -> list[BankLine]:
    """Lines of a statement that nothing was matched with yet."""
    told = shop.do(ImportStatement(rows=list(rows)))
    assert (told["added"], told["bad"]) == (len(rows), [])
    with shop.app.database.reading() as connection:
        query = sa.select(BANK_LINES.sa).order_by(BANK_LINES.c.id.desc()).limit(len(rows))
        return [BankLine._make(row) for row in connection.execute(query)][::-1]


def clashing(shop: Shop) -> list[BankLine]:
    """Lines that want the same debts for different reasons."""
    for channel in ("phone", "fair"):
        shop.do(AddChannel(channel, channel))
    web, phone, fair = (shop.order(channel=each, reference="X-1", lamp=1) for each in ("web", "phone", "fair"))

    def row(amount: str, text: str = "", name: str = "", account: str = "") -> StatementRow:
        return StatementRow("2026-01-05", amount, "", name, account, text)

    lines = came(
        shop,
        row("10.00", f"INV-000001 X-1 {web}", "GRAND HOTEL", "NL01"),
        row("10.00", f"INV-000002, inv 2, INV-7 X-1 {fair} {phone}", "nobody", "NL99"),
        row("10.00", "hello"),
        row("99.00", "", "grand hotel"),
        row("20.00", "", "BAR", "NL01"),
        row("-10.00", "INV-000003", "Grand Hotel"),
        row("10.00", fair),
        row("0.01"),
    )
    return [*lines, lines[ALL_CLUES]._replace(id=1, currency="USD")]


def numbers(connection: Connection, lines: list[BankLine]) -> list[list[tuple[str, int]]]:
    """What is found of each: what it is called, for how many reasons."""
    found = candidates_of_lines(connection, lines)
    return [[(each.number, len(each.reasons)) for each in found[line.id]] for line in lines]


def test_each_line_finds_what_it_finds_alone(owed: Shop) -> None:
    lines = clashing(owed)
    with owed.app.database.reading() as connection:
        alone = {line.id: candidates(connection, line) for line in lines}
        assert candidates_of_lines(connection, lines) == alone
        assert candidates_of_lines(connection, lines[::-1]) == alone
        found = numbers(connection, lines)
    assert found[ALL_CLUES] == [("INV-000001", 3), ("INV-000002", 2)]
    assert found[MANY_WORDS] == [("INV-000002", 2), ("X-1", 2)]
    assert found[SAME_AMOUNT] == [("INV-000001", 1), ("INV-000002", 1)]
    assert found[NAME] == [("INV-000001", 1), ("INV-000002", 1)]
    assert found[ACCOUNT] == [("INV-000007", 2)]
    assert found[OUT] == [("INV-000003", 2), ("INV-000001", 1)]
    assert found[DOLLARS] == found[NOTHING] == []
    assert found[ID_ALONE] == [("X-1", 2), ("INV-000001", 1)]


def test_many_lines_are_looked_at_as_often_as_one(owed: Shop) -> None:
    lines = clashing(owed)
    with owed.app.database.reading() as connection:
        one = looks(connection, lambda: candidates(connection, lines[ALL_CLUES]))
        assert looks(connection, lambda: candidates_of_lines(connection, lines)) == one
