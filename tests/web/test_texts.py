"""Every text is in both languages."""

import ast
import re
from collections.abc import Iterator
from string import Formatter
from typing import Any

import pytest
import sqlalchemy as sa

from orderwell.api.decode import CHECKS
from orderwell.kit.jobs import JOBS
from orderwell.kit.sentences import Sentence, word
from orderwell.notifications.store import ENDPOINTS
from orderwell.orders.model import MOVES
from orderwell.orders.model import NEXT as ORDER_STATES
from orderwell.payments.model import METHODS
from orderwell.payments.store import PAYMENT_INSTRUCTIONS
from orderwell.picking.store import PICK_LISTS
from orderwell.proofs.store import PROOFS
from orderwell.purchasing.model import NEXT as PROPOSAL_STATES
from orderwell.shipping.model import NEXT as PARCEL_STATES
from orderwell.values.ids import PREFIXES
from orderwell.web.addresses import Form
from orderwell.web.asgi import addresses
from orderwell.web.language import FOLDER, LANGUAGES, SOURCE, catalogue, chosen, translations
from orderwell.web.saying import said
from tests.web.texts import WEB, bare_words, reasons, texts, untranslated

OTHERS = [language for language in LANGUAGES if language != SOURCE]


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language: str) -> None:
    assert not untranslated(language), "run `.venv/bin/python -m tests.web.texts` and translate what it added"


@pytest.mark.parametrize("language", OTHERS)
def test_every_translation_is_of_a_text_there_is_and_keeps_its_figures(language: str) -> None:
    there = {each.text for each in texts()}
    for path in sorted((FOLDER / language).glob("*.po")):
        for message in catalogue(path, language):
            if not message.id:
                continue
            said = tuple(message.id) if isinstance(message.id, (tuple, list)) else message.id
            assert said in there, f"{path.name}: nobody says {said!r} any more"
            figures = [
                sorted(re.findall(r"%\(\w+\)s|\{[^{}]*\}", each))
                for each in (said if isinstance(said, tuple) else (said,), message.string)
                for each in ((each,) if isinstance(each, str) else each)
            ]
            assert all(each == figures[0] for each in figures), f"{path.name}: {said!r}"


# Reasons that are in a variable: of these, each is made as a sentence, or marked by `N_`, where it comes from.
PASSED_ON = {
    "problems[0].detail", "refusal.detail", "detail", "sentence", "told", "service", "refusal", "REFUSED",
    "WEAK[weak]", "_said(each)", "_sentence(problems)", "error.args[0]",
}  # fmt: skip


def test_whatever_is_refused_is_said_with_words_that_are_found() -> None:
    """A text put together with values in it would be another one each time, and in no catalogue."""
    unclear = {each.place: ast.unparse(each.text) for each in reasons() if not isinstance(each.text, str)}
    found = {place: source for place, source in unclear.items() if source not in PASSED_ON}
    assert not found, 'say `Sentence("… {place} …", place=value)`, with its text right there'


def test_a_sentence_is_given_what_fills_it() -> None:
    for each in reasons():
        if isinstance(each.text, str) and each.made:
            wanted = {name for _, name, _, _ in Formatter().parse(each.text) if name is not None}
            assert wanted == each.given, each.place
            assert all(name.isidentifier() for name in wanted), f"{each.place}: a place is a plain name"


@pytest.mark.parametrize("language", OTHERS)
def test_every_reason_can_be_said(language: str) -> None:
    for each in reasons():
        if isinstance(each.text, str) and each.made:
            values = {name: f"«{name}»" for name in each.given}
            told = said(Sentence(each.text, **values), language)
            assert all(value in told for value in values.values()), each.place
            assert "{" not in told, each.place


@pytest.mark.parametrize("language", OTHERS)
def test_every_word_inside_a_sentence_is_known(language: str) -> None:
    words = {
        *PREFIXES, *MOVES, *ORDER_STATES, *PARCEL_STATES, *PROPOSAL_STATES, "received", "sent back", "cancelled",
        *(method.capitalize() for method in METHODS), "none", "no parameters",
    }  # fmt: skip
    for table in (JOBS, ENDPOINTS, PAYMENT_INSTRUCTIONS, PICK_LISTS, PROOFS):
        checks = [str(each.sqltext) for each in table.sa.constraints if isinstance(each, sa.CheckConstraint)]
        (states,) = [check for check in checks if re.match(r"stat(us|e) IN", check)]
        words |= set(re.findall(r"'(\w+)'", states))
    assert not {each for each in words if translations(language).find(word(each).template) is None}


