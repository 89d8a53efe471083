"""Sentences for people that can be said in another language: an English text with named places, and what fills them.

    raise TooLate(Sentence("Order {order!r} has left: {left} units are still here.", order=order.reference, left=units))

To every reader but the pages a sentence is its English text. The pages look its template up in the language of whoever
reads, and fill that with the same values (`web/saying.py`). A text without places needs none of this.
"""

from collections.abc import Mapping
from typing import Any


class Sentence(str):
    """The English text, which remembers what it was made of; written down or sent, it is a plain text.

    A value may be a sentence too, or a list with commas between, or a `Decimal` or `date`, which each language writes
    in its own way. The template is never in a variable: the texts to translate are found by reading the source.
    """

    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, /, **values: Any) -> "Sentence":
        shown = {name: ", ".join(value) if isinstance(value, list) else value for name, value in values.items()}
        return cls.made_of(template.format_map(shown), template, values)

    @classmethod
    def made_of(cls, text: str, template: str, values: Mapping[str, Any]) -> "Sentence":
        """Where the English text is somebody else's, such as that of the library that checks input."""
        made = super().__new__(cls, text)
        made.template, made.values = template, values
        return made

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)


def word(text: str) -> Sentence:
    """A word of the program inside a sentence, such as a state; `web/reason_words.py` has all of them."""
    return Sentence.made_of(text, text.replace("_", " "), {})
