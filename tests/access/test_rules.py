"""What a key looks like, and what its holder may do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwell.access.model import BUILT_IN, RIGHTS, mode_of
from orderwell.access.rules import LENGTH, _check, hash_of_key, is_key, new_key, rights_of_key


@pytest.mark.parametrize("mode", ["live", "test"])
def test_a_new_key_is_long_random_and_known_by_its_prefix(mode: str) -> None:
    keys = {new_key(mode).secret for _ in range(100)}  # type: ignore[arg-type]
    assert len(keys) == 100
    for key in keys:
        assert key.startswith(f"ow_{mode}_")
        assert len(key) == LENGTH == 8 + 32 + 6  # 160 bits are 32 letters of base32
        assert is_key(key)


def test_only_a_hash_and_four_letters_are_kept() -> None:
    key = new_key("test")
    assert key.hash == hash_of_key(key.secret)
    assert key.secret not in (key.hash, key.hint)
    assert key.hint == key.secret[-4:]


@given(place=st.integers(3, LENGTH - 1), letter=st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_typing_error_is_no_key(place: int, letter: str) -> None:
    body = "ow_test_" + "a" * 32
    key = body + _check(body)
    typed = key[:place] + letter + key[place + 1 :]
    assert is_key(typed) == (typed == key)


@pytest.mark.parametrize("text", ["", "ow_test_", "x" * LENGTH, "ow_prod_" + "a" * 38, "ow_test_" + "é" * 38])
def test_other_texts_are_no_keys(text: str) -> None:
    assert not is_key(text)


@pytest.mark.parametrize(
    ("scopes", "granted", "may"),
    [
        (["a", "b"], None, {"a", "b"}),  # a key of nobody: its scopes
        ([], ["a", "b"], {"a", "b"}),  # no scopes: all that its person or role may
        (["a", "c"], ["a", "b"], {"a"}),  # both: what is in both
        ([], None, set()),
        ([], [], set()),
    ],
)
def test_what_a_key_may_do(scopes: list[str], granted: list[str] | None, may: set[str]) -> None:
    assert rights_of_key(scopes, granted) == may


def test_roles_hold_rights_that_exist_and_only_the_owner_manages_access() -> None:
    for role, rights in BUILT_IN.items():
        assert rights <= set(RIGHTS)
        assert ("access:manage" in rights) == (role == "owner")
    assert "payments:refund" not in BUILT_IN["shop_floor"] | BUILT_IN["customer_service"]


def test_live_keys_open_production_only() -> None:
    assert [mode_of(each) for each in ("production", "demo", "test")] == ["live", "test", "test"]
