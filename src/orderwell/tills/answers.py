"""How tills, sessions and moves are told to those who asked."""

from typing import Any

from ..values.calendar import instant_text
from ..values.ids import show


def shown(till: Any) -> dict[str, Any]:
    """`cash` is what should be in the drawer now, in minor units."""
    return {
        "id": show("till", till.id),
        "object": "till",
        "version": till.version,
        "code": till.code,
        "name": till.name,
        "location": show("location", till.location_id),
        "status": till.status,
        "cash": till.cash_minor,
    }


def shown_session(session: Any) -> dict[str, Any]:
    """`difference` is what was counted more (above zero) or less than expected; null while the drawer is open."""
    counted, expected = session.counted_minor, session.expected_minor
    return {
        "id": show("drawer_session", session.id),
        "object": "drawer_session",
        "till": show("till", session.till_id),
        "number": session.number,
        "status": session.status,
        "person": show("person", session.person_id),
        "float": session.float_minor,
        "opened_at": instant_text(session.opened_at),
        "opened_on": session.opened_on,
        "opened_by": session.opened_by,
        "expected": expected,
        "counted": counted,
        "difference": counted - expected if counted is not None else None,
        "deposited": session.deposited_minor,
        "left": counted - session.deposited_minor if counted is not None else None,
        "closed_at": instant_text(session.closed_at),
        "closed_on": session.closed_on,
        "closed_by": session.closed_by,
        "closed_person": show("person", session.closed_person_id) if session.closed_person_id is not None else None,
    }


def shown_movement(row: Any) -> dict[str, Any]:
    return {
        "id": show("cash_movement", row.id),
        "object": "cash_movement",
        "session": show("drawer_session", row.session_id),
        "kind": row.kind,
        "account": row.account,
        "amount": row.amount_minor,
        "reason": row.reason,
        "paid_on": row.paid_on,
        "created_at": instant_text(row.created_at),
    }


def shown_move(row: Any) -> dict[str, Any]:
    document = {"payment": "payment", "refund": "refund", "paid_in": "cash_movement", "paid_out": "cash_movement"}
    kind = document.get(row.kind)
    return {
        "id": show("event", row.id),
        "object": "drawer_move",
        "session": show("drawer_session", row.session_id),
        "method": row.method,
        "kind": row.kind,
        "amount": row.amount_minor,
        "document": show(kind, row.document_id) if kind is not None and row.document_id is not None else None,
        "event": show("event", row.event_id),
    }
