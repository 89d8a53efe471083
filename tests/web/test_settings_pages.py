"""The settings of the house, of places, of webhooks and of what goes on behind: shown, kept, refused."""

import json
import re
from typing import Any

import pytest
import sqlalchemy as sa

from orderwell.flows.keep_catalog import AddSku
from orderwell.flows.keep_proofs import AskProof, BeginProof, ProofRunning
from orderwell.flows.keep_tasks import NotDead
from orderwell.kit.events import EVENTS
from orderwell.kit.jobs import JOBS
from orderwell.values.ids import show
from orderwell.verify.proof import verify
from orderwell.worker import Worker
from tests.web.conftest import Browser, WebShop, forms_in, text_of

PAGES = (
    "/settings", "/settings/business", "/settings/channels", "/settings/locations", "/settings/delivery",
    "/settings/carriers", "/settings/tax", "/settings/tills", "/settings/webhook_endpoints", "/settings/jobs",
    "/settings/audit", "/settings/health",
)  # fmt: skip


def post(browser: Browser, path: str, action: str, **typed: str) -> Any:
    """Fill a form in and see that it was taken."""
    answered = browser.submit(path, action, **typed)
    assert answered.status_code == 303, text_of(answered.text)
    return answered


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_page_of_settings_is_shown(shop: WebShop, language: str) -> None:
    owner = shop.browser("owner", language)
    for path in PAGES:
        assert owner.get(path).status_code == 200, path
    looking = shop.browser("management", language)
    for path in PAGES:
        if path == "/settings/webhook_endpoints":
            continue
        answered = looking.get(path)
        assert answered.status_code == 200, path
        assert not [each for each in forms_in(answered.text) if each.startswith("/settings")], path


def test_the_rules_of_the_house_are_changed(shop: WebShop) -> None:
    owner = shop.browser("owner")
    post(owner, "/settings", "/settings/business", name="Lamp & Sons", unpaid_expires_hours="48", sourcing="most_stock")
    told = shop.rows("SELECT name, sourcing, unpaid_expires_hours FROM business")
    assert told == [("Lamp & Sons", "most_stock", 48)]
    post(owner, "/settings", "/settings/business", unpaid_expires_hours="")
    assert shop.rows("SELECT unpaid_expires_hours FROM business") == [(0,)]
    assert "Lamp &amp; Sons" in owner.get("/settings").text
    refused = owner.submit("/settings", "/settings/business", unpaid_expires_hours="soon")
    assert refused.status_code == 422
    assert "no whole number" in refused.text


def test_channels_are_added_closed_and_opened(shop: WebShop) -> None:
    owner, page = shop.browser("owner"), "/settings/channels"
    post(owner, page, page, code="phone", name="Telephone", kind="phone")
    assert owner.submit(page, page, code="phone", name="Again", kind="phone").status_code == 409
    [[number]] = shop.rows("SELECT id FROM channels WHERE code = 'phone'")
    action = f"{page}/{show('channel', number)}/change"
    post(owner, page, action, name="By phone", status="closed")
    assert shop.rows("SELECT name, status FROM channels WHERE code = 'phone'") == [("By phone", "closed")]


def test_a_tax_rate_is_set_in_the_language_of_who_types(shop: WebShop) -> None:
    page = "/settings/tax"
    post(shop.browser("owner", "nl"), page, page, tax_class="luxury", rate="12,5", valid_from="2026-02-01")
    assert shop.rows("SELECT rate_bp FROM tax_rates WHERE tax_class = 'luxury'") == [(1250,)]
    assert "Is coming" in shop.browser("owner").get(page).text


