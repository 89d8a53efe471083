"""A customer wants to be forgotten: what says who they were is overwritten, but what the law has us keep."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ..banking.store import BANK_LINES
from ..business.store import BUSINESS
from ..customers import actions as customers
from ..customers.model import Address, Customer
from ..customers.rules import ERASED
from ..customers.store import ADDRESSES, ADDRESSES_OF, CUSTOMERS
from ..kit.errors import Conflict, Refused
from ..kit.events import EVENTS, announce
from ..kit.idempotency import ANSWERS
from ..kit.jobs import Work, handler, later
from ..kit.log import log
from ..kit.picture import Tx
from ..kit.schedules import recurring
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..ledger.store import OPEN_OF_PARTY
from ..mail import actions as mail
from ..mail.store import MESSAGES
from ..portal import actions as portal
from ..portal.model import PortalAccount
from ..portal.store import ACCOUNTS_OF, PORTAL_ACCOUNTS
from ..values.calendar import day_of
from ..values.fields import Reference
from ..values.ids import parse, show
from ..values.money import decimal_text
from .find_personal_data import Known, known

FORGET = "customers.forget_answers"


class OrdersOpen(Conflict):
    code = "orders_open"
    title = "There are orders that are not finished"


class MoneyOwed(Conflict):
    code = "money_owed"
    title = "There is money to be paid, by them or to them"


@dataclass(frozen=True, slots=True)
class EraseCustomer:
    """`known` is what was found of the customer a moment ago (`find_personal_data.known`)."""

    customer: Reference
    known: Known = field(default_factory=lambda: Known((), (), False, (), None))


@dataclass(frozen=True, slots=True)
class ErasePortalAccount:
    """One of a customer's people is forgotten; the customer is not."""

    portal_account: Reference


@flow(EraseCustomer)
def erase_customer(tx: Tx, ask: EraseCustomer) -> dict[str, Any]:
    """Overwrite what says who somebody was: they, those merged with them, addresses, people, messages."""
    kept = customers.present(tx, ask.customer)
    ids = customers.family(tx, kept.id)
    _refuse_unfinished(tx, ids, ask.known)
    for group in (ADDRESSES_OF, ACCOUNTS_OF):
        tx.need(group, ids)
    addresses = sum(_erase_addresses(tx, each, ask.known.kept_addresses) for each in ids)
    for each in ids:
        for account in portal.of_customer(tx, each):
            _erase_account(tx, account)
        _erase(tx, customers.find_id(tx, each), ask.known)
    for number in ask.known.spent_bank_lines:
        line = tx.get(BANK_LINES, number)
        assert line is not None, "it was found a moment ago"
        tx.put(BANK_LINES, line._replace(counterparty="", counterparty_account="", text=""))
    for each in ids:
        later(tx, FORGET, {"subjects": [each]}, subject_id=each)
        announce(tx, "customer.erased", "customer", each, kept_through=ask.known.kept_through)
    return {
        "object": "erasure", "customer": show("customer", kept.id), "addresses": addresses,
        "kept_addresses": len(ask.known.kept_addresses), "name_kept": ask.known.name_kept,
        "kept_through": ask.known.kept_through,
    }  # fmt: skip


@flow(ErasePortalAccount)
def erase_portal_account(tx: Tx, ask: ErasePortalAccount) -> dict[str, Any]:
    """Overwrite the name and address of one of a customer's people, and what was written to them."""
    account = portal.find(tx, ask.portal_account)
    _erase_account(tx, account)
    announce(tx, "portal_account.erased", "portal_account", account.id)
    return {"object": "erasure", "account": show("portal_account", account.id)}


def _refuse_unfinished(tx: Tx, ids: Sequence[int], found: Known) -> None:
    """Raises OrdersOpen or MoneyOwed."""
    if found.open_orders:
        open_orders = list(found.open_orders)
        raise OrdersOpen(
            Sentence("Not finished: {orders}. Deliver or cancel them first.", orders=open_orders), orders=open_orders
        )
    tx.need(OPEN_OF_PARTY, ids)
    items = [item for each in ids for item in ledger.open_of_party(tx, each)]
    if items:
        currency = items[0].currency
        whole = Decimal(decimal_text(sum(item.open_minor for item in items), currency))
        raise MoneyOwed(
            Sentence(
                "{count} open items, {whole} {currency} together. Settle or give them up first.",
                count=len(items), whole=whole, currency=currency,
            ),
            items=len(items),
        )  # fmt: skip


