"""Verbs of tills: open a drawer, put in and take out, count and close it. What it holds only follows from moves."""

from datetime import date
from decimal import Decimal

from ..kit.errors import Conflict, Invalid, NotFound
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..values.ids import parse, show
from ..values.money import decimal_text
from .model import CashMovement, DrawerMove, DrawerSession, Till
from .store import CASH_MOVEMENTS, DRAWER_MOVES, DRAWER_SESSIONS, OPEN_SESSION_OF, TILL_BY_CODE, TILLS


class TillClosed(Conflict):
    code = "till_closed"
    title = "Nothing is sold at this till"


class DrawerOpen(Conflict):
    code = "drawer_open"
    title = "The drawer of this till is open"


class DrawerNotOpen(Conflict):
    code = "drawer_not_open"
    title = "The drawer of this till is not open"


class SessionClosed(Conflict):
    code = "session_closed"
    title = "This session was closed before"


class NotInDrawer(Conflict):
    code = "not_in_drawer"
    title = "The drawer does not hold so much"


def find(tx: Tx, code: str) -> Till:
    """By its code or id. Raises Invalid, TillClosed."""
    number = parse("till", code)
    till = tx.get(TILLS, number) if number is not None else tx.one(TILL_BY_CODE, code)
    if till is None:
        raise Invalid.at("/till", Sentence("There is no till {name!r}.", name=code), "unknown_till")
    if till.status != "open":
        raise TillClosed(Sentence("Till {till!r} is closed.", till=till.code))
    return till


def again(tx: Tx, till_id: int) -> Till:
    """The till as this request has left it so far."""
    till = tx.get(TILLS, till_id)
    assert till is not None, "rows name tills that are there"
    return till


def open_session(tx: Tx, till: Till) -> DrawerSession | None:
    return tx.one(OPEN_SESSION_OF, till.id)


def session_at(tx: Tx, till: Till) -> DrawerSession:
    """The session that sales at this till belong to. Raises DrawerNotOpen."""
    session = open_session(tx, till)
    if session is None:
        raise DrawerNotOpen(
            Sentence("The drawer of till {till!r} is not open: count its float and open it first.", till=till.code)
        )
    return session


def find_session(tx: Tx, name: str) -> DrawerSession:
    """Raises NotFound; and SessionClosed, since nothing is done to one that is closed."""
    number = parse("drawer_session", name)
    session = tx.get(DRAWER_SESSIONS, number) if number is not None else None
    if session is None:
        raise NotFound(Sentence("There is no drawer session {name!r}.", name=name))
    if session.closed_on is not None:
        raise SessionClosed(
            Sentence(
                "Session {session} of this till was closed on {day} and stays closed. What was counted wrongly shows"
                " as a difference when the drawer is counted next.",
                session=session.number,
                day=date.fromisoformat(session.closed_on),
            )
        )
    return session


def open_drawer(tx: Tx, till: Till, *, person_id: int, float_minor: int, day: str) -> DrawerSession:
    """Raises DrawerOpen naming the session that is."""
    there = open_session(tx, till)
    if there is not None:
        raise DrawerOpen(
            Sentence(
                "The drawer of till {till!r} is open since {day}; close that session first.",
                till=till.code,
                day=date.fromisoformat(there.opened_on),
            ),
            session=show("drawer_session", there.id),
        )
    tx.put(TILLS, till._replace(sessions=till.sessions + 1))
    session = DrawerSession(
        tx.new_id(), till.id, till.sessions + 1, "open", person_id, float_minor, tx.now, day, tx.actor,
        None, None, None, None, None, "", None,
    )  # fmt: skip
    return tx.add(DRAWER_SESSIONS, session)


def move(
    tx: Tx, session: DrawerSession, kind: str, amount_minor: int, *, currency: str, method: str = "cash",
    document_id: int | None = None,
) -> None:  # fmt: skip
    """Money went in (above zero) or out. Raises NotInDrawer where more cash would be taken than should be there."""
    if amount_minor == 0:
        return
    if method == "cash":
        till = again(tx, session.till_id)
        if amount_minor < 0 and till.cash_minor + amount_minor < 0:
            there, wanted = decimal_text(till.cash_minor, currency), decimal_text(-amount_minor, currency)
            raise NotInDrawer(
                Sentence(
                    "{wanted} was to be taken from the drawer, {there} should be in it.",
                    wanted=Decimal(wanted),
                    there=Decimal(there),
                ),
                held=there,
            )
        tx.put(TILLS, till._replace(cash_minor=till.cash_minor + amount_minor))
    tx.add(DRAWER_MOVES, DrawerMove(tx.new_id(), tx.cause, session.id, method, kind, amount_minor, document_id))


def write_movement(
    tx: Tx, session: DrawerSession, kind: str, *, account: str, amount_minor: int, reason: str, day: str
) -> CashMovement:
    row = CashMovement(tx.new_id(), session.id, kind, account, amount_minor, reason, day, tx.now)
    return tx.add(CASH_MOVEMENTS, row)


def close_session(
    tx: Tx, session: DrawerSession, *, expected_minor: int, counted_minor: int, deposited_minor: int, day: str,
    person_id: int | None,
) -> DrawerSession:  # fmt: skip
    return tx.put(
        DRAWER_SESSIONS,
        session._replace(
            status="closed", expected_minor=expected_minor, counted_minor=counted_minor,
            deposited_minor=deposited_minor, closed_at=tx.now, closed_on=day, closed_by=tx.actor,
            closed_person_id=person_id,
        ),
    )  # fmt: skip
