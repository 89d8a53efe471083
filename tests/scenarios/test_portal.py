"""People of a customer sign in by mail, and follow an order by its link."""

import re
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from orderwell.flows.keep_portal import (
    AddPortalAccount,
    ChangePortalAccount,
    DisablePortalAccount,
    EnablePortalAccount,
    EndPortalSession,
    InvitePortalAccount,
    LinkOrder,
    RedeemSignIn,
    RequestSignIn,
    RevokeOrderLink,
)
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.kit.errors import Invalid, NotFound
from orderwell.kit.tables import TABLES
from orderwell.portal.actions import AccountDisabled, AddressTaken, LinkNotGood, LinkRevoked
from orderwell.portal.queries import SignedIn, note_use, signed_in
from orderwell.portal.rules import NewSecret, hash_of, new_secret
from orderwell.reports.tracking import tracked
from orderwell.schema import LOCK_ORDER
from orderwell.values.calendar import DAY, SECOND
from orderwell.worker import Worker
from tests.support.mailbox import Mailbox
from tests.support.shop import Shop


@pytest.fixture
def company(shop: Shop) -> Shop:
    shop.customer("hotel", kind="company", locale="nl-NL")
    return shop


def work(shop: Shop) -> None:
    worker = Worker(shop.app)
    worker.tick()
    worker.stop()


def noor(shop: Shop, **more: Any) -> str:
    return str(shop.do(AddPortalAccount("hotel", "Noor", "Noor@Example.com", **more))["id"])


def mailed(shop: Shop) -> list[str]:
    """The secrets in messages that can be read, in order."""
    work(shop)
    bodies = shop.rows("SELECT body FROM messages WHERE status = 'shown' ORDER BY id")
    return [re.findall(r"/portal/sign-in/(\S+)", body)[0] for (body,) in bodies]


def enter(shop: Shop, secret: str) -> tuple[str, str]:
    """Redeem a link; the session's id and secret."""
    session = new_secret()
    return shop.do(RedeemSignIn(hash_of(secret), session.hash))["id"], session.secret


def who(shop: Shop, secret: str) -> SignedIn | None:
    with shop.app.database.reading() as connection:
        return signed_in(connection, secret, shop.clock.now())


def later(shop: Shop, microseconds: int) -> None:
    shop.clock.advance_to(shop.clock.now() + microseconds)


def test_invited_signed_in_and_out(company: Shop) -> None:
    account = noor(company)
    [link] = mailed(company)
    [(recipient, subject)] = company.rows("SELECT recipient, subject FROM messages")
    assert (recipient, subject) == ("noor@example.com", "Uw account bij Lamp & Co")

    id_, session = enter(company, link)

    found = who(company, session)
    assert found is not None
    assert (found.name, found.role) == ("Noor", "buyer")
    assert company.rows("SELECT status FROM portal_accounts") == [("active",)]
    assert company.do(ChangePortalAccount(account, role="admin"))["name"] == "Noor"
    company.do(EndPortalSession(id_))
    assert who(company, session) is None
    company.prove()


