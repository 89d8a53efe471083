"""Bank lines and the end of the month, without a browser: matched, taken back, set aside; closed and opened again."""

import re

import pytest
import sqlalchemy as sa

from orderwell.flows.import_statement import ImportStatement, StatementRow
from orderwell.flows.ship_order import ShipOrder
from orderwell.values.ids import show
from tests.web.conftest import WebShop, text_of

BANK, MONTH_END = "/accounting/bank_lines", "/accounting/month-end"


@pytest.fixture
def owed(shop: WebShop) -> WebShop:
    """Anna owes 36.30 for three lamps on INV-000001."""
    shop.customer("anna", terms_days=14)
    shop.sku("lamp", price="12.10", stock=9)
    shop.do(ShipOrder(shop.order(lamp=3, customer="anna")))
    return shop


def came(shop: WebShop, amount: str, text: str = "", who: str = "") -> str:
    """A line that the bank tells; its id."""
    ((day,),) = shop.rows("SELECT issued_on FROM invoices LIMIT 1")
    told = shop.do(ImportStatement(rows=[StatementRow(day, amount, counterparty=who, text=text)]))
    assert told["added"] == 1
    return show("bank_line", shop.rows("SELECT MAX(id) FROM bank_lines")[0][0])


def owes(shop: WebShop) -> int:
    return int(shop.rows("SELECT COALESCE(SUM(open_minor), 0) FROM open_items WHERE account = 'receivable'")[0][0])


def test_a_line_is_matched_with_what_is_proposed(owed: WebShop) -> None:
    line = came(owed, "36.30")
    browser = owed.browser("accounting")
    page = text_of(browser.get(BANK).text)
    assert "INV-000001" in page
    assert "the same amount is open" in page
    assert browser.submit(BANK, f"{BANK}/{line}/match").status_code == 303
    assert owes(owed) == 0
    assert line not in browser.get(BANK).text
    assert line in browser.get(f"{BANK}?status=matched").text


def test_a_page_of_lines_takes_as_many_looks_as_one_line(owed: WebShop) -> None:
    browser, engine = owed.browser("accounting"), owed.app.database.engine

    def asked() -> int:
        statements: list[str] = []
        listener = lambda *told: statements.append(told[2])  # noqa: E731
        sa.event.listen(engine, "before_cursor_execute", listener)
        page = browser.get(BANK).text
        sa.event.remove(engine, "before_cursor_execute", listener)
        assert text_of(page).count("the same amount is open") == owed.rows("SELECT COUNT(*) FROM bank_lines")[0][0]
        return sum(any(word in each for word in ("bank_lines", "open_items", "customers")) for each in statements)

    came(owed, "36.30", "INV-000001", "Anna")
    one = asked()
    for n in range(5):
        came(owed, "36.30", f"INV-000001 and {n}", "Anna")
    assert asked() == one


def test_a_match_that_is_taken_back_leads_from_the_exceptions_to_its_line(owed: WebShop) -> None:
    line = came(owed, "36.30")
    browser, at = owed.browser("accounting"), f"{BANK}/{line}"
    assert browser.submit(at, f"{at}/match").status_code == 303
    (back,) = [action for action in browser.forms(at) if action.endswith("/take-back")]
    assert browser.submit(at, back).status_code == 303
    assert f'href="{at}">Match it<' in browser.get("/tasks").text


def test_a_match_is_taken_back(owed: WebShop) -> None:
    line = came(owed, "36.30")
    browser, at = owed.browser("accounting"), f"{BANK}/{line}"
    browser.submit(at, f"{at}/match")
    (back,) = [action for action in browser.forms(at) if action.endswith("/take-back")]
    assert browser.submit(at, back).status_code == 303
    assert owes(owed) == 3_630
    assert "taken back" in browser.get(at).text
    assert back not in browser.forms(at)
    owed.prove()


@pytest.mark.parametrize("what", ["INV-000001", "inv-000001", "anna"])
def test_by_hand_people_name_numbers(owed: WebShop, what: str) -> None:
    line = came(owed, "20.00")
    browser, at = owed.browser("accounting"), f"{BANK}/{line}"
    browser.submit(at, f"{at}/match", targets__0__what=what)
    assert owes(owed) == 1_630


