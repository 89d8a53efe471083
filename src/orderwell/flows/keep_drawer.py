"""A till's day: its float is counted, money goes in and out, the drawer is counted, and the difference is posted."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from annotated_types import Gt, Le

from ..access import actions as access
from ..business import actions as business
from ..inventory import actions as inventory
from ..kit.errors import Conflict, Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..ledger import templates
from ..ledger.model import ACCOUNTS, CONTROL_ACCOUNTS, Transfer
from ..tills import actions as tills
from ..tills.answers import shown, shown_movement, shown_session
from ..tills.model import DrawerSession, Till
from ..tills.rules import opened
from ..tills.store import TILL_BY_CODE, TILLS
from ..values.fields import MAX_AMOUNT, Code, Minor, Name, Reference, Text
from ..values.ids import show
from ..values.money import decimal_text

Amount = Annotated[int, Gt(0), Le(MAX_AMOUNT)]


class TillMoved(Conflict):
    code = "till_moved"
    title = "A till does not change its location"


@dataclass(frozen=True, slots=True)
class KeepTill:
    """Add a till with a cash drawer, or change its name; closed, nothing is sold at it any more."""

    code: Code
    name: Name
    location: Code
    status: Literal["open", "closed"] = "open"


@dataclass(frozen=True, slots=True)
class OpenDrawer:
    """`person` (an id or e-mail address) has the drawer. `counted` is the float that is in it; `brought` is how much of
    that came from the bank just now, left out none, or for a drawer that was never used all of it."""

    till: Code
    person: Reference
    counted: Minor
    brought: Minor | None = None


@dataclass(frozen=True, slots=True)
class PayIn:
    """Cash goes into the drawer that no customer paid; `account` is where it comes from."""

    till: Code
    amount: Amount
    reason: Text = ""
    account: Code = "bank"


@dataclass(frozen=True, slots=True)
class PayOut:
    """Cash leaves the drawer for something else than a refund; `account` is what it is for."""

    till: Code
    amount: Amount
    reason: Text = ""
    account: Code = "petty_expenses"


@dataclass(frozen=True, slots=True)
class CloseDrawer:
    """`counted` is all the cash in the drawer; of that `deposited` goes to the bank, the rest stays in it."""

    session: Reference
    counted: Minor
    deposited: Minor = 0
    person: Reference | None = None


@flow(KeepTill)
def keep_till(tx: Tx, ask: KeepTill) -> dict[str, Any]:
    """Add a till, or change it."""
    place = inventory.location(tx, ask.location)
    there = tx.one(TILL_BY_CODE, ask.code)
    if there is None:
        till = tx.add(TILLS, Till(tx.new_id(), 1, ask.code, ask.name, place.id, ask.status, 0, 0))
    else:
        if there.location_id != place.id:
            raise TillMoved(
                Sentence("Till {till!r} stands elsewhere; close it and add one with another code.", till=ask.code)
            )
        if ask.status == "closed" and tills.open_session(tx, there) is not None:
            raise tills.DrawerOpen(
                Sentence("The drawer of till {till!r} is open; count and close it first.", till=ask.code)
            )
        tx.put(TILLS, there._replace(name=ask.name, status=ask.status))
        till = tills.again(tx, there.id)
    announce(tx, "till.kept", "till", till.id, till=ask.code, status=ask.status)
    return shown(till)


@flow(OpenDrawer)
def open_drawer(tx: Tx, ask: OpenDrawer) -> dict[str, Any]:
    """Count the float and open the drawer; what differs from what was left in it is posted."""
    house, day = business.current(tx), business.today(tx)
    till = tills.find(tx, ask.till)
    person = access.active_person(tx, ask.person)
    session = tills.open_drawer(tx, till, person_id=person.id, float_minor=ask.counted, day=day)
    brought, difference = opened(
        held=till.cash_minor, counted=ask.counted, brought=ask.brought, first=session.number == 1
    )
    _move_cash(tx, session, "brought", brought, "bank")
    _differ(tx, session, "float_difference", difference)
    announce(
        tx, "drawer.opened", "drawer_session", session.id, till=till.code, number=session.number, float=ask.counted,
        brought=brought, difference=difference, currency=house.currency, person=show("person", person.id),
    )  # fmt: skip
    return {**shown_session(session), "currency": house.currency, "brought": brought, "float_difference": difference}


@flow(PayIn)
def pay_in(tx: Tx, ask: PayIn) -> dict[str, Any]:
    """Put cash into an open drawer."""
    return _pay(tx, ask, "paid_in")


@flow(PayOut)
def pay_out(tx: Tx, ask: PayOut) -> dict[str, Any]:
    """Take cash out of an open drawer."""
    return _pay(tx, ask, "paid_out")


@flow(CloseDrawer)
def close_drawer(tx: Tx, ask: CloseDrawer) -> dict[str, Any]:
    """Count the drawer and close it, for good; the difference is posted to cash over and short."""
    house, day = business.current(tx), business.today(tx)
    session = tills.find_session(tx, ask.session)
    till = tills.again(tx, session.till_id)
    person = access.active_person(tx, ask.person) if ask.person is not None else None
    if ask.deposited > ask.counted:
        counted, wanted = decimal_text(ask.counted, house.currency), decimal_text(ask.deposited, house.currency)
        raise Invalid.at(
            "/deposited",
            Sentence("{wanted} cannot be taken out of {counted}.", wanted=Decimal(wanted), counted=Decimal(counted)),
        )
    difference = ask.counted - till.cash_minor
    closed = tills.close_session(
        tx, session, expected_minor=till.cash_minor, counted_minor=ask.counted, deposited_minor=ask.deposited,
        day=day, person_id=person.id if person is not None else None,
    )  # fmt: skip
    _differ(tx, session, "count_difference", difference)
    _move_cash(tx, session, "deposited", -ask.deposited, "bank")
    announce(
        tx, "drawer.closed", "drawer_session", session.id, till=till.code, number=session.number,
        expected=till.cash_minor, counted=ask.counted, difference=difference, deposited=ask.deposited,
        currency=house.currency,
    )  # fmt: skip
    return {**shown_session(closed), "currency": house.currency}


def _pay(tx: Tx, ask: PayIn | PayOut, kind: str) -> dict[str, Any]:
    till = tills.find(tx, ask.till)
    session = tills.session_at(tx, till)
    if ask.account not in ACCOUNTS:
        raise Invalid.at("/account", Sentence("There is no account {name!r}.", name=ask.account), "unknown_account")
    if ask.account in CONTROL_ACCOUNTS:
        raise Invalid.at(
            "/account", Sentence("{account!r} has records of its own.", account=ask.account), "control_account"
        )
    if ask.account == "cash":
        raise Invalid.at("/account", "It is cash already; say where it comes from or goes to.", "same_account")
    day = business.today(tx)
    row = tills.write_movement(
        tx, session, kind, account=ask.account, amount_minor=ask.amount, reason=ask.reason, day=day
    )
    signed = ask.amount if kind == "paid_in" else -ask.amount
    _move_cash(tx, session, kind, signed, ask.account, document=("cash_movement", row.id))
    announce(tx, f"drawer.{kind}", "drawer_session", session.id, amount=ask.amount, account=ask.account)
    return {**shown_movement(row), "currency": business.current(tx).currency}


def _move_cash(
    tx: Tx, session: DrawerSession, kind: str, amount_minor: int, account: str,
    document: tuple[str, int] | None = None,
) -> None:  # fmt: skip
    """Cash goes into the drawer (above zero) from an account, or out of it to one."""
    transfers = templates.cash_movement(account=account, amount_minor=amount_minor)
    _book(tx, session, kind, amount_minor, "cash_movement", transfers, document)


def _differ(tx: Tx, session: DrawerSession, kind: str, amount_minor: int) -> None:
    transfers = templates.cash_difference(amount_minor=amount_minor)
    _book(tx, session, kind, amount_minor, "cash_difference", transfers, None)


def _book(
    tx: Tx, session: DrawerSession, kind: str, amount_minor: int, template: str, transfers: list[Transfer],
    document: tuple[str, int] | None,
) -> None:  # fmt: skip
    currency = business.current(tx).currency
    name, number = document or ("drawer_session", session.id)
    tills.move(
        tx, session, kind, amount_minor, currency=currency, document_id=document[1] if document is not None else None
    )  # fmt: skip
    ledger.post(
        tx, template, transfers, day=business.today(tx), currency=currency, document=name, document_id=number
    )  # fmt: skip