def test_no_secret_is_in_the_database_but_where_no_mail_can_be_sent(
    company: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Mailbox() as box:
        monkeypatch.setenv("ORDERWELL_SMTP_URL", box.url)
        monkeypatch.setenv("ORDERWELL_MAIL_FROM", "shop@example.com")
        monkeypatch.setenv("ORDERWELL_PUBLIC_URL", "https://shop.example.com")
        noor(company)
        work(company)
    [sent] = box.messages
    plain = sent.replace("=\n", "")
    secret = re.findall(r"https://shop\.example\.com/portal/sign-in/([a-z2-7]{40})", plain)[0]
    assert company.rows("SELECT status FROM messages") == [("sent",)]
    for table, columns in texts(company):
        for column in columns:
            assert company.rows(f"SELECT 1 FROM {table} WHERE {column} LIKE '%{secret}%'") == []
    _, session = enter(company, secret)
    assert who(company, session) is not None
    for table, columns in texts(company):
        for column in columns:
            assert company.rows(f"SELECT 1 FROM {table} WHERE {column} LIKE '%{session}%'") == []


def texts(shop: Shop) -> list[tuple[str, list[str]]]:
    """Every table that is the shop's, with its columns that hold text."""
    ours = [TABLES[name] for name in LOCK_ORDER]
    return [(table.name, [column.name for column in table.c if isinstance(column.type, sa.Text)]) for table in ours]


def test_a_link_works_once_for_fifteen_minutes_and_the_newest_only(company: Shop) -> None:
    account = noor(company)
    [first] = mailed(company)
    company.do(InvitePortalAccount(account))
    [_, second] = mailed(company)
    with pytest.raises(LinkNotGood):
        enter(company, first)
    later(company, 15 * 60 * SECOND)
    with pytest.raises(LinkNotGood):
        enter(company, second)
    company.do(RequestSignIn("NOOR@example.com "))
    third = mailed(company)[-1]
    enter(company, third)
    with pytest.raises(LinkNotGood):
        enter(company, third)
    with pytest.raises(LinkNotGood):
        enter(company, "nonsense")
    company.prove()


def test_asking_is_answered_alike_and_not_too_often(company: Shop) -> None:
    noor(company, invite=False)
    for email in ("noor@example.com",) * 5 + ("nobody@example.com", "no address", ""):
        assert company.do(RequestSignIn(email)) == {"object": "sign_in_request"}
    assert len(mailed(company)) == 3
    later(company, 15 * 60 * SECOND)
    company.do(RequestSignIn("noor@example.com"))
    assert len(mailed(company)) == 4


def test_a_session_ends_when_it_is_not_used_and_at_the_latest_after_ninety_days(company: Shop) -> None:
    noor(company)
    _, session = enter(company, mailed(company)[0])
    for _ in range(3):
        later(company, 29 * DAY)
        found = who(company, session)
        assert found is not None
        with company.app.database.changing() as connection:
            note_use(connection, found.session_id, company.clock.now())
    later(company, 3 * DAY)
    assert who(company, session) is None


def test_who_is_disabled_is_out_at_once_and_gets_no_link(company: Shop) -> None:
    account = noor(company)
    _, session = enter(company, mailed(company)[0])
    company.do(RequestSignIn("noor@example.com"))
    link = mailed(company)[-1]

    company.do(DisablePortalAccount(account))

    assert who(company, session) is None
    with pytest.raises(LinkNotGood):
        enter(company, link)
    company.do(RequestSignIn("noor@example.com"))
    assert len(mailed(company)) == 2
    for ask in (InvitePortalAccount(account), DisablePortalAccount(account)):
        with pytest.raises(AccountDisabled):
            company.do(ask)
    company.prove()
    company.do(EnablePortalAccount(account))
    company.do(RequestSignIn("noor@example.com"))
    assert who(company, enter(company, mailed(company)[-1])[1]) is not None


def test_what_makes_no_sense_is_refused(company: Shop) -> None:
    noor(company, invite=False)
    with pytest.raises(AddressTaken):
        noor(company)
    with pytest.raises(Invalid):
        company.do(AddPortalAccount("hotel", "X", "a@b\r\nBcc: c@d"))
    with pytest.raises(Invalid):
        company.do(AddPortalAccount("nobody", "X", "a@b"))
    with pytest.raises(NotFound):
        company.do(DisablePortalAccount("pac_0000000000001"))
    assert company.rows("SELECT COUNT(*) FROM messages") == [(0,)]


def test_in_production_a_link_is_not_shown_for_want_of_a_mail_server(open_shop: Any) -> None:
    shop = open_shop(mode="production")
    shop.customer("hotel")
    noor(shop)
    work(shop)
    assert shop.rows("SELECT status, body FROM messages") == [("waiting", "")]
    [(status, error)] = shop.rows("SELECT status, last_error FROM jobs WHERE kind = 'mail.send'")
    assert status == "dead"
    assert "ORDERWELL_SMTP_URL" in error


def test_a_link_shows_one_order_until_it_ends_or_is_revoked(company: Shop) -> None:
    company.sku("lamp", price="49.95", stock=5)
    order, other = company.order(customer="hotel", lamp=2, reference="WEB-1"), company.order(lamp=1)
    secrets = {name: new_secret() for name in (order, other)}
    links = {name: company.do(LinkOrder(name, secret.hash)) for name, secret in secrets.items()}

    company.ship(order, carrier="postnl", tracking="3S1")

    told = look(company, secrets[order])
    assert (told["reference"], told["fulfilment_status"]) == ("WEB-1", "shipped")
    assert [line["description"] for line in told["lines"]] == ["Lamp"]
    assert [parcel["tracking"] for parcel in told["parcels"]] == ["3S1"]
    assert "hotel" not in str(told).lower()
    assert "49" not in str(told)
    company.do(RevokeOrderLink(links[order]["id"]))
    with pytest.raises(NotFound):
        look(company, secrets[order])
    with pytest.raises(LinkRevoked):
        company.do(RevokeOrderLink(links[order]["id"]))
    assert look(company, secrets[other])["object"] == "tracked_order"
    later(company, 30 * DAY)
    with pytest.raises(NotFound):
        look(company, secrets[other])
    with pytest.raises(NotFound):
        look(company, NewSecret("' OR 1=1 --", ""))


def test_a_draft_is_not_followed(company: Shop) -> None:
    company.sku("lamp", price="49.95", stock=5)
    draft = company.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], draft=True))["id"]
    with pytest.raises(NotFound):
        company.do(LinkOrder(draft, new_secret().hash))


def look(shop: Shop, secret: NewSecret) -> dict[str, Any]:
    with shop.app.database.reading() as connection:
        return tracked(connection, secret.secret, shop.clock.now())
