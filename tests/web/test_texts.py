"""Every text is in both languages."""

import re

import pytest

from orderwell.web.language import FOLDER, LANGUAGES, SOURCE, catalogue, chosen, translations
from tests.web.texts import WEB, bare_words, texts, untranslated

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
                sorted(re.findall(r"%\(\w+\)s", each))
                for each in (said if isinstance(said, tuple) else (said,), message.string)
                for each in ((each,) if isinstance(each, str) else each)
            ]
            assert all(each == figures[0] for each in figures), f"{path.name}: {said!r}"


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
