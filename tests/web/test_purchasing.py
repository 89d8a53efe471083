"""Purchasing on its pages: proposals with reasons become orders; these are received, billed, awaited, cancelled."""

from decimal import Decimal
from typing import Any

import pytest

from orderwell.flows.keep_suppliers import SetReorderRule, SetSupplierSku
from orderwell.flows.propose_purchases import Propose
from tests.support.buying import buy, supplier
from tests.web.conftest import WebShop, text_of
from tests.web.looks import looks


def sent(answered: Any) -> str:
    assert answered.status_code == 303, text_of(answered.text)[:2_000]
    return str(answered.headers["location"])


@pytest.fixture
def short(shop: WebShop) -> WebShop:
    """Three SKUs fall under their point; two suppliers sell two of them."""
    for code, stock in (("lamp", 3), ("shade", 0), ("bulb", 1)):
        shop.sku(code, stock=stock)
        shop.do(SetReorderRule(code, "main", Decimal(5), Decimal(20)))
    supplier(shop, "acme", lamp="4.00")
    shop.do(SetSupplierSku("acme", "lamp", Decimal(4), lot=Decimal(6)))
    supplier(shop, "best", days=2, shade="2.00")
    shop.do(Propose())
    return shop


def test_each_number_has_its_reason_beside_it(short: WebShop) -> None:
    page = text_of(short.browser("purchasing").get("/purchasing").text)
    assert "3 free − 0 awaited + 0 coming = 3, under 5; up to 20, in lots of 6" in page
    assert "Acme 7 days on the way · €72.00" in page
    assert "Nobody sells these to us" in page
    assert "2 lines, €112.00" in page


def test_proposals_become_an_order_per_supplier_with_the_quantities_that_were_typed(short: WebShop) -> None:
    browser = short.browser("purchasing")
    typed = browser.forms("/purchasing")["/purchasing/order"]
    mine = {name: value for name, value in typed.items() if name.endswith(".quantity")}
    assert list(mine.values()) == ["18", "20"]
    first, second = mine
    assert sent(browser.send("/purchasing/order", {**typed, first: "24", second: "4"})).startswith(
        "/purchasing/orders?status=ordered"
    )
    assert short.stock_of("lamp")["incoming"] == 24
    assert short.stock_of("shade")["incoming"] == 4
    assert len(short.rows("SELECT 1 FROM purchase_orders")) == 2
    double = browser.send("/purchasing/order", {**typed, first: "24", second: "4"})
    assert double.status_code == 303, "a double click is one click"
    assert len(short.rows("SELECT 1 FROM purchase_orders")) == 2


def test_a_line_left_out_stays_proposed_and_with_all_left_out_nothing_is_ordered(short: WebShop) -> None:
    browser = short.browser("purchasing")
    typed = browser.forms("/purchasing")["/purchasing/order"]
    first, second = (name for name in typed if name.endswith(".quantity"))
    for nothing in ("", "0"):
        fresh = browser.forms("/purchasing")["/purchasing/order"]
        refused = browser.send("/purchasing/order", {**fresh, first: nothing, second: nothing})
        assert refused.status_code == 422
        assert "Nothing is to be ordered" in refused.text
    wrong = browser.submit("/purchasing", "/purchasing/order", **{first.replace(".", "__"): "many"})
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.text
    assert not short.rows("SELECT 1 FROM purchase_orders")
    order = sent(browser.submit("/purchasing", "/purchasing/order", **{second.replace(".", "__"): ""}))
    assert order.startswith("/purchasing/orders/pur_")
    assert short.rows("SELECT COUNT(*) FROM proposals WHERE status = 'open'") == [(2,)]


def test_a_proposal_is_dropped_and_what_is_missing_is_proposed_again(short: WebShop) -> None:
    browser = short.browser("purchasing")
    drops = [path for path in browser.forms("/purchasing") if path.endswith("/drop")]
    assert len(drops) == 3
    sent(browser.submit("/purchasing", drops[0]))
    assert short.rows("SELECT COUNT(*) FROM proposals WHERE status = 'open'") == [(2,)]
    sent(browser.submit("/purchasing", "/purchasing/propose"))
    assert short.rows("SELECT COUNT(*) FROM proposals WHERE status = 'open'") == [(3,)]