def test_what_nobody_knows_is_refused_where_it_was_typed(owed: WebShop) -> None:
    line = came(owed, "20.00")
    browser, at = owed.browser("accounting"), f"{BANK}/{line}"
    refused = browser.submit(at, f"{at}/match", targets__0__what="nothing like it")
    assert refused.status_code == 422
    assert "There is no invoice, order or customer" in text_of(refused.text)
    assert 'value="nothing like it"' in refused.text
    more = browser.submit(at, f"{at}/match", targets__0__what="INV-000001", targets__0__amount="20.01")
    assert more.status_code == 409
    assert owes(owed) == 3_630


def test_what_is_no_payment_is_set_aside_and_taken_up_again(owed: WebShop) -> None:
    line = came(owed, "-12.00", text="rent")
    browser, at = owed.browser("accounting"), f"{BANK}/{line}"
    assert browser.submit(at, f"{at}/set-aside", reason="rent of May").status_code == 303
    assert f'id="{line}"' not in browser.get(BANK).text
    assert "rent of May" in browser.get(f"{BANK}?status=ignored").text
    browser.submit(at, f"{at}/take-up")
    assert line in browser.get(BANK).text


def test_a_statement_is_pasted_and_its_bad_lines_are_told(owed: WebShop) -> None:
    ((day,),) = owed.rows("SELECT issued_on FROM invoices LIMIT 1")
    browser = owed.browser("accounting")
    content = f"date,amount,name\r\n{day},36.30,Anna\r\nnever,1.00,Ben\r\n"
    done = browser.submit(f"{BANK}/read", f"{BANK}/read", content=content)
    assert done.status_code == 303
    told = text_of(browser.get(done.headers["location"]).text)
    assert "New lines: 1." in told
    assert "number in the file: 3." in told
    again = browser.submit(f"{BANK}/read", f"{BANK}/read", content=content)
    assert "added=0" in again.headers["location"]
    refused = browser.submit(f"{BANK}/read", f"{BANK}/read", content="<Document>")
    assert refused.status_code == 422
    assert "&lt;Document&gt;" in refused.text


def test_who_may_only_look_is_offered_nothing(owed: WebShop) -> None:
    line = came(owed, "36.30")
    browser = owed.browser("management")
    for path in (BANK, f"{BANK}/{line}"):
        assert not [action for action in browser.forms(path) if action.startswith(BANK)], path
    for path in (f"{BANK}/{line}/match", f"{BANK}/{line}/set-aside", f"{BANK}/read"):
        assert browser.send(path, {}).status_code == 403, path
    assert browser.get(f"{BANK}/read").status_code == 403
    assert browser.get(f"{BANK}/bnl_0000000000001").status_code == 404


# -- the end of the month


def test_a_month_is_closed_and_opened_again(owed: WebShop) -> None:
    browser = owed.browser("accounting")
    page = browser.get(MONTH_END).text
    assert "check-wrong" not in page
    assert browser.submit(MONTH_END, "/accounting/lock").status_code == 303
    ((through,),) = owed.rows("SELECT locked_through FROM books")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", through)
    assert "The books are closed through" in text_of(browser.get(MONTH_END).text)
    assert browser.submit(MONTH_END, "/accounting/unlock").status_code == 303
    assert owed.rows("SELECT locked_through FROM books") < [(through,)]


def test_what_is_wrong_or_loose_is_told(owed: WebShop) -> None:
    came(owed, "1.00")
    owed.days_pass(40)
    browser = owed.browser("accounting")
    page = browser.get(MONTH_END).text
    assert "Bank lines that wait for a match" in page
    assert "1 point is not settled yet" in page
    with owed.app.database.changing() as connection:
        connection.exec_driver_sql("UPDATE valuations SET value_minor = value_minor + 1")
    assert "Stock: the account and the stock differ" in browser.get(MONTH_END).text


def test_closing_is_for_those_who_may(owed: WebShop) -> None:
    browser = owed.browser("management")
    assert "/accounting/lock" not in browser.forms(MONTH_END)
    assert browser.send("/accounting/lock", {}).status_code == 403
    assert owed.browser("customer_service").get(MONTH_END).status_code == 403
