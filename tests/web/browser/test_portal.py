"""The portal on a customer's telephone: what people come for, within its budget (UX.md D2), without our scripts."""

import re
import time

import pytest
import sqlalchemy as sa

from orderwell.customers.store import CUSTOMERS
from orderwell.demo.living import Provider
from orderwell.demo.portal import COMPANY_PEOPLE
from orderwell.demo.provider import SECRET_ENV
from orderwell.flows.keep_portal import InvitePortalAccount, RedeemSignIn
from orderwell.invoicing.store import INVOICES
from orderwell.mail.store import MESSAGES
from orderwell.orders.store import ORDERS
from orderwell.portal.rules import hash_of, new_secret
from orderwell.portal.store import PORTAL_ACCOUNTS
from orderwell.values.ids import show
from tests.web.browser.conftest import WAIT_MS, House, Opened, Watched, axe
from tests.web.browser.pictures import picture
from tests.web.browser.test_settings import authenticator

PROVIDER_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PAGES = ("/portal", "/portal/orders", "/portal/invoices", "/portal/shop", "/portal/basket", "/portal/account")


@pytest.fixture
def noor(house: House) -> str:
    """The secret of a session of the company's admin, by the link of an invitation that the worker has written."""
    session, ask = new_secret(), house.app.writer.ask
    with house.app.database.reading() as connection:
        mine = sa.select(PORTAL_ACCOUNTS.c.id).where(PORTAL_ACCOUNTS.c.email == COMPANY_PEOPLE[0][1])
        account = connection.execute(mine).scalar_one()
    ask(InvitePortalAccount(show("portal_account", account)))
    newest = sa.select(MESSAGES.sa).where(MESSAGES.c.account_id == account).order_by(MESSAGES.c.id.desc()).limit(1)
    until = time.monotonic() + WAIT_MS / 1000
    while time.monotonic() < until:
        with house.app.database.reading() as connection:
            message = connection.execute(newest).one()
        if message.status == "shown":
            break
        time.sleep(0.02)
    link = re.search(r"/portal/sign-in/([a-z2-7]{40})", message.body)
    assert link is not None, "the worker writes the message"
    ask(RedeemSignIn(hash_of(link[1]), session.hash))
    return session.secret


def at(opened: Opened, house: House, session: str, path: str, **how: object) -> Watched:
    page = opened("/portal/sign-in", role=None, **how)
    page.page.context.add_cookies([{"name": "orderwell_portal", "value": session, "url": house.url}])
    page.go(path)
    return page


def bought(house: House) -> tuple[str, str]:
    """An order of the company that has been delivered, and its invoice."""
    with house.app.database.reading() as connection:
        query = (
            sa.select(ORDERS.c.id, INVOICES.c.id)
            .join_from(ORDERS.sa, INVOICES.sa, INVOICES.c.order_id == ORDERS.c.id)
            .join(CUSTOMERS.sa, CUSTOMERS.c.id == ORDERS.c.customer_id)
            .join(PORTAL_ACCOUNTS.sa, PORTAL_ACCOUNTS.c.customer_id == CUSTOMERS.c.id)
            .where(PORTAL_ACCOUNTS.c.email == COMPANY_PEOPLE[0][1], INVOICES.c.kind == "invoice")
            .order_by(ORDERS.c.id)
        )
        order, invoice = connection.execute(query).first() or (0, 0)
    assert order, "the demonstration's company has bought something"
    return show("order", order), show("invoice", invoice)


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "nl")])
def test_nothing_keeps_anybody_out_and_all_fits(
    opened: Opened, house: House, noor: str, theme: str, language: str
) -> None:
    """Each page once in each theme and language, on a desk and on a telephone; and in the sizes between."""
    order, invoice = bought(house)
    width = 1366 if theme == "light" else 390
    page = at(opened, house, noor, "/portal/shop", theme=theme, language=language, width=width, height=800)
    page.page.locator(".add button").first.click()
    paths = (*PAGES, f"/portal/orders/{order}", f"/portal/orders/{order}/return", f"/portal/invoices/{invoice}")
    for path in paths:
        page.go(path)
        assert axe(page) == [], (theme, width, path)
        page.check()
        for other in (width, 320, 768, 1920):
            page.page.set_viewport_size({"width": other, "height": 800})
            over = page.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, (path, other, over)
        page.page.set_viewport_size({"width": 390, "height": 800})
        low = page.page.locator(".btn, input:not([type=hidden]):not([type=radio]), select, .portal-nav a").evaluate_all(
            "all => Math.min(...all.filter(each => each.checkVisibility())"
            ".map(each => each.getBoundingClientRect().height))"
        )
        assert low >= 44, (path, low)


