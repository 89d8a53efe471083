"""People sign in: passwords, sessions, and links that work once."""

from collections.abc import Iterator

import pytest

from orderwell.access.queries import password_for, sessions_of, signed_in
from orderwell.access.rules import hash_of_token, new_token, weakness
from orderwell.flows.keep_access import AddPerson, DisablePerson
from orderwell.flows.sign_in import (
    EndSession,
    LinkUsed,
    MakeLink,
    PasswordChanged,
    SetPassword,
    SetPreference,
    SetUpDone,
    SetUpOwner,
    StartSession,
)
from orderwell.kit.errors import Denied, Invalid, NotFound
from orderwell.values.ids import parse
from tests.support.shop import Shop

HASH = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    shop = Shop(database_url)
    yield shop
    shop.close()


def hashed(token: str) -> str:
    return hash_of_token(token)


def session(shop: Shop, person: str, token: str, *, device: str = "") -> str:
    with shop.app.database.reading() as connection:
        found = password_for(connection, person)
    assert found is not None
    started = shop.do(StartSession(person, hashed(token), device=device, password_set_at=found[1].set_at))
    return str(started["id"])


def is_in(shop: Shop, token: str) -> bool:
    with shop.app.database.reading() as connection:
        return signed_in(connection, hashed(token), "back_office") is not None


def happened(shop: Shop, word: str) -> int:
    return int(shop.rows(f"SELECT COUNT(*) FROM events WHERE type = '{word}'")[0][0])


def noor(shop: Shop) -> str:
    shop.do(AddPerson("Noor", "noor@example.com", ["warehouse"]))
    shop.do(SetPassword("noor@example.com", HASH))
    return "noor@example.com"


def test_the_first_owner_sets_the_business_up_with_a_link_that_works_once(shop: Shop) -> None:
    link, token = new_token(), new_token()
    shop.do(MakeLink("set_up", hashed(link)))
    shop.do(SetUpOwner(hashed(link), "Olga", "olga@example.com", HASH, hashed(token)))
    assert is_in(shop, token)
    again = new_token()
    shop.do(MakeLink("set_up", hashed(again)))
    for each in (link, again):
        with pytest.raises(SetUpDone):
            shop.do(SetUpOwner(hashed(each), "Mallory", "mallory@example.com", HASH, hashed(new_token())))


def test_a_link_is_over_after_an_hour_and_used_after_once(shop: Shop) -> None:
    person = noor(shop)
    late, used = new_token(), new_token()
    shop.do(MakeLink("sign_in", hashed(late), person))
    shop.clock.advance_to(shop.clock.now() + 3_600_000_000)
    shop.do(MakeLink("sign_in", hashed(used), person))
    shop.do(StartSession(person, hashed(new_token()), link_hash=hashed(used)))
    for link in (late, used, new_token()):
        with pytest.raises(LinkUsed):
            shop.do(StartSession(person, hashed(new_token()), link_hash=hashed(link)))


def test_a_link_lets_in_the_one_it_was_made_for_and_for_what_it_was_made(shop: Shop) -> None:
    person = noor(shop)
    shop.do(AddPerson("Max", "max@example.com", ["owner"]))
    link, set_up = new_token(), new_token()
    shop.do(MakeLink("sign_in", hashed(link), person))
    shop.do(MakeLink("set_up", hashed(set_up)))
    for each in (link, set_up):
        with pytest.raises(LinkUsed):
            shop.do(StartSession("max@example.com", hashed(new_token()), link_hash=hashed(each)))


def test_signing_out_ends_one_session_and_a_new_password_all_others(shop: Shop) -> None:
    person = noor(shop)
    first, second, third = new_token(), new_token(), new_token()
    sessions = [session(shop, person, token) for token in (first, second, third)]
    shop.do(EndSession(sessions[0]))
    assert [is_in(shop, token) for token in (first, second, third)] == [False, True, True]
    shop.do(SetPassword(person, HASH, keep=sessions[2]))
    assert [is_in(shop, token) for token in (first, second, third)] == [False, False, True]
    assert happened(shop, "session.started") == 3
    assert happened(shop, "session.ended") == 2