def test_locations_have_bins_and_times(shop: WebShop) -> None:
    owner, page = shop.browser("owner"), "/settings/locations"
    post(owner, page, page, code="shed", name="Shed", priority="5")
    [[number]] = shop.rows("SELECT id FROM locations WHERE code = 'shed'")
    one = f"{page}/{show('location', number)}"
    post(owner, one, f"{one}/change", name="Old shed", priority="7")
    post(owner, one, "/settings/bins", code="A-01", sort="10")
    post(owner, one, "/settings/dispatch_times", cut_off="16:00", days__6="6")
    assert shop.rows("SELECT cut_off, weekdays FROM dispatch_times") == [("16:00", "123456")]
    close = next(each for each in owner.forms(one) if each.endswith("/close"))
    post(owner, one, close)
    assert shop.rows("SELECT status FROM bins") == [("closed",)]
    shown = text_of(owner.get(one).text)
    assert "Old shed" in shown
    assert "A-01 10 Closed" in shown
    assert owner.get(f"{page}/{show('location', number + 1)}").status_code == 404


def test_a_method_of_delivery_with_its_zones_and_days_closed(shop: WebShop) -> None:
    shop.do(AddSku("postage", "Postage", kind="service", revenue="delivery"))
    owner, page = shop.browser("owner", "nl"), "/settings/delivery"
    zone = {"zones__0__country": "nl", "zones__0__price": "4,95", "zones__0__lead_days": "1"}
    post(owner, page, page, name="Parcel", code="parcel", sku="postage", **zone)
    one = f"{page}/parcel"
    more = {
        "zones__1__country": "BE",
        "zones__1__price": "7,95",
        "zones__1__lead_days": "2",
        "zones__1__free_from": "75,00",
    }
    post(owner, one, page, **more)
    zones = shop.rows("SELECT country, price_e4, free_from_minor FROM delivery_zones WHERE status = 'open' ORDER BY n")
    assert zones == [("NL", 49500, None), ("BE", 79500, 7500)]
    gone = dict.fromkeys(more, "")
    post(owner, one, page, **gone)
    assert len(shop.rows("SELECT * FROM delivery_zones WHERE status = 'open'")) == 1
    post(owner, page, "/settings/closed_days", day="2026-12-25", name="Kerst")
    assert "Kerst" in owner.get(page).text
    post(owner, page, "/settings/closed_days/open", day="2026-12-25", name="Kerst")
    assert shop.rows("SELECT status FROM closed_days") == [("open",)]


def test_tills_carriers_and_providers_are_kept(shop: WebShop) -> None:
    owner = shop.browser("owner")
    post(owner, "/settings/tills", "/settings/tills", code="t1", name="Front", location="main")
    carrier = {"code": "post", "url": "https://post.example.com", "account": "us"}
    post(owner, "/settings/carriers", "/settings/carriers", **carrier)
    post(owner, "/settings/carriers", "/settings/providers", code="pay", url="https://pay.example.com", account="us")
    refused = owner.submit(
        "/settings/carriers",
        "/settings/providers",
        code="pay",
        url="https://x.example",
        account="us",
        secret_env="PATH",
    )
    assert refused.status_code == 422
    assert "begins with ORDERWELL_" in refused.text
    shown = text_of(owner.get("/settings/carriers").text)
    assert "post https://post.example.com us Open" in shown
    assert "Front t1 Main street" in text_of(owner.get("/settings/tills").text)


# -- webhooks


def add_endpoint(shop: WebShop, owner: Browser, **typed: str) -> tuple[str, str]:
    """Its page, and the secret that was shown."""
    page = "/settings/webhook_endpoints"
    answered = owner.submit(page, f"{page}/new", **{"url": "https://hooks.example.com/x", **typed})
    assert answered.status_code == 200, text_of(answered.text)
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", answered.text)
    assert found is not None
    [[number]] = shop.rows("SELECT MAX(id) FROM webhook_endpoints")
    return f"{page}/{show('webhook_endpoint', number)}", found[0]


