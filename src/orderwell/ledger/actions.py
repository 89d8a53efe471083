"""Verbs of the ledger: post, open and settle items. Nothing is ever taken out of the journal."""

from collections.abc import Iterable, Sequence
from datetime import date

from ..kit.errors import Conflict, Invalid, NotFound
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..values.ids import parse, show
from .model import ManualEntry, ManualTransfer, OpenItem, Posting, Settlement, Transfer
from .store import (
    BOOKS,
    ITEMS_OF_DOCUMENT,
    JOURNAL,
    MANUAL_ENTRIES,
    MANUAL_TRANSFERS,
    OPEN_ITEMS,
    OPEN_OF_ORDER,
    OPEN_OF_PARTY,
    REVERSAL_OF,
    SETTLEMENTS,
    TRANSFERS_OF,
)


class AlreadyReversed(Conflict):
    code = "already_reversed"
    title = "The entry was taken back before"


class PeriodLocked(Conflict):
    code = "period_locked"
    title = "The books are closed for this day"


def post(
    tx: Tx, template: str, transfers: Sequence[Transfer], *, day: str, currency: str, document: str, document_id: int
) -> None:
    """Put an entry into the journal. Raises PeriodLocked for a day that is closed."""
    if not transfers:
        return
    books = tx.get(BOOKS, 1)
    if books is not None and day <= books.locked_through:
        raise PeriodLocked(
            Sentence(
                "The books are closed through {before}; {day} cannot be posted to. Who has the right `ledger:lock`"
                " may open them.",
                before=date.fromisoformat(books.locked_through),
                day=date.fromisoformat(day),
            ),
            locked_through=books.locked_through,
        )
    entry = tx.new_id()
    n = tx.count(JOURNAL)
    for debit, credit, amount in transfers:
        tx.append(
            JOURNAL, Posting(tx.cause, n, entry, day, template, debit, credit, amount, currency, document, document_id)
        )
        n += 1


def open_item(
    tx: Tx, *, party_id: int | None, order_id: int | None, document: str, document_id: int, currency: str,
    amount_minor: int, opened_on: str, due_on: str, account: str = "receivable",
) -> OpenItem | None:  # fmt: skip
    """Somebody owes (above zero) or has paid or been credited (below). None for an amount of zero."""
    if amount_minor == 0:
        return None
    item = OpenItem(
        tx.new_id(), 1, account, party_id, order_id, document, document_id, currency, amount_minor, amount_minor,
        opened_on, due_on,
    )  # fmt: skip
    return tx.add(OPEN_ITEMS, item)


def open_of_order(tx: Tx, order_id: int) -> list[OpenItem]:
    return tx.rows(OPEN_OF_ORDER, order_id)


def open_of_party(tx: Tx, party_id: int) -> list[OpenItem]:
    return tx.rows(OPEN_OF_PARTY, party_id)


def receivable_item(tx: Tx, name: str, *, pointer: str) -> OpenItem:
    """Something a customer owes and has not paid. Raises Invalid."""
    number = parse("open_item", name)
    item = tx.get(OPEN_ITEMS, number) if number is not None else None
    if item is None or item.account != "receivable":
        raise Invalid.at(
            pointer, Sentence("There is no open item {name!r} of a customer.", name=name), "unknown_open_item"
        )
    if item.open_minor <= 0:
        raise Invalid.at(pointer, "Nothing is owed on it.", "not_open")
    return item


def items_of_document(tx: Tx, document_id: int) -> list[OpenItem]:
    return tx.rows(ITEMS_OF_DOCUMENT, document_id)


def set_off_one(tx: Tx, item: OpenItem, others: Iterable[OpenItem]) -> OpenItem:
    """Settle one item with those that stand against it, oldest first; the item as it is then."""
    set_off(tx, [item, *(each for each in others if _against(item, each))])
    after = tx.get(OPEN_ITEMS, item.id)
    assert after is not None
    return after


def _against(item: OpenItem, other: OpenItem) -> bool:
    return (
        other.open_minor * item.open_minor < 0
        and (other.account, other.currency) == (item.account, item.currency)
    )  # fmt: skip


def set_off(tx: Tx, items: Sequence[OpenItem], *, most: int | None = None) -> int:
    """Settle what is owed with what was paid or credited, oldest first, up to `most`; how much. Of one account."""
    owed = sorted((item for item in items if item.open_minor > 0), key=lambda item: (item.due_on, item.id))
    paid = sorted((item for item in items if item.open_minor < 0), key=lambda item: (item.opened_on, item.id))
    total = 0
    while owed and paid and (most is None or total < most):
        debit, credit = owed[0], paid[0]
        assert (debit.account, debit.currency) == (credit.account, credit.currency)
        amount = min(debit.open_minor, -credit.open_minor)
        if most is not None:
            amount = min(amount, most - total)
        tx.append(SETTLEMENTS, Settlement(tx.cause, tx.count(SETTLEMENTS), debit.id, credit.id, amount))
        owed[0] = tx.put(OPEN_ITEMS, debit._replace(open_minor=debit.open_minor - amount))
        paid[0] = tx.put(OPEN_ITEMS, credit._replace(open_minor=credit.open_minor + amount))
        total += amount
        owed = owed if owed[0].open_minor else owed[1:]
        paid = paid if paid[0].open_minor else paid[1:]
    return total


def lock_through(tx: Tx, day: str) -> str:
    """Close the books through a day ('' opens all of them); through which day they were closed before."""
    books = tx.get(BOOKS, 1)
    assert books is not None, "books are made with the business"
    tx.put(BOOKS, books._replace(locked_through=day))
    return books.locked_through


def write_manual(
    tx: Tx, transfers: Sequence[Transfer], *, currency: str, day: str, note: str, reverses: ManualEntry | None = None
) -> ManualEntry:
    """Keep an entry made by hand as a document of its own, and post it."""
    entry = ManualEntry(tx.new_id(), tx.cause, reverses.id if reverses else None, currency, day, note)
    tx.add(MANUAL_ENTRIES, entry)
    for n, transfer in enumerate(transfers):
        tx.add(MANUAL_TRANSFERS, ManualTransfer(entry.id, n, *transfer))
    post(tx, "manual", transfers, day=day, currency=currency, document="manual_entry", document_id=entry.id)
    return entry


def manual_entry(tx: Tx, name: str) -> tuple[ManualEntry, list[Transfer]]:
    """Raises NotFound: only entries made by hand can be asked for by hand."""
    number = parse("manual_entry", name)
    entry = tx.get(MANUAL_ENTRIES, number) if number is not None else None
    if entry is None:
        raise NotFound(
            Sentence(
                "There is no manual entry {name!r}. Entries of documents are taken back with their document.", name=name
            )
        )
    return entry, [Transfer(row.debit, row.credit, row.amount_minor) for row in tx.rows(TRANSFERS_OF, entry.id)]


def refuse_second_reversal(tx: Tx, entry: ManualEntry) -> None:
    there = tx.one(REVERSAL_OF, entry.id)
    if there is not None:
        raise AlreadyReversed(Sentence("{name} has taken this entry back.", name=show("manual_entry", there.id)))
