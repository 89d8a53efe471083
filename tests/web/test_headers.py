"""What every answer carries, and what no page holds: nothing from elsewhere, nothing inside the page that runs (S8)."""

import re

import pytest

from orderwell.web.addresses import Page
from orderwell.web.site import web_addresses
from tests.web.conftest import WebShop

RUNS_INSIDE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|hx-on|javascript:", re.IGNORECASE)


@pytest.fixture
def order(shop: WebShop) -> str:
    shop.sku("lamp", price="10.00", stock=5)
    return shop.order(lamp=3)


def test_every_page_has_its_policy_and_holds_nothing_that_runs(shop: WebShop, order: str) -> None:
    browser = shop.browser("owner")
    paths = [
        each.path.replace("{order}", order) for each in web_addresses(shop.site.operations) if isinstance(each, Page)
    ]
    for path in (*paths, "/no-such-page", "/orders/nothing"):
        answered = browser.get(path)
        policy = answered.headers["content-security-policy"]
        assert "unsafe" not in policy, path
        assert "default-src 'none'" in policy
        for part in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert part in policy
        assert answered.headers["x-content-type-options"] == "nosniff"
        assert answered.headers["cache-control"] == "no-store"
        assert "max-age=" in answered.headers["strict-transport-security"]
        assert answered.headers["cross-origin-opener-policy"] == "same-origin"
        assert not RUNS_INSIDE.search(answered.text), (path, RUNS_INSIDE.search(answered.text))
        assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', answered.text), path


def test_files_are_named_by_what_they_hold_and_kept(shop: WebShop) -> None:
    browser = shop.browser(None)
    page = browser.get("/sign-in").text
    files = set(re.findall(r'"(/static/[^"#]+)', page))
    assert len(files) >= 6
    for file in files:
        assert re.fullmatch(r"/static/[\w.-]+\.[0-9a-f]{12}\.(css|js|svg)", file)
        answered = browser.get(file, accept_encoding="gzip")
        assert answered.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answered.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in browser.get(file, accept_encoding="identity").headers
    for nothing in ("/static/orderwell.css", "/static/..%2f..%2fapp.py", "/static/VENDORED.md"):
        assert browser.get(nothing).status_code == 404


def test_a_fault_of_ours_tells_nothing_but_its_number(shop: WebShop, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("SELECT secret FROM /opt/house")

    monkeypatch.setattr("orderwell.reports.order_list.listed", broken)
    answered = shop.browser("owner").get("/orders")
    assert answered.status_code == 500
    assert "secret" not in answered.text
    assert "RuntimeError" not in answered.text
    assert answered.headers["request-id"] in answered.text
    assert "Something went wrong on our side" in answered.text
