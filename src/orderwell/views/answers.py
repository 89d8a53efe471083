"""How a saved view is told to those who asked."""

from typing import Any

from ..values.calendar import instant_text
from ..values.ids import show


def shown(view: Any) -> dict[str, Any]:
    return {
        "id": show("view", view.id),
        "object": "view",
        "version": view.version,
        "page": view.page,
        "name": view.name,
        "query": view.query,
        "person": show("person", view.person_id) if view.person_id is not None else None,
        "role": view.role,
        "status": view.status,
        "created_at": instant_text(view.created_at),
        "changed_at": instant_text(view.changed_at),
    }