def _erase(tx: Tx, customer: Customer, found: Known) -> None:
    """The number stays: documents name it. With a company's invoices its VAT number is kept as long as they are."""
    tx.put(
        CUSTOMERS,
        customer._replace(
            name=customer.name if found.name_kept else ERASED, email="", phone="",
            vat_number=customer.vat_number if found.kept_through else "", status="blocked",
            erased_at=customer.erased_at or tx.now, kept_through=found.kept_through,
        ),
    )  # fmt: skip


def _erase_addresses(tx: Tx, customer_id: int, kept: Sequence[int]) -> int:
    """How many. Of those that must be kept, what no invoice has to say is overwritten all the same."""
    rows = tx.rows(ADDRESSES_OF, customer_id)
    for row in rows:
        bare = row._replace(email="", phone="")
        if row.id not in kept:
            bare = Address(row.id, row.customer_id, ERASED, "", "", "", "", row.country, "", "")
        tx.put(ADDRESSES, bare)
    return len(rows)


def _erase_account(tx: Tx, account: PortalAccount) -> None:
    if account.status != "disabled":
        account = portal.disable(tx, account)
    account = portal.find(tx, show("portal_account", account.id))
    tx.put(PORTAL_ACCOUNTS, account._replace(name=ERASED, email=show("portal_account", account.id)))
    for message in mail.messages_for(tx, account.id):
        tx.put(MESSAGES, message._replace(recipient="", subject="", body=""))
    later(tx, FORGET, {"subjects": [account.id]}, subject_id=account.id)


# -- afterwards


@handler(FORGET)
def forget_answers(work: Work) -> None:
    """Answers kept for retries tell what was known: those of requests about these subjects say so no longer."""
    asked = sa.select(EVENTS.c.request_id).where(EVENTS.c.subject_id.in_(work.payload["subjects"]))
    with work.database.changing() as connection:
        requests = sorted(set(connection.execute(asked).scalars()))
        gone = json.dumps({"object": ERASED}, separators=(",", ":"))
        for at in range(0, len(requests), 500):
            some = requests[at : at + 500]
            connection.execute(sa.update(ANSWERS.sa).where(ANSWERS.c.request_id.in_(some)).values(answer=gone))


@handler("customers.erase_rest")
def erase_rest(work: Work) -> None:
    """What had to be kept of erased customers goes when its term is over."""
    with work.database.reading() as connection:
        house = connection.execute(sa.select(BUSINESS.sa)).one()
        today = day_of(work.clock.now(), house.time_zone)
        over = sa.select(CUSTOMERS.c.id).where(
            CUSTOMERS.c.erased_at.is_not(None), CUSTOMERS.c.merged_into_id.is_(None), CUSTOMERS.c.kept_through < today
        )
        due = list(connection.execute(over.order_by(CUSTOMERS.c.id)).scalars())
    for number in due:
        with work.database.reading() as connection:
            found = known(connection, number, country=house.country, today=today)
        try:
            work.ask(EraseCustomer(show("customer", number), found))
        except Refused as refusal:  # a credit note of last week, say: tomorrow is another day
            log.warning("customer.not_erased", customer=show("customer", number), code=refusal.code)


recurring("customers.erase_rest", at_local="03:20")


def found_now(connection: sa.Connection, name: str, now: int) -> Known:
    """For a face: what is known of the customer with this id or number; nothing where there is none."""
    house = connection.execute(sa.select(BUSINESS.sa)).one()
    number = parse("customer", name)
    where = CUSTOMERS.c.id == number if number is not None else CUSTOMERS.c.reference == name
    customer = connection.execute(sa.select(CUSTOMERS.c.id).where(where)).scalar()
    if customer is None:
        return Known((), (), False, (), None)
    return known(connection, customer, country=house.country, today=day_of(now, house.time_zone))
