"""Notes on orders and customers: written, changed, taken away; in the timeline by name, never by what they say."""

import json
from typing import Any

import pytest

from orderwell.flows.keep_notes import (
    AddCustomerNote,
    AddOrderNote,
    ChangeCustomerNote,
    ChangeOrderNote,
    RemoveCustomerNote,
    RemoveOrderNote,
)
from orderwell.kit.errors import Invalid, NotFound
from orderwell.notes import queries
from orderwell.notes.actions import NoteRemoved
from orderwell.values.ids import parse
from tests.support.shop import Shop


def notes_on(shop: Shop, name: str, **only: Any) -> list[str]:
    number = parse("order", name) or parse("customer", name)
    assert number is not None
    with shop.app.database.reading() as connection:
        return [each["text"] for each in queries.listed(connection, number, **only)["data"]]


def test_a_note_on_an_order_is_written_changed_and_taken_away(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=1)
    first = shop.do(AddOrderNote(order, "Leave it at number 9", pinned=True))
    shop.do(AddOrderNote(order, "Called at noon"))
    assert notes_on(shop, order) == ["Called at noon", "Leave it at number 9"]
    assert notes_on(shop, order, pinned="true") == ["Leave it at number 9"]

    shop.days_pass(1)
    changed = shop.do(ChangeOrderNote(order, first["id"], text="Leave it at number 11"))
    assert (changed["text"], changed["pinned"], changed["version"]) == ("Leave it at number 11", True, 2)
    assert changed["changed_at"] > changed["written_at"]
    assert not shop.do(ChangeOrderNote(order, first["id"], pinned=False))["pinned"]

    removed = shop.do(RemoveOrderNote(order, first["id"]))
    assert (removed["text"], removed["status"]) == ("", "removed")
    assert notes_on(shop, order) == ["Called at noon"]


def test_the_timeline_names_notes_and_no_event_holds_their_text(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=1)
    note = shop.do(AddOrderNote(order, "Mrs Jansen is ill"))
    shop.do(ChangeOrderNote(order, note["id"], text="Mrs Jansen is well"))
    shop.do(RemoveOrderNote(order, note["id"]))

    told = shop.rows("SELECT type, data FROM events WHERE subject_id = :id ORDER BY id", id=parse("order", order))
    assert [type_ for type_, _ in told[1:]] == ["order.note_added", "order.note_changed", "order.note_removed"]
    assert all(json.loads(data)["note"] == note["id"] for _, data in told[1:])
    for table in ("events", "notes"):
        assert "Jansen" not in str(shop.rows(f"SELECT * FROM {table}"))


def test_a_note_on_a_customer_works_the_same(shop: Shop) -> None:
    customer = shop.customer("jones")["id"]
    note = shop.do(AddCustomerNote("jones", "Prefers mail"))
    assert note["subject"] == customer
    shop.do(ChangeCustomerNote("jones", note["id"], pinned=True))
    assert notes_on(shop, customer, pinned="true") == ["Prefers mail"]
    shop.do(RemoveCustomerNote(customer, note["id"]))
    assert notes_on(shop, customer) == []
    types = shop.rows("SELECT type FROM events WHERE subject = 'customer' ORDER BY id")
    assert [each for (each,) in types[1:]] == [
        "customer.note_added", "customer.note_changed", "customer.note_removed",
    ]  # fmt: skip


def test_what_is_gone_or_about_something_else_is_refused_by_name(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    order, other = shop.order(lamp=1), shop.order(lamp=1)
    shop.customer("jones")
    note = shop.do(AddOrderNote(order, "Fragile"))
    for ask, refusal in (
        (ChangeOrderNote(other, note["id"], text="x"), NotFound),
        (RemoveCustomerNote("jones", note["id"]), NotFound),
        (RemoveOrderNote(order, "not_0000000000001"), NotFound),
        (AddOrderNote("ord_0000000000001", "x"), NotFound),
        (AddCustomerNote("nobody", "x"), Invalid),
        (AddOrderNote(order, " \n "), Invalid),
        (ChangeOrderNote(order, note["id"]), Invalid),
    ):
        with pytest.raises(refusal):
            shop.do(ask)
    shop.do(RemoveOrderNote(order, note["id"]))
    for again in (RemoveOrderNote(order, note["id"]), ChangeOrderNote(order, note["id"], text="back")):
        with pytest.raises(NoteRemoved):
            shop.do(again)
    assert notes_on(shop, order) == []
