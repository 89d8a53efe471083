"""The texts of the pages, and what of them is not translated yet.

    .venv/bin/python -m tests.web.texts        # adds what is missing to the .po files, for a person to translate

A text belongs to the area whose page or template says it first: `pages/orders.py` and `templates/orders/` go to
`locale/<language>/orders.po`, what all areas share to `common.po`, titles of refusals to `refusals.po`, and the
sentences that say why to `reasons.po`: those are found wherever the program refuses.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po
from jinja2 import Environment

from orderwell import migrations
from orderwell.api.decode import CHECKS
from orderwell.demo import trade as _trade  # noqa: F401 - it refuses too, and is loaded by the demonstration only
from orderwell.kit.errors import Refused
from orderwell.web import asgi, language
from orderwell.web.language import FOLDER, LANGUAGES, SOURCE, catalogue

WEB = Path(language.__file__).parent
SOURCE_TREE = WEB.parent
COMMON, REFUSALS, REASONS = "common", "refusals", "reasons"
NOT_ON_PAGES = ("cli", "replay")  # who reads those sits at a terminal
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
PYTHON_OPTIONS: dict[str, str] = {}
JINJA_OPTIONS = {"trimmed": "true", "extensions": "jinja2.ext.loopcontrols", "silent": "false"}
assert asgi  # importing these two declares every refusal there is
assert migrations


class Text(NamedTuple):
    """`text` is the source's, with its plural where it has one."""

    text: str | tuple[str, ...]
    area: str
    place: str


def area_of(path: Path) -> str:
    parts = path.relative_to(WEB).parts
    if parts[0].startswith("portal"):
        return "portal"
    if path.stem == "reason_words":
        return REASONS
    if parts[0] == "pages" and len(parts) == 2 and path.stem != "__init__":
        return path.stem
    return parts[1] if parts[0] == "templates" and len(parts) == 3 else COMMON


def texts() -> list[Text]:
    """All of them, each once, what is shared first."""
    found: dict[str | tuple[str, ...], Text] = {}
    sources = sorted((*WEB.rglob("*.py"), *WEB.rglob("*.html")), key=lambda path: (area_of(path) != COMMON, str(path)))
    for path in sources:
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        options = PYTHON_OPTIONS if path.suffix == ".py" else JINJA_OPTIONS
        for line, text, _, _ in extract_from_file(method, str(path), keywords=KEYWORDS, options=options):
            if text:
                found.setdefault(text, Text(text, area_of(path), f"{path.relative_to(WEB)}:{line}"))
    for refused in sorted(refusals(Refused), key=lambda each: (each.code, each.__module__)):
        if refused.__module__.startswith("orderwell."):
            found.setdefault(refused.title, Text(refused.title, REFUSALS, refused.code))
    for reason in reasons():
        if isinstance(reason.text, str):
            found.setdefault(reason.text, Text(reason.text, REASONS, reason.place))
    for check in CHECKS.values():
        found.setdefault(check, Text(check, REASONS, "api/decode.py"))
    return list(found.values())


class Reason(NamedTuple):
    """Why something is refused: a text, or the expression that stands for one. `made` is a `Sentence` with values."""

    text: str | ast.expr
    made: bool
    given: frozenset[str]
    place: str


def reasons() -> Iterator[Reason]:
    """Every `Sentence`, and whatever else a refusal or a problem of the input is told to say."""
    names = {each.__name__ for each in refusals(Refused)}
    for path in sorted(SOURCE_TREE.rglob("*.py")):
        if path.relative_to(SOURCE_TREE).parts[0] in NOT_ON_PAGES or path.stem == "sentences":
            continue
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and (said := _said_by(call, names)) is not None:
                yield _reason(said, f"{path.relative_to(SOURCE_TREE)}:{said.lineno}")


def _said_by(call: ast.Call, refusals_: set[str]) -> ast.expr | None:
    """The argument that people read."""
    name = ast.unparse(call.func).removesuffix(".at")
    if name == "Sentence":
        return call
    at = 2 if name == "Problem" else 1 if ast.unparse(call.func).endswith(".at") else 0
    known = name == "Problem" or name.rpartition(".")[2] in refusals_
    return call.args[at] if known and len(call.args) > at else None


def _reason(said: ast.expr, place: str) -> Reason:
    call = said if isinstance(said, ast.Call) else None
    name = ast.unparse(call.func) if call is not None else ""
    text = call.args[0] if call is not None and name in ("Sentence", "N_") else said
    made = call is not None and name == "Sentence"
    given = frozenset(each.arg or "**" for each in call.keywords) if call is not None and made else frozenset()
    return Reason(text.value if _is_text(text) else text, made, given, place)  # type: ignore[attr-defined]


def _is_text(source: ast.expr) -> bool:
    return isinstance(source, ast.Constant) and isinstance(source.value, str)


def refusals(above: type[Refused]) -> set[type[Refused]]:
    """All of them, whichever was loaded first: two may have one code."""
    return {above}.union(*(refusals(each) for each in above.__subclasses__()))


def translated(language: str) -> set[str | tuple[str, ...]]:
    """Texts that have a translation, as the sources say them."""
    return {
        tuple(message.id) if isinstance(message.id, (tuple, list)) else message.id
        for path in sorted((FOLDER / language).glob("*.po"))
        for message in catalogue(path, language)
        if message.id and not message.fuzzy
        if (all(message.string) if isinstance(message.string, (tuple, list)) else message.string)
    }


def untranslated(language: str) -> list[Text]:
    there = translated(language)
    return [each for each in texts() if each.text not in there]


def bare_words(path: Path) -> Iterator[str]:
    """Words of a template that stand there as they are, and so are the same in every language."""
    source = path.read_text()
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.loopcontrols"])
    plain = "".join(
        value if kind == "data" else "\x00"
        for _, kind, value in environment.lex(source)
        if kind == "data" or kind.endswith("_begin")
    )
    for attribute in re.finditer(r'\b(?:title|alt|placeholder|aria-label)="([^"\x00]*[^\W\d_][^"\x00]*)"', plain):
        yield attribute[1]
    outside = re.sub(r"<(style|script|kbd|code)\b.*?</\1>", "", plain, flags=re.DOTALL)
    for part in re.sub(r"<[^>]*>", "\x00", outside).split("\x00"):
        if re.search(r"[^\W\d_]{2}", part) and part.strip() not in NAMES and '="' not in part:
            yield part.strip()


NAMES = {"Orderwell"}  # what is called the same everywhere


def write_missing() -> None:
    for language_ in LANGUAGES:
        if language_ == SOURCE:
            continue
        missing = untranslated(language_)
        for area in sorted({each.area for each in missing}):
            path = FOLDER / language_ / f"{area}.po"
            found = catalogue(path, language_) if path.exists() else Catalog(locale=language_)
            for each in missing:
                if each.area == area:
                    found.add(each.text, locations=[])
            with path.open("wb") as file:
                write_po(file, found, omit_header=True, sort_output=False, width=0)
        print(f"{language_}: {len(missing)} texts to translate")


if __name__ == "__main__":
    write_missing()
