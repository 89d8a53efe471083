"""Two customers at the portal of one shop: Anna, who pays at once, and a hotel with two buyers, on account."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest

from orderwell.flows.keep_delivery import KeepDeliveryMethod, ZoneAsk
from orderwell.flows.keep_portal import AddPortalAccount, RedeemSignIn
from orderwell.flows.place_order import AddressAsk, LineAsk, PlaceOrder
from orderwell.portal.rules import hash_of, new_secret
from orderwell.worker import Worker
from tests.support.paying import Paying
from tests.web.conftest import Browser, WebShop

HOME = AddressAsk("Anna", "Dorpsstraat 1", "3511 AA", "Utrecht", "NL")
KADE = AddressAsk("Hotel", "Havenkade 9", "2011 BB", "Haarlem", "NL")


class PortalShop(WebShop):
    def open_portal(self) -> "PortalShop":
        self.sku("lamp", price="10.00", stock=40)
        self.sku("cord", price="2.00", stock=40)
        self.sku("postage", price="4.95", kind="service", revenue="delivery")
        self.do(KeepDeliveryMethod("parcel", "Parcel", "postage", [ZoneAsk("NL", Decimal("4.95"), 1)]))
        self.customer("anna", email="anna@example.com")
        self.customer("hotel", kind="company", terms_days=14, payment_method="on_account")
        self.accounts = {
            name: self.do(AddPortalAccount(customer, name.capitalize(), f"{name}@example.com", role=role, invite=False))  # type: ignore[arg-type]
            for name, customer, role in (
                ("anna", "anna", "buyer"), ("noor", "hotel", "admin"), ("ruben", "hotel", "buyer"),
            )
        }  # fmt: skip
        return self

    def work(self) -> None:
        worker = Worker(self.app)
        worker.tick()
        worker.stop()

    def mailed(self) -> list[str]:
        """The links in messages that can be read, in order."""
        self.work()
        bodies = self.rows("SELECT body FROM messages WHERE status = 'shown' ORDER BY id")
        return [re.findall(r"/portal/sign-in/\S+", body)[0] for (body,) in bodies]

    def session_of(self, name: str) -> str:
        """The secret of a session of one of the accounts, without the way through the mail."""
        from orderwell.flows.keep_portal import InvitePortalAccount
        from orderwell.flows.send_message import IssueSignInLink

        link, session = new_secret(), new_secret()
        self.do(InvitePortalAccount(self.accounts[name]["id"]))
        [(message,)] = self.rows("SELECT MAX(id) FROM messages")
        from orderwell.values.ids import show

        self.do(IssueSignInLink(show("message", message), link.hash))
        self.do(RedeemSignIn(hash_of(link.secret), session.hash))
        return session.secret

    def buyer(self, name: str, language: str = "en") -> Browser:
        browser = Browser(self.site, language=language)
        browser.http.cookies.set("orderwell_portal", self.session_of(name))
        return browser

    def bought(self, customer: str = "anna", ship_to: AddressAsk = HOME, **wants: int) -> str:
        """An order of theirs, delivered; its id."""
        lines = [LineAsk(code, Decimal(quantity)) for code, quantity in (wants or {"lamp": 2}).items()]
        ask = PlaceOrder("web", lines, customer=customer, ship_to=ship_to, delivery="parcel")
        return str(self.do(ask)["id"])


@pytest.fixture
def shop(database_url: str) -> Iterator[PortalShop]:
    shop = PortalShop(database_url).open_portal()
    yield shop
    shop.close()


@pytest.fixture
def paying(shop: PortalShop) -> Iterator[Paying]:
    paying = Paying(shop)
    yield paying
    paying.close()