def test_goods_come_in_parts_are_sent_back_and_the_rest_is_cancelled(shop: WebShop) -> None:
    shop.sku("lamp")
    supplier(shop, lamp="4.00")
    order = buy(shop, reference="PO1", lamp=10)
    at, acts = f"/purchasing/orders/{order}", f"/purchase_orders/{order}"
    browser = shop.browser("purchasing")
    receive = browser.forms(at)[f"{acts}/receive"]
    assert receive["lines.0.quantity"] == "10", "all of it is one click"
    refused = browser.send(f"{acts}/receive", {**receive, "lines.0.quantity": "11"})
    assert refused.status_code == 409
    nothing = browser.submit(at, f"{acts}/receive", lines__0__quantity="")
    assert nothing.status_code == 422, "nothing typed is nothing, not all of it"
    sent(browser.submit(at, f"{acts}/receive", lines__0__quantity="4", delivery_note="<DN1>"))
    assert shop.stock_of("lamp")["on_hand"] == 4
    page = browser.get(at).text
    assert "&lt;DN1&gt;" in page
    assert 'data-undo="10"' in page
    assert "Partly in" in page
    stale = {**browser.forms(at)[f"{acts}/receive"], "_version": receive["_version"]}
    assert browser.send(f"{acts}/receive", stale).status_code == 412
    [back] = {path for path in browser.forms(at) if "/receipts/" in path}
    sent(browser.submit(at, back))
    assert shop.stock_of("lamp")["on_hand"] == 0
    sent(browser.submit(at, f"{acts}/expect", expected_on="2026-02-01"))
    assert browser.submit(at, f"{acts}/expect", expected_on="2025-02-01").status_code == 422
    sent(browser.submit(at, f"{acts}/cancel", reason="too slow"))
    assert shop.stock_of("lamp")["incoming"] == 0
    assert f"{acts}/receive" not in browser.forms(at)
    assert "too slow" in browser.get(at).text


def test_the_bill_is_booked_with_its_difference_by_who_keeps_the_books(shop: WebShop) -> None:
    shop.sku("lamp")
    supplier(shop, lamp="4.00")
    order = buy(shop, lamp=10)
    at, acts = f"/purchasing/orders/{order}", f"/purchase_orders/{order}"
    buyer, books = shop.browser("purchasing"), shop.browser("accounting")
    sent(buyer.submit(at, f"{acts}/receive"))
    assert f"{acts}/bill" not in buyer.forms(at)
    assert buyer.send(f"{acts}/bill", {}).status_code == 403
    assert "Received and not billed yet: €40.00" in text_of(books.get(at).text)
    sent(books.submit(at, f"{acts}/bill", reference="F1", net="41.50", tax="8.72"))
    assert "Differs from what was ordered by €1.50" in text_of(books.get(at).text)
    assert shop.rows("SELECT net_minor, tax_minor FROM supplier_invoices") == [(4150, 872)]
    [back] = {path for path in books.forms(at) if "/bills/" in path}
    sent(books.submit(at, back))
    assert len(shop.rows("SELECT 1 FROM supplier_invoices")) == 2
    sent(books.submit(at, f"{acts}/bill", reference="F2", net="40", tax="8.40"))
    shop.prove()


def test_late_ones_are_found_the_longest_awaited_first(shop: WebShop) -> None:
    shop.sku("lamp")
    supplier(shop, "acme", days=3, lamp="4.00")
    supplier(shop, "best", days=1, lamp="4.00")
    buy(shop, reference="SLOW", lamp=1)
    buy(shop, "best", reference="QUICK", lamp=1)
    browser = shop.browser("purchasing")
    assert "No purchase order fits" in browser.get("/purchasing/orders?late=1").text
    shop.days_pass(5)
    browser = shop.browser("purchasing")
    page = text_of(browser.get("/purchasing/orders?late=1").text)
    assert page.index("QUICK") < page.index("SLOW")
    assert "Late 2" in text_of(browser.get("/purchasing").text)
    found = text_of(browser.get("/purchasing/orders?q=quick").text)
    assert "QUICK" in found
    assert "SLOW" not in found
    assert "QUICK" in browser.get("/palette?q=quick").text


def test_an_order_is_placed_by_hand(shop: WebShop) -> None:
    shop.sku("lamp")
    shop.sku("shade")
    acme = supplier(shop, lamp="4.00")["id"]
    browser = shop.browser("purchasing")
    new = "/purchasing/orders/new"
    head = {"supplier": acme, "location": "main"}
    refused = browser.submit(new, new, **head, lines__0__sku="shade", lines__0__quantity="2")
    assert refused.status_code == 422
    assert "has no cost for shade" in refused.text
    assert 'value="shade"' in refused.text, "what was typed is still there"
    lines = {"lines__0__sku": "lamp", "lines__0__quantity": "3", "lines__1__sku": "shade", "lines__1__quantity": "2",
             "lines__1__cost": "1.25"}  # fmt: skip
    at = sent(browser.submit(new, new, **head, **lines))
    assert "€14.50" in browser.get("/purchasing/orders").text
    assert browser.get(at).status_code == 200


