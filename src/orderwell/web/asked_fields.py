"""From what was typed to the members of a request: texts by name become numbers, amounts, lists, as its fields are.

`lines.0.sku=lamp` and `lines.0.quantity=2` are one line. An empty text is a field that was left out; an entry of a
list in which nothing was typed but what the page itself filled in (names with a leading `=`) is no entry.
"""

from collections.abc import Mapping
from dataclasses import is_dataclass
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from annotated_types import Le

from ..kit.errors import Invalid
from ..kit.sentences import Sentence
from ..values.fields import MAX_AMOUNT
from ..values.money import digits, scaled
from .numbers import PLAIN, decimal_typed


class Kind(NamedTuple):
    """What a field holds: one of it or a list (`many`)."""

    of: Any
    money: bool = False
    many: bool = False

    @property
    def nested(self) -> bool:
        return is_dataclass(self.of)


@cache
def kinds_of(ask: type) -> Mapping[str, Kind]:
    hints = get_type_hints(ask, include_extras=True)
    return {name: _kind(hint) for name, hint in hints.items() if not name.startswith("__pydantic")}


def _kind(hint: Any, *, money: bool = False, many: bool = False) -> Kind:
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *about = get_args(hint)
        amount = any(isinstance(each, Le) and each.le == MAX_AMOUNT for each in about)
        return _kind(inner, money=money or amount, many=many)
    if origin in (UnionType, Union):
        (inner,) = (each for each in get_args(hint) if each is not NoneType)
        return _kind(inner, money=money, many=many)
    if origin is list:
        return _kind(get_args(hint)[0], many=True)
    if origin is Literal:
        return Kind(str, many=many)
    return Kind(hint, money, many)


def members_of(ask: type, typed: Mapping[str, str], *, language: str, currency: str) -> dict[str, Any]:
    """Raises Invalid naming the fields in which something is no number. What the request does not know is kept: it is
    refused when it is decoded."""
    tree = _tree(typed)
    members = _members(ask, tree, language, currency, "")
    return members


def _tree(typed: Mapping[str, str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in typed.items():
        *above, last = name.split(".")
        place = tree
        for part in above:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise Invalid.at(f"/{name}", "A field cannot hold both a text and other fields.")
        place[last] = value
    return tree


def _members(ask: type, tree: Mapping[str, Any], language: str, currency: str, pointer: str) -> dict[str, Any]:
    kinds = kinds_of(ask)
    found: dict[str, Any] = {}
    for name, value in tree.items():
        kind = kinds.get(name.lstrip("="))
        here = f"{pointer}/{name.lstrip('=')}"
        if kind is None:
            if value != "":
                found[name] = value
        elif kind.many:
            entries = _entries(kind, value, language, currency, here)
            if entries:
                found[name] = entries
        elif isinstance(value, dict):
            inner = _members(kind.of, value, language, currency, here) if kind.nested else value
            if inner:
                found[name.lstrip("=")] = inner
        elif value != "":
            found[name.lstrip("=")] = _value(kind, value, language, currency, here)
    return found


def _entries(kind: Kind, value: Any, language: str, currency: str, pointer: str) -> list[Any]:
    if not isinstance(value, dict):  # one field for several: by commas or lines
        return [each.strip() for each in value.replace("\n", ",").split(",") if each.strip()]
    entries = []
    for n, part in sorted(value.items(), key=lambda each: (len(each[0]), each[0])):
        here = f"{pointer}/{n}"
        if isinstance(part, dict):
            if any(text != "" for name, text in part.items() if not name.startswith("=")):
                entries.append(_members(kind.of, part, language, currency, here))
        elif part != "":
            entries.append(_value(kind, part, language, currency, here))
    return entries


def _value(kind: Kind, text: str, language: str, currency: str, pointer: str) -> Any:
    if kind.of is bool:
        return text in ("on", "true", "1")
    if kind.money:
        return _amount(text, language, currency, pointer)
    if kind.of is int:
        plain = text.strip()
        if not plain.removeprefix("-").isdigit() or not plain.isascii() or len(plain) > 18:
            raise Invalid.at(pointer, Sentence("{text!r} is no whole number.", text=text), "wrong_type")
        return int(plain)
    if kind.of is Decimal:
        return decimal_typed(text, language)
    return text


def _amount(text: str, language: str, currency: str, pointer: str) -> int:
    """People write amounts in euros, requests hold cents."""
    plain = decimal_typed(text, language)
    minor = scaled(Decimal(plain), digits(currency)) if PLAIN.match(plain) else None
    if minor is None or abs(minor) > MAX_AMOUNT:
        raise Invalid.at(
            pointer, Sentence("{text!r} is no amount in {currency}.", text=text, currency=currency), "wrong_type"
        )
    return minor
