"""From a request's fields to options, and from what was typed to the JSON that the request is made of.

A field becomes `--field`; a list of them `--line`, once for each. What holds fields of its own is typed as
`name=Jan,city=Utrecht`; the first two fields of a line have a short form: `--line lamp=2,unit_price=9.95`.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from inspect import Parameter
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import typer

from ..kit.errors import Invalid


class Field(NamedTuple):
    """A field of a request as the command line sees it."""

    name: str
    kind: Any  # what it holds, or what a list of it holds
    many: bool
    required: bool
    default: Any

    @property
    def option(self) -> str:
        name = self.name.removesuffix("s") if self.many and not self.name.endswith("ss") else self.name
        return "--" + name.replace("_", "-")

    @property
    def nested(self) -> bool:
        return is_dataclass(self.kind)


def fields_of(ask: type) -> list[Field]:
    hints = get_type_hints(ask)
    found = []
    for each in fields(ask):
        kind, many = _bare(hints[each.name])
        required = each.default is MISSING and each.default_factory is MISSING
        default = None if required or each.default is MISSING else each.default
        found.append(Field(each.name, kind, many, required, default))
    return found


def _bare(hint: Any) -> tuple[Any, bool]:
    """The type without Annotated, None and list; and whether it was a list."""
    if get_origin(hint) is Annotated:
        return _bare(get_args(hint)[0])
    if get_origin(hint) in (UnionType, Union):
        (hint,) = (each for each in get_args(hint) if each is not NoneType)
        return _bare(hint)
    if get_origin(hint) in (list, tuple):
        return _bare(get_args(hint)[0])[0], True
    return hint, False


def argument(name: str) -> Parameter:
    """A part of the address: which thing it is about."""
    info = typer.Argument(metavar=name.upper(), show_default=False, help="Its id, or what names it.")
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=Annotated[str, info])


def parameter(field: Field) -> Parameter:
    """How Typer sees it. Nothing is required here: it may come with --input, and decoding tells what is missing."""
    shown = "required" if field.required else _default_text(field.default)
    info: Any
    if field.nested:
        inner = fields_of(field.kind)
        short = f"{inner[0].name}={inner[1].name}, or " if field.many and len(inner) > 1 else ""
        info = typer.Option(
            field.option, metavar="F=V,…", show_default=False,
            help=f"{short}{','.join(each.name for each in inner)}{f' ({shown})' if shown else ''}",
        )  # fmt: skip
        kind: Any = str
    else:
        info = typer.Option(field.option, metavar=_metavar(field.kind), show_default=False, help=shown)
        kind = {bool: bool, int: int}.get(field.kind, field.kind if get_origin(field.kind) is Literal else str)
    annotation = Annotated[list[kind] | None, info] if field.many else Annotated[kind | None, info]
    return Parameter(field.name, Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _metavar(kind: Any) -> str | None:
    if get_origin(kind) is Literal or kind is bool:
        return None
    return {int: "WHOLE", Decimal: "DECIMAL"}.get(kind, "TEXT")


def _default_text(default: Any) -> str:
    return "" if default in (None, "", False) else f"default {default}"


def from_options(ask: type, given: Mapping[str, Any]) -> dict[str, Any]:
    """Only what was typed, as members of a JSON object."""
    data: dict[str, Any] = {}
    for field in fields_of(ask):
        value = given.get(field.name)
        if value is None or value == []:
            continue
        if field.nested:
            value = [_taken_apart(field, each) for each in value] if field.many else _taken_apart(field, value)
        data[field.name] = value
    return data


def _taken_apart(field: Field, text: str) -> dict[str, Any]:
    inner = {each.name: each for each in fields_of(field.kind)}
    names = list(inner)
    found: dict[str, Any] = {}
    for n, part in enumerate(text.split(",")):
        name, equals, value = part.partition("=")
        if n == 0 and len(names) > 1 and name not in inner and equals:
            found[names[0]] = _plain(inner[names[0]], name)
            name = names[1]
        if not equals or name not in inner:
            raise Invalid(f"{field.option} {text}: {part!r} should be NAME=VALUE, with a name of {', '.join(names)}.")
        found[name] = _plain(inner[name], value)
    return found


def _plain(field: Field, text: str) -> Any:
    """Text as JSON wants it: whole numbers and yes/no are no texts there."""
    if field.kind is int and text.removeprefix("-").isdigit():
        return int(text)
    if field.kind is bool and text in ("true", "false"):
        return text == "true"
    return text


def from_file(name: str) -> dict[str, Any]:
    """The JSON object in a file, or on standard input (`-`)."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        data = json.loads(text)
    except OSError as error:
        raise Invalid(f"--input {name}: {error.strerror}") from None
    except ValueError as error:
        raise Invalid(f"--input {name} is not JSON: {error}") from None
    if not isinstance(data, dict):
        raise Invalid(f"--input {name} should hold a JSON object.")
    return data