def test_an_endpoint_shows_its_secret_once_and_is_changed_switched_off_and_removed(shop: WebShop) -> None:
    owner = shop.browser("owner")
    page, secret = add_endpoint(shop, owner, types="order.*, payment.received")
    assert secret not in owner.get(page).text
    for table in ("events", "idempotency"):
        assert secret not in str(shop.rows(f"SELECT * FROM {table}"))
    assert shop.rows("SELECT types FROM webhook_endpoints") == [("order.* payment.received",)]
    post(owner, page, f"{page}/change", types="", description="Books")
    assert shop.rows("SELECT types, description FROM webhook_endpoints") == [("", "Books")]
    assert owner.submit(page, f"{page}/change", url="ftp://x.example").status_code == 422
    post(owner, page, f"{page}/disable")
    assert "Switched off: Owner" in text_of(owner.get(page).text)
    assert f"{page}/test" not in owner.forms(page)
    post(owner, page, f"{page}/enable")
    gone = post(owner, page, f"{page}/remove")
    assert gone.headers["location"] == "/settings/webhook_endpoints"
    assert owner.get(page).status_code == 404


def test_a_test_reaches_an_endpoint_that_hears_of_nothing_else(shop: WebShop) -> None:
    owner = shop.browser("owner")
    page, _ = add_endpoint(shop, owner, types="payout.*", url="http://127.0.0.1:9/nobody-listens")
    post(owner, page, f"{page}/test")
    [job] = shop.rows("SELECT kind, payload, subject_id FROM jobs WHERE kind = 'webhook.deliver'")
    assert json.loads(job[1])["event"] == job[2]
    shown = text_of(owner.get(page).text)
    assert "webhook_endpoint.tested Waiting" in shown
    Worker(shop.app).tick()
    [(attempts, status, error)] = shop.rows(
        "SELECT attempts, status, last_error FROM jobs WHERE kind = 'webhook.deliver'"
    )
    assert (attempts, status) == (1, "waiting")
    assert error
    assert "Fails since" in owner.get(page).text
    assert verify(shop.app.database).clean


def test_a_delivery_is_sent_again_from_its_row(shop: WebShop) -> None:
    owner = shop.browser("owner")
    page, _ = add_endpoint(shop, owner)
    shop.do(AddSku("lamp", "Lamp"))
    Worker(shop.app).tick()
    with shop.app.database.changing() as connection:
        connection.execute(sa.update(JOBS.sa).where(JOBS.c.kind == "webhook.deliver").values(status="dead", done_at=1))
    row = [each for each in owner.forms(page) if each.endswith("/replay")]
    assert row
    post(owner, page, f"{page}/replay", first="1", last="3")
    assert shop.rows("SELECT first, last FROM webhook_replays") == [(1, 3)]
    refused = owner.submit(page, f"{page}/replay", first="3", last="1")
    assert refused.status_code == 422
    assert refused.text.count('role="alert"') == 1


# -- behind


def test_a_job_that_was_given_up_is_tried_again_and_others_are_not(shop: WebShop) -> None:
    owner = shop.browser("owner")
    add_endpoint(shop, owner)
    shop.do(AddSku("lamp", "Lamp"))
    from orderwell.notifications.spread import spread

    spread(shop.app.database, shop.clock, shop.app.ids.next)
    with shop.app.database.changing() as connection:
        one = connection.execute(sa.select(sa.func.min(JOBS.c.id))).scalar_one()
        dead = {"status": "dead", "done_at": 1, "last_error": "<b>no</b> answer"}
        connection.execute(sa.update(JOBS.sa).where(JOBS.c.id == one).values(**dead))
    page = "/settings/jobs?status=dead"
    shown = owner.get(page).text
    assert "&lt;b&gt;no&lt;/b&gt; answer" in shown
    action = f"/settings/jobs/{show('job', one)}/retry"
    fields = owner.forms(page)[action]
    assert owner.send(action, fields).status_code == 303
    assert shop.rows(f"SELECT status FROM jobs WHERE id = {one}") == [("waiting",)]
    again = owner.send(action, {**fields, **fresh(owner, "/account")})
    assert again.status_code == 409
    assert NotDead.title in again.text


def fresh(browser: Browser, path: str) -> dict[str, str]:
    """Key and proof of another form."""
    form = next(iter(browser.forms(path).values()))
    return {name: form[name] for name in ("_key", "_proof")}