def test_signing_in_and_following_are_for_everybody_too(opened: Opened, house: House, noor: str) -> None:
    order, _ = bought(house)
    page = at(opened, house, noor, f"/portal/orders/{order}", width=390)
    page.click("form[action$='/link'] button")
    followed = page.page.url.removeprefix(house.url)
    for theme in ("light", "dark"):
        stranger = opened(followed, role=None, theme=theme, language="nl", width=390)
        assert axe(stranger) == []
        for path in ("/portal/sign-in", "/portal/sign-in/sent", "/portal/sign-in/" + "a" * 40, "/portal/nothing"):
            stranger.go(path)
            assert axe(stranger) == [], (theme, path)


def test_where_is_my_order_takes_no_click_and_no_signing_in(opened: Opened, house: House, noor: str) -> None:
    order, _ = bought(house)
    page = at(opened, house, noor, f"/portal/orders/{order}")
    page.click("form[action$='/link'] button")
    stranger = opened(page.page.url.removeprefix(house.url), role=None, scripts=False)
    stranger.see("Tracking number")
    picture(stranger, "portal-follow")
    stranger.counted.within(clicks=1)


def test_signing_in_by_the_link_in_the_demonstration(opened: Opened) -> None:
    page = opened("/portal", role=None, scripts=False)
    page.click("button:has-text('Ruben Post')")
    page.click("text=Open the link in it")
    page.click("main button:has-text('Sign in here')")
    page.see("Hello, Ruben Post")


def test_the_same_once_more_and_taken_back(opened: Opened, house: House, noor: str) -> None:
    page = at(opened, house, noor, "/portal", scripts=False, width=390)
    page.page.locator("form[action$='/again'] button").first.dblclick()  # makes one order
    page.counted.clicks += 1
    page.see("Ordered again.")
    picture(page, "portal-again")
    page.counted.within(clicks=3)
    with house.app.database.reading() as connection:
        placed = sa.select(sa.func.count()).where(ORDERS.c.reference.like("P-____-____"))
        assert connection.execute(placed).scalar_one() == 1
    page.click("button:has-text('Undo')")
    page.see("The order is taken back.")


def test_an_invoice_is_paid_in_three_clicks(
    opened: Opened, house: House, noor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There and back: the provider is the simulated one, and its notification comes by HTTP."""
    monkeypatch.setenv(SECRET_ENV, PROVIDER_SECRET)
    provider = Provider(house.app, house.url, PROVIDER_SECRET)
    try:
        page = at(opened, house, noor, "/portal/invoices?show=open", width=390)
        page.click(page.page.locator("form[action$='/pay'] button").first)
        page.page.wait_for_url(f"{provider.server.url}/checkout/**")
        page.counted.within(clicks=3)
        page.page.locator("button[value=pay]").click()
        page.page.wait_for_url("**/paid**")
        page.see("Paid, thank you")
        page.wrong = [each for each in page.wrong if provider.server.url not in each]
    finally:
        provider.stop()


def test_a_return_takes_five_clicks_and_a_reason(opened: Opened, house: House, noor: str) -> None:
    order, _ = bought(house)
    page = at(opened, house, noor, f"/portal/orders/{order}", language="nl", width=390, scripts=False)
    page.click("a:has-text('Iets terugsturen')")
    page.click(page.page.locator("input[name$='.quantity']").first)
    page.type("1")
    page.click("input[name=reason]")
    page.type("Kwam beschadigd aan")
    page.click("button:has-text('Aanmelden')")
    page.see("Doe deze pagina in het pakket")
    page.counted.within(clicks=5)


def test_ordering_from_the_catalogue(opened: Opened, house: House, noor: str) -> None:
    page = at(opened, house, noor, "/portal/shop", width=390, scripts=False)
    page.click(page.page.locator(".goods li:has-text('In stock') .add button").first)
    page.click("a.portal-basket")
    page.see("total")
    picture(page, "portal-basket")
    page.click("button:has-text('Order on account')")
    page.see("Ordered. Thank you.")
    page.counted.within(clicks=4)


def test_a_passkey_signs_in_with_one_click(opened: Opened, house: House, noor: str) -> None:
    """Added right after signing in by mail; from then on nobody waits for mail on this device."""
    page = at(opened, house, noor, "/portal/account", width=390)
    assert authenticator(page.page) is not None
    page.click("summary:has-text('Add a passkey')")
    page.page.get_by_label("What I call it").fill("My telephone")
    page.click("button:has-text('Add it')")
    page.page.locator("li", has_text="My telephone").first.wait_for()  # the hint of the form says nearly the same
    assert axe(page) == []
    page.page.locator("button:has-text('Sign out')").last.click()
    page.page.wait_for_url("**/portal/sign-in")
    assert axe(page) == []
    page.counted.clicks = 0
    page.click("button:has-text('Sign in with a passkey')")
    page.see("Hello, Noor")
    page.counted.within(clicks=2)