def test_suppliers_their_terms_and_the_rules(shop: WebShop) -> None:
    shop.sku("lamp")
    browser = shop.browser("purchasing")
    suppliers, rules = "/purchasing/suppliers", "/purchasing/rules"
    at = sent(browser.submit(suppliers, suppliers, name="Ac & me", reference="acme"))
    assert browser.submit(suppliers, suppliers, name="Acme", reference="acme").status_code == 409
    sent(browser.submit(at, f"{at}/skus", sku="lamp", cost="4.25", lot="6"))
    assert browser.submit(at, f"{at}/skus", sku="no-such", cost="4").status_code == 422
    assert "lamp Lamp – 6 0 4.25" in text_of(browser.get(at).text)
    rule = {"sku": "lamp", "location": "main", "reorder_point": "5", "reorder_target": "20", "supplier": "acme"}
    sent(browser.submit(rules, rules, **rule))
    assert browser.submit(rules, rules, **{**rule, "reorder_target": "1"}).status_code == 422
    assert "lamp Lamp Main street 0 0 5 20 Ac &amp; me" in text_of(browser.get(f"{rules}?q=LAM").text)
    assert "No rule fits" in browser.get(f"{rules}?q=zzz").text
    opened = f"{rules}?sku=lamp&at=main"
    assert 'value="20"' in browser.get(opened).text
    sent(browser.submit(opened, rules, **{**rule, "reorder_target": "25"}))
    assert "lamp Lamp Main street 0 0 5 25 Ac &amp; me" in text_of(browser.get(rules).text)
    offered = browser.get(f"/purchasing/orders/new?supplier={at.rpartition('/')[2]}").text
    assert '<option value="lamp">Lamp</option>' in offered


def test_who_may_only_look_changes_nothing(short: WebShop) -> None:
    order = buy(short, lamp=1)
    browser = short.browser("management")
    for path in ("/purchasing", "/purchasing/orders", f"/purchasing/orders/{order}", "/purchasing/suppliers",
                 "/purchasing/rules"):  # fmt: skip
        page = browser.get(path)
        assert page.status_code == 200
        assert not [action for action in browser.forms(path) if action != "/sign-out"], path
    assert browser.get("/purchasing/orders/new").status_code == 403
    assert short.browser("customer_service").get("/purchasing").status_code == 403


def test_lists_take_few_looks_however_long_they_are(short: WebShop) -> None:
    from orderwell.reports import purchasing

    def all_of_them() -> None:
        purchasing.proposals(connection, "EUR")
        purchasing.purchase_orders(connection, today="2026-01-05")
        purchasing.suppliers(connection)
        purchasing.reorder_rules(connection)

    with short.app.database.reading() as connection:
        few = looks(connection, all_of_them)
        for n in range(5):
            supplier(short, f"s{n}")
            buy(short, lamp=1)
        assert looks(connection, all_of_them) == few <= 8


def test_rules_are_paged_without_gap(shop: WebShop) -> None:
    from orderwell.reports import purchasing

    for n in range(5):
        shop.sku(f"s{n}")
        shop.do(SetReorderRule(f"s{n}", "main", Decimal(1), Decimal(2)))
    seen: list[str] = []
    cursor = None
    with shop.app.database.reading() as connection:
        while True:
            found = purchasing.reorder_rules(connection, limit=2, after=cursor)
            seen += [each["sku"] for each in found["data"]]
            cursor = found["next_cursor"]
            if cursor is None:
                break
    assert seen == [f"s{n}" for n in range(5)]


@pytest.mark.parametrize("text", ["'", "<script>alert(1)</script>", "%", "a" * 300, "|", "pur_"])
def test_nonsense_in_addresses(shop: WebShop, text: str) -> None:
    browser = shop.browser("owner")
    for path in ("/purchasing/orders", "/purchasing/rules", "/purchasing/orders/new"):
        for name in ("q", "status", "supplier", "late", "cursor", "sku"):
            answered = browser.http.get(path, params={name: text})
            assert answered.status_code in (200, 422), (path, name)
            assert "<script>alert" not in answered.text
    assert browser.get("/purchasing/orders/pur_0000000000001").status_code == 404
    assert browser.get("/purchasing/suppliers/sup_0000000000001").status_code == 404
