"""How people get in when the server starts: the set-up as long as nobody can sign in, or the demonstration's owner."""

from typing import Any, NamedTuple

from ..access.queries import anybody_signs_in
from ..access.rules import hash_of_token, new_token
from ..access.store import PEOPLE
from ..app import App
from ..demo.portal import open_portal
from ..flows.keep_access import AddPerson
from ..flows.sign_in import MakeLink
from ..values.ids import show
from .setting_up import business_of

# One for each kind of work, so that a demonstration can be looked at through the eyes of each.
DEMO_PEOPLE = (
    ("Olga van den Berg", "owner@example.com", "owner"),
    ("Sam de Wit", "service@example.com", "customer_service"),
    ("Wim Kuipers", "warehouse@example.com", "warehouse"),
    ("Tess Mulder", "till@example.com", "shop_floor"),
    ("Iris Smit", "purchasing@example.com", "purchasing"),
    ("Ada Jansen", "accounting@example.com", "accounting"),
    ("Max Visser", "management@example.com", "management"),
)


class WayIn(NamedTuple):
    words: str
    path: str


def way_in(app: App, *, demo: bool) -> WayIn | None:
    """A link that works once. Only its hash is kept, so it can be told now and never again."""
    token = new_token()
    if demo and business_of(app).mode == "demo":
        open_portal(app)
        app.writer.ask(MakeLink("sign_in", hash_of_token(token), demo_owner(app)), actor="cli")
        return WayIn("Sign in", f"/sign-in/link?token={token}")
    with app.database.reading() as connection:
        if anybody_signs_in(connection):
            return None
    app.writer.ask(MakeLink("set_up", hash_of_token(token)), actor="cli")
    return WayIn("Set up", f"/set-up?token={token}")


def demo_owner(app: App) -> str:
    """The first of the demonstration's people, who are made when they are first asked for."""
    with app.database.reading() as connection:
        there: dict[str, Any] = {row.email: row.id for row in connection.execute(PEOPLE.sa.select())}
    for name, email, role in DEMO_PEOPLE:
        if email not in there:
            app.writer.ask(AddPerson(name, email, [role]), actor="demo")
    return DEMO_PEOPLE[0][1] if DEMO_PEOPLE[0][1] not in there else show("person", there[DEMO_PEOPLE[0][1]])
