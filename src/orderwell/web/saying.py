"""Saying what the program said, such as why it refused, in the language of whoever reads."""

from datetime import date
from decimal import Decimal
from typing import Any

from ..kit.sentences import Sentence
from . import numbers
from .language import translations


def said(text: str, language: str) -> str:
    """A text in another language, with its values as that writes them. What is not translated stays as it is."""
    found = translations(language)
    if not isinstance(text, Sentence):
        return found.gettext(text)
    template = found.find(text.template)
    if template is None:
        return str(text)
    try:
        return template.format_map({name: _shown(value, language) for name, value in text.values.items()})
    except (LookupError, ValueError, AttributeError):  # a place that nothing fills: better in English than not at all
        return str(text)


def _shown(value: Any, language: str) -> Any:
    if isinstance(value, Sentence):
        return said(value, language)
    if isinstance(value, list):
        return ", ".join(str(_shown(each, language)) for each in value)
    if isinstance(value, Decimal):
        return numbers.exact(value, language)
    return numbers.day(value.isoformat(), language) if isinstance(value, date) else value
