"""Verbs of saved views: keep, change, remove."""

from ..kit.errors import Conflict, Invalid, NotFound
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..values.ids import parse
from .model import View
from .store import VIEW_OF_PERSON, VIEW_OF_ROLE, VIEWS


class ViewExists(Conflict):
    code = "view_exists"
    title = "There is a view of this name already"


def keep(tx: Tx, *, page: str, name: str, query: str, person_id: int | None, role: str | None) -> View:
    """Raises ViewExists."""
    view = View(tx.new_id(), 1, page, name, _checked(query), person_id, role, "kept", tx.now, tx.now)
    _only_one(tx, view)
    return tx.add(VIEWS, view)


def find(tx: Tx, name: str) -> View:
    number = parse("view", name)
    view = tx.get(VIEWS, number) if number is not None else None
    if view is None or view.status != "kept":
        raise NotFound(Sentence("There is no view {name!r}.", name=name))
    return view


def change(tx: Tx, view: View, *, name: str | None, query: str | None) -> View:
    """What is left out stays as it is. Raises ViewExists."""
    changed = view._replace(
        name=view.name if name is None else name, query=view.query if query is None else _checked(query),
        changed_at=tx.now,
    )  # fmt: skip
    if changed.name != view.name:
        _only_one(tx, changed)
    return tx.put(VIEWS, changed)


def remove(tx: Tx, view: View) -> View:
    return tx.put(VIEWS, view._replace(status="removed", changed_at=tx.now))


def again(tx: Tx, view: View) -> View:
    """The view as this request has left it."""
    found = tx.get(VIEWS, view.id)
    assert found is not None
    return found


def _only_one(tx: Tx, view: View) -> None:
    if view.person_id is not None:
        there = tx.one(VIEW_OF_PERSON, (view.person_id, view.page, view.name))
    else:
        there = tx.one(VIEW_OF_ROLE, (view.role, view.page, view.name))
    if there is not None and there.id != view.id:
        raise ViewExists(Sentence("There is a view {name!r} of {page} already.", name=view.name, page=view.page))


def _checked(query: str) -> str:
    """A query string and nothing else: it is put behind an address of ours."""
    if not query.isascii() or not query.isprintable() or any(each in query for each in " #?<>\"'\\"):
        raise Invalid.at("/query", "A query is like status=placed&sort=-placed_at, encoded as in a URL.", "not_a_query")
    return query
