"""Sentences: to whoever does not ask what they are made of, they are the English text and nothing else."""

import copy
import json
import pickle
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from orderwell.kit.errors import Conflict, Invalid
from orderwell.kit.sentences import Sentence, word

VALUES = st.one_of(
    st.text(max_size=20), st.integers(), st.dates(), st.decimals(allow_nan=False, allow_infinity=False, places=2)
)


@given(VALUES, VALUES, st.lists(st.text(max_size=5), max_size=3))
def test_a_sentence_is_its_english_text(first: object, second: object, some: list[str]) -> None:
    said = Sentence("{first!r}: {second} units of {some}.", first=first, second=second, some=some)
    plain = f"{first!r}: {second} units of {', '.join(some)}."
    assert said == plain
    assert hash(said) == hash(plain)
    assert type(str(said)) is type(f"{said}") is str
    for kept in (pickle.loads(pickle.dumps(said)), copy.deepcopy(said), json.loads(json.dumps(said))):
        assert kept == plain
        assert type(kept) is str
    assert to_json({"detail": said}) == to_json({"detail": plain})


def test_it_remembers_what_it_was_made_of() -> None:
    inner = Sentence("{sku} ({wanted} wanted)", sku="lamp", wanted=Decimal("1.50"))
    said = Sentence("Not on {day}: {items}.", day=date(2026, 1, 31), items=[inner, inner])
    assert said == "Not on 2026-01-31: lamp (1.50 wanted), lamp (1.50 wanted)."
    assert said.template == "Not on {day}: {items}."
    assert said.values["items"][0].template == "{sku} ({wanted} wanted)"


def test_a_word_is_written_as_the_program_writes_it() -> None:
    assert word("came_back") == "came_back"
    assert word("came_back").template == "came back"


def test_values_are_not_templates() -> None:
    assert Sentence("{name!r} is {state}.", name="{state}", state=word("{name}")) == "'{state}' is {name}."


def test_refusals_pass_it_on() -> None:
    said = Sentence("There is no order {name!r}.", name="W1")
    assert Conflict(said).detail is said
    refused = Invalid.at("/order", said)
    assert refused.detail is refused.problems[0].detail is said
    assert str(refused) == "There is no order 'W1'."
