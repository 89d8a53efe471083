"""Lists and single things straight from their tables: `lists("/skus", ...)` and `one("/skus/{sku}", ...)`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ..customers.queries import family
from ..kit.errors import Invalid, NotFound
from ..kit.pages import DEFAULT_LIMIT, MAX_LIMIT, page
from ..kit.sentences import Sentence, word
from ..kit.tables import Table
from ..values.calendar import instant_text
from ..values.ids import PREFIXES, parse, show
from ..values.money import price_text, scaled_text
from .answers import page_of
from .operations import Look, Query, Read, read

LIMIT = Query(
    "limit", f"How many, 1 to {MAX_LIMIT}.",
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
)  # fmt: skip
CURSOR = Query("cursor", "`next_cursor` of the page before.")
DAY = {"type": "string", "minLength": 10, "maxLength": 10, "pattern": r"^\d{4}-\d{2}-\d{2}$"}

Shown = Callable[[Connection, Sequence[Any]], list[dict[str, Any]]]


def lists(
    path: str,
    table: Table[Any],
    *,
    kind: str,
    right: str,
    result: Any,
    filters: Sequence[str] = (),
    kinds: Mapping[str, str] | None = None,
    shown: Shown | None = None,
    where: Mapping[str, str] | None = None,
    name: str | None = None,
) -> Read:
    """A list of a table's rows, newest first. `filters` are columns; `kinds` says of which kind an id column is;
    `result` is what each row is told as."""
    kinds = kinds or {}
    shown = shown or (lambda _, rows: [told(kind, row, kinds) for row in rows])
    fixed = [table.c[column] == value for column, value in (where or {}).items()]

    def look(look: Look) -> Mapping[str, Any]:
        query = sa.select(table.sa).where(*fixed, *conditions(table, filters, kinds, _families(look)))
        found = page(
            look.connection, query, table.c.id, kind, lambda row: {"row": row},
            limit=look.query.get("limit", DEFAULT_LIMIT), cursor=look.query.get("cursor"),
        )  # fmt: skip
        rows = [table.row._make(each["row"]) for each in found["data"]]
        return {"object": "list", **found, "data": shown(look.connection, rows)}

    plural = path.rsplit("/", 1)[-1]
    words = plural.replace("_", " ")
    return read(
        path, look, name=name or f"list_{plural}", right=right, summary=f"List {words}, newest first.",
        result=page_of(result), query=[LIMIT, CURSOR, *parameters(filters, kinds)],
    )  # fmt: skip


def _families(look: Look) -> Mapping[str, Any]:
    """What was asked for; a customer with whoever was merged with them."""
    if "customer" not in look.query:
        return look.query
    number = _number("customer", "customer", look.query["customer"])
    return {**look.query, "customer": family(look.connection, number)}


def one(
    path: str,
    table: Table[Any],
    *,
    kind: str,
    right: str,
    result: Any,
    kinds: Mapping[str, str] | None = None,
    shown: Shown | None = None,
    where: Mapping[str, str] | None = None,
    expands: Mapping[str, str] | None = None,
) -> Read:
    """One thing by its id; the id of anything else is not found."""
    (parameter,) = (part[1:-1] for part in path.split("/") if part.startswith("{"))
    shown = shown or (lambda _, rows: [told(kind, row, kinds or {}) for row in rows])
    fixed = [table.c[column] == value for column, value in (where or {}).items()]

    def look(look: Look) -> Mapping[str, Any]:
        row = row_of(look.connection, table, kind, look.path[parameter], *fixed)
        return shown(look.connection, [row])[0]

    word = kind.replace("_", " ")
    return read(
        path, look, name=f"get_{kind}", right=right, summary=f"Look up one {word}.", result=result, expands=expands
    )


def queried(
    path: str,
    listed: Callable[..., dict[str, Any]],
    *,
    right: str,
    result: Any,
    filters: Mapping[str, str | None] | None = None,
    fixed: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> Read:
    """A list from a capability's own query. `filters`: parameter → kind of id it is (handed on as `<name>_id`)."""
    filters = filters or {}
    allowed = [LIMIT, CURSOR]
    for each, kind in filters.items():
        about = f"Id of a {kind.replace('_', ' ')}." if kind else f"Only with this {each.replace('_', ' ')}."
        allowed.append(Query(each, about))

    def look(look: Look) -> Mapping[str, Any]:
        asked = {**look.path, **{each: look.query[each] for each in ("limit", "cursor") if each in look.query}}
        for each, kind in filters.items():
            if each in look.query and kind is None:
                asked[each] = look.query[each]
            elif kind == "customer" and each in look.query:  # and whoever was merged with them
                asked["customer_ids"] = family(look.connection, _number(each, kind, look.query[each]))
            elif each in look.query:
                asked[f"{each}_id"] = _number(each, str(kind), look.query[each])
        return {"object": "list", **listed(look.connection, **(fixed or {}), **asked)}

    plural = path.rsplit("/", 1)[-1]
    words = plural.replace("_", " ")
    return read(
        path, look, name=name or f"list_{plural}", right=right, summary=f"List {words}, newest first.",
        result=page_of(result), query=allowed,
    )  # fmt: skip