def test_the_audit_trail_is_searched(shop: WebShop) -> None:
    owner = shop.browser("owner")
    made = shop.do(AddSku("lamp", "Lamp"), actor=shop.person("warehouse"), request_id="req_0123456789")
    page = "/settings/audit"

    def rows(**query: str) -> list[str]:
        shown = owner.http.get(page, params=query).text
        return re.findall(r'<tr id="(evt_\w+)"', shown)

    everything = rows()
    assert len(everything) > 8
    assert len(rows(about=made["id"])) == 1
    assert len(rows(about="req_0123456789")) == 1
    assert len(rows(who=shop.person("warehouse"))) == 1
    assert len(rows(type="sku.")) == 1
    assert len(rows(type="sku.added", who="system")) == 0
    assert rows(**{"from": "2026-01-06"}) == []
    assert rows(to="2026-01-04") == []
    assert rows(**{"from": "2026-01-05", "to": "2026-01-05"}) == everything
    assert "This is no id" in owner.get(f"{page}?about=nonsense").text
    shop.days_pass(3)
    later, owner = shop.do(AddSku("chair", "Chair")), shop.browser("owner")
    assert rows(about=later["id"])[0] in rows(**{"from": "2026-01-07"})
    assert not set(rows(**{"from": "2026-01-07"})) & set(everything)
    for query in ("cursor=x", "from=never", "about=%27%3B--", "type=%25", "who=" + "x" * 300):
        assert owner.get(f"{page}?{query}").status_code == 200


def test_the_audit_trail_is_paged_to_its_end(shop: WebShop, monkeypatch: pytest.MonkeyPatch) -> None:
    """However small the window that one page looks at, nothing is left out and nothing comes twice."""
    for n in range(70):
        shop.do(AddSku(f"sku-{n}", "Thing"))
    owner = shop.browser("owner")
    with shop.app.database.reading() as connection:
        expected = connection.execute(sa.select(sa.func.count()).select_from(EVENTS.sa)).scalar_one()
    for window in (50_000, 10):
        monkeypatch.setattr("orderwell.reports.audit.WINDOW", window)
        seen, path, pages = [], "/settings/audit", 0
        while path:
            shown = owner.get(path).text
            seen += re.findall(r'<tr id="(evt_\w+)"', shown)
            following = re.search(r'rel="next" href="([^"]+)"', shown)
            path = following[1].replace("&amp;", "&") if following else ""
            pages += 1
        assert len(seen) == len(set(seen)) == expected
        assert pages > 1
    found, path = 0, "/settings/audit?type=business.set_up"
    while path:
        shown = owner.get(path).text
        found += len(re.findall(r'<tr id="(evt_\w+)"', shown))
        following = re.search(r'rel="next" href="([^"]+)"', shown)
        path = following[1].replace("&amp;", "&") if following else ""
    assert found == 1


def test_everything_is_proved_on_demand_and_the_result_is_shown(shop: WebShop) -> None:
    owner, page = shop.browser("owner"), "/settings/health"
    post(owner, page, f"{page}/prove")
    assert "Being looked at since" in owner.get(page).text
    with pytest.raises(ProofRunning):
        shop.do(AskProof())
    Worker(shop.app).tick()
    assert "Everything adds up" in owner.get(page).text
    shop.sku("lamp", stock=5)
    with shop.app.database.changing() as connection:
        connection.execute(sa.text("UPDATE stock SET on_hand = on_hand + 1 WHERE on_hand = 5"))
    post(owner, page, f"{page}/prove")
    Worker(shop.app).tick()
    shown = owner.get(page).text
    assert "not add up" in shown
    assert "What is wrong" in shown


def test_a_proof_that_nobody_ended_is_given_up_after_an_hour(shop: WebShop) -> None:
    first = shop.do(AskProof())
    shop.do(BeginProof(first["id"]))
    with pytest.raises(ProofRunning):
        shop.do(BeginProof(first["id"]))
    shop.clock.advance_to(shop.clock.now() + 3_600_000_001)
    assert shop.do(AskProof())["status"] == "waiting"
