"""Which language a page speaks: catalogues of every area, merged at start, and the choice among them.

English is what the sources say. Each other language has one `.po` file an area in `locale/<language>/`, so that people
who work on different areas never write to the same file.
"""

import gettext
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent / "locale"
SOURCE = "en"
LANGUAGES = {"en": "English", "nl": "Nederlands"}
LOCALES = {"en": "en_GB", "nl": "nl_NL"}  # how numbers, dates and amounts are written


def N_(text: str) -> str:
    """Marks a text that is translated where it is shown."""
    return text


class Translations(gettext.NullTranslations):
    """Texts of one language. What is not there is shown as the source says it; a test finds what is not there."""

    def __init__(self, texts: dict[str, str | tuple[str, ...]], plural: str) -> None:
        super().__init__()
        self._texts = texts
        self._plural = gettext.c2py(plural)

    def find(self, message: str) -> str | None:
        """None where it is not translated, as in the language of the source."""
        found = self._texts.get(message)
        return found if found is None or isinstance(found, str) else found[0]

    def gettext(self, message: str) -> str:
        found = self.find(message)
        return message if found is None else found

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        found = self._texts.get(msgid1)
        if isinstance(found, tuple):
            return found[self._plural(n)]
        return msgid1 if n == 1 else msgid2


@cache
def translations(language: str) -> Translations:
    texts: dict[str, str | tuple[str, ...]] = {}
    for path in sorted((FOLDER / language).glob("*.po")):
        for message in catalogue(path, language):
            if not message.id or not message.string or message.fuzzy:
                continue
            key = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
            texts[key] = tuple(message.string) if isinstance(message.string, (tuple, list)) else message.string
    return Translations(texts, "n != 1")


def catalogue(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def chosen(preferred: str, accept_language: str) -> str:
    """The person's own, else the first that the browser asks for and we have."""
    if preferred in LANGUAGES:
        return preferred
    asked = []
    for n, part in enumerate(accept_language[:200].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            asked.append((-float(weight or 1), n, tag.split("-")[0].lower()))
        except ValueError:
            continue
    return next((tag for weight, _, tag in sorted(asked) if tag in LANGUAGES and weight < 0), SOURCE)