def history(
    path: str, table: Table[Any], *, right: str, result: Any, filters: Sequence[str] = (),
    kinds: Mapping[str, str] | None = None, object_: str, shown: Callable[[Any], dict[str, Any]] | None = None,
) -> Read:  # fmt: skip
    """A list of rows of history, newest first; their key is the event that caused them and a number within it."""
    kinds = kinds or {}
    event, n = table.c.event_id, table.c.n

    def look(look: Look) -> Mapping[str, Any]:
        limit = look.query.get("limit", DEFAULT_LIMIT)
        query = sa.select(table.sa).where(*conditions(table, filters, kinds, look.query))
        if "cursor" in look.query:
            cause, number = _place(look.query["cursor"])
            query = query.where(sa.or_(event < cause, sa.and_(event == cause, n < number)))
        rows = look.connection.execute(query.order_by(event.desc(), n.desc()).limit(limit + 1)).all()
        data = [table.row._make(row) for row in rows[:limit]]
        more = len(rows) > limit
        return {
            "object": "list",
            "data": [shown(row) if shown else told(object_, row, kinds) for row in data],
            "has_more": more,
            "next_cursor": f"{show('event', data[-1].event_id)}.{data[-1].n}" if more else None,
        }

    plural = path.rsplit("/", 1)[-1]
    return read(
        path, look, name=f"list_{plural}", right=right, summary=f"List {plural.replace('_', ' ')}, newest first.",
        result=page_of(result), query=[LIMIT, CURSOR, *parameters(filters, kinds)],
    )  # fmt: skip


def _place(cursor: str) -> tuple[int, int]:
    """Raises Invalid."""
    name, _, n = cursor.partition(".")
    cause = parse("event", name)
    if cause is None or not (n.isascii() and n.isdigit() and len(n) < 10):
        raise Invalid.at("/cursor", Sentence("{cursor!r} is no cursor of this list.", cursor=cursor))
    return cause, int(n)


def _number(name: str, kind: str, text: str) -> int:
    number = parse(kind, text)
    if number is None:
        raise Invalid.at(
            f"/{name}", Sentence("{text!r} is no id of a {kind}.", text=text, kind=word(kind.replace("_", " ")))
        )
    return number


def row_of(connection: Connection, table: Table[Any], kind: str, name: str, *where: sa.ColumnElement[bool]) -> Any:
    """The row with this shown id. Raises NotFound."""
    number = parse(kind, name)
    row = connection.execute(sa.select(table.sa).where(table.c.id == number, *where)).first() if number else None
    if row is None:
        raise NotFound(Sentence("There is no {kind} {name!r}.", kind=word(kind.replace("_", " ")), name=name))
    return table.row._make(row)


def rows_by(connection: Connection, table: Table[Any], column: str, values: Sequence[Any]) -> list[Any]:
    """Rows whose column is one of these, in order of their keys."""
    query = sa.select(table.sa).where(table.c[column].in_(sorted(set(values))))
    return [table.row._make(row) for row in connection.execute(query.order_by(*(table.c[each] for each in table.key)))]


def parameters(filters: Sequence[str], kinds: Mapping[str, str]) -> list[Query]:
    """The query parameters that these columns are filtered by."""
    found = []
    for column in filters:
        name = column.removesuffix("_id")
        if column.endswith("_on"):
            found.append(Query(name, "A day, YYYY-MM-DD.", DAY))
            found.append(Query(f"{name}_from", "This day or later.", DAY))
            found.append(Query(f"{name}_to", "This day or earlier.", DAY))
        elif column.endswith("_id"):
            found.append(Query(name, f"Id of a {kinds.get(column, name).replace('_', ' ')}."))
        else:
            found.append(Query(name, f"Only with this {name.replace('_', ' ')}."))
    return found


def conditions(
    table: Table[Any], filters: Sequence[str], kinds: Mapping[str, str], asked: Mapping[str, Any]
) -> list[sa.ColumnElement[bool]]:
    """Raises Invalid for an id that is none of the right kind."""
    found: list[sa.ColumnElement[bool]] = []
    for column in filters:
        name = column.removesuffix("_id")
        if column.endswith("_on"):
            if f"{name}_from" in asked:
                found.append(table.c[column] >= asked[f"{name}_from"])
            if f"{name}_to" in asked:
                found.append(table.c[column] <= asked[f"{name}_to"])
        if name not in asked:
            continue
        value: Any = asked[name]
        if isinstance(value, list):
            found.append(table.c[column].in_(value))
            continue
        if column.endswith("_id"):
            value = _number(name, kinds.get(column, name), asked[name])
        found.append(table.c[column] == value)
    return found


def told(kind: str, row: Any, kinds: Mapping[str, str]) -> dict[str, Any]:
    """A row as JSON: ids shown, instants as text, amounts and prices without their unit suffix."""
    answer: dict[str, Any] = {"object": kind}
    for column, value in zip(row._fields, row, strict=True):
        if column == "id":
            answer["id"] = show(kind, value)
        elif column.endswith("_id"):
            of = kinds.get(column, column.removesuffix("_id"))
            answer[column.removesuffix("_id")] = _shown_id(of, value)
        elif column.endswith("_minor"):
            answer[column.removesuffix("_minor")] = value
        elif column.endswith("_at"):
            answer[column] = instant_text(value)
        elif column.endswith("_e4"):
            answer[column.removesuffix("_e4")] = None if value is None else price_text(value)
        elif column.endswith("_bp"):
            answer[column.removesuffix("_bp")] = None if value is None else scaled_text(value, 2)
        else:
            answer[column] = value
    return answer


def _shown_id(kind: str, value: int | None) -> Any:
    if value is None:
        return None
    return show(kind, value) if kind in PREFIXES else value