def test_nobody_ends_the_session_of_somebody_else_as_their_own(shop: Shop) -> None:
    person = noor(shop)
    mine = session(shop, person, token := new_token())
    other = shop.do(AddPerson("Max", "max@example.com", ["owner"]))["id"]
    with pytest.raises(NotFound):
        shop.do(EndSession(mine, other))
    assert is_in(shop, token)


def test_a_password_that_was_changed_while_it_was_checked_lets_nobody_in(shop: Shop) -> None:
    person = noor(shop)
    with shop.app.database.reading() as connection:
        found = password_for(connection, person)
    assert found is not None
    shop.days_pass(1)
    shop.do(SetPassword(person, HASH))
    with pytest.raises(PasswordChanged):
        shop.do(StartSession(person, hashed(new_token()), password_set_at=found[1].set_at))
    with pytest.raises(PasswordChanged):
        shop.do(StartSession(person, hashed(new_token())))


def test_whoever_is_shut_out_is_out_everywhere(shop: Shop) -> None:
    person = noor(shop)
    session(shop, person, token := new_token())
    shop.do(DisablePerson(person))
    assert not is_in(shop, token)
    with pytest.raises(Denied):
        shop.do(StartSession(person, hashed(new_token()), password_set_at=0))


def test_sessions_are_listed_with_the_device_and_end_by_themselves(shop: Shop) -> None:
    person = noor(shop)
    mine = session(shop, person, new_token())
    number = parse("person", shop.do(SetPreference(person, "theme", "dark")) and _id(shop, person))
    assert number is not None
    with shop.app.database.reading() as connection:
        now = shop.clock.now()
        assert [parse("session", mine)] == [each.id for each, _ in sessions_of(connection, number, now)]
        assert not sessions_of(connection, number, now + 9 * 3_600_000_000)


def _id(shop: Shop, email: str) -> str:
    from orderwell.values.ids import show

    return show("person", shop.rows(f"SELECT id FROM people WHERE email = '{email}'")[0][0])


def test_a_preference_is_one_of_those_there_are(shop: Shop) -> None:
    person = noor(shop)
    shop.do(SetPreference(person, "language", "nl"))
    shop.do(SetPreference(person, "language", "en"))
    for name, value in (("language", "xx"), ("colour", "blue")):
        with pytest.raises(Invalid):
            shop.do(SetPreference(person, name, value))
    assert shop.rows("SELECT name, value FROM preferences") == [("language", "en")]


def test_no_token_and_no_password_is_kept(shop: Shop) -> None:
    person = noor(shop)
    link, token = new_token(), new_token()
    shop.do(MakeLink("sign_in", hashed(link), person))
    shop.do(StartSession(person, hashed(token), link_hash=hashed(link)))
    for table in ("sessions", "sign_in_links", "events", "idempotency", "passwords"):
        rows = str(shop.rows(f"SELECT * FROM {table}"))
        assert token not in rows
        assert link not in rows


@pytest.mark.parametrize(
    "password",
    ["short", "aaaaaaaaaaaaaaaaaaaa", "abababababababababab", "password1234567890", "Qwertyuiop123456789",
     "orderwell2026orderwell", "noor.bakker@example", "wachtwoordwachtwoord", "1234567890123456789", "x" * 129],
)  # fmt: skip
def test_passwords_that_others_would_try_first_will_not_do(password: str) -> None:
    assert weakness(password, name="Noor Bakker", email="noor.bakker@example.com") is not None


@pytest.mark.parametrize("password", ["kettle river pencil moss", "Zeven groene fietsen!", "x7#kP2mq9Lr4tW8vB"])
def test_long_ones_of_ones_own_will(password: str) -> None:
    assert weakness(password, name="Noor Bakker", email="noor.bakker@example.com") is None
