"""PINs: what is one, how it is kept, and how long one waits."""

import pytest

from orderwell.access.pin_rules import FREE_TRIES, LONGEST_WAIT, MINUTE, fits, hash_of_pin, wait_until
from orderwell.kit.errors import Invalid


def test_a_pin_is_kept_as_a_salted_argon2id_hash() -> None:
    one, two = hash_of_pin("470318"), hash_of_pin("470318")
    assert one.startswith("$argon2id$")
    assert one != two
    assert fits("470318", one)
    assert fits("470318", two)
    assert not fits("470319", one)
    assert not fits("470318", "")


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "٤٧٠٣", "4 70", "0000", "1234", "8901", "4321"])
def test_what_is_no_pin_or_is_tried_first_is_refused(pin: str) -> None:
    with pytest.raises(Invalid):
        hash_of_pin(pin)


def test_the_wait_doubles_up_to_an_hour() -> None:
    assert wait_until(FREE_TRIES - 1, 1_000) is None
    assert wait_until(0, None) is None
    waits = [wait_until(FREE_TRIES + n, 0) for n in range(8)]
    assert waits == [MINUTE * each for each in (1, 2, 4, 8, 16, 32)] + [LONGEST_WAIT] * 2