# What a part of a request can have wrong, by its kind and by what it has to keep to.
WRONG: dict[str, set[str]] = {
    "dataclass": {"dataclass_type"},
    "dataclass-args": {"missing", "unexpected_keyword_argument"},
    "str": {"string_type"},
    "str min_length": {"string_too_short"},
    "str max_length": {"string_too_long"},
    "int": {"int_type", "int_from_float", "int_parsing_size"},
    "int ge": {"greater_than_equal"},
    "int gt": {"greater_than"},
    "int le": {"less_than_equal"},
    "decimal": {"decimal_type", "decimal_parsing", "finite_number"},
    "decimal ge": {"greater_than_equal"},
    "decimal gt": {"greater_than"},
    "decimal le": {"less_than_equal"},
    "bool": {"bool_type"},
    "list": {"list_type"},
    "list min_length": {"too_short"},
    "list max_length": {"too_long"},
    "tuple": {"tuple_type"},
    "literal": {"literal_error"},
    "named-tuple": set(),
}
LIMITS = {"min_length", "max_length", "ge", "gt", "le", "lt", "pattern", "multiple_of", "decimal_places", "max_digits"}
AROUND = {"default", "nullable", "definition-ref", "definitions", "dataclass-field", "named-tuple-field"}


def _parts(schema: Any) -> Iterator[str]:
    """Kinds that a request is made of, each also with every limit it has."""
    if isinstance(schema, dict):
        kind = schema.get("type")
        if isinstance(kind, str):
            yield from (kind, *(f"{kind} {limit}" for limit in LIMITS & schema.keys()))
        schema = list(schema.values())
    if isinstance(schema, (list, tuple)):
        for each in schema:
            yield from _parts(each)


def test_whatever_can_be_wrong_with_a_form_is_known() -> None:
    parts = {part for each in addresses() if isinstance(each, Form) for part in _parts(each.adapter.core_schema)}
    assert parts - AROUND <= WRONG.keys()
    assert {wrong for part in parts - AROUND for wrong in WRONG[part]} <= CHECKS.keys()


def test_nothing_is_said_in_a_template_that_cannot_be_translated() -> None:
    found = {path.name: words for path in sorted(WEB.rglob("*.html")) if (words := list(bare_words(path)))}
    assert not found, "put these into _(…)"


def test_only_texts_of_the_template_are_taken_for_markup() -> None:
    """`_(…)` makes markup of what it is given; a customer's name must not become that. `|said` translates as text."""
    found = [
        f"{path.name}: {line.strip()[:80]}"
        for path in sorted(WEB.rglob("*.html"))
        for line in path.read_text().splitlines()
        if re.search(r"\b_\((?![\"'])|\|\s*safe|Markup", line)
    ]
    assert not found


def test_the_texts_are_found_where_they_are() -> None:
    """The finder finds: a text of a template, one of a page, one with a plural, the title of a refusal."""
    there = {each.text: each.area for each in texts()}
    assert there["What needs me now"] == "home"
    assert there["The payment is booked."] == "orders"
    assert there[("%(num)s new order", "%(num)s new orders")] == "orders"
    assert there["There is not enough stock"] == "refusals"
    assert there["Not enough stock: {listed}."] == "reasons"
    assert there["A note of blanks says nothing."] == "reasons"


def test_a_language_is_chosen_by_the_person_and_else_by_the_browser() -> None:
    assert chosen("nl", "en") == "nl"
    assert chosen("", "de, nl;q=0.8, en;q=0.5") == "nl"
    assert chosen("", "en;q=0.1, nl;q=0") == "en"
    assert chosen("", "xx;q=what, \x00") == "en"
    assert chosen("klingon", "") == "en"


def test_plurals_follow_the_language() -> None:
    said = translations("nl").ngettext
    assert said("%(num)s order", "%(num)s orders", 1) == "%(num)s order"
    assert said("%(num)s order", "%(num)s orders", 0) == "%(num)s orders"
