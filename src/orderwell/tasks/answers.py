"""How a task is told to those who asked."""

from typing import Any

from ..values.calendar import instant_text
from ..values.ids import PREFIXES, show


def shown(task: Any) -> dict[str, Any]:
    return {
        "id": show("task", task.id),
        "object": "task",
        "version": task.version,
        "kind": task.kind,
        "subject": show(task.subject, task.subject_id) if task.subject in PREFIXES else task.subject,
        "detail": task.detail,
        "status": task.status,
        "opened_at": instant_text(task.opened_at),
        "closed_at": instant_text(task.closed_at),
        "closed_by": task.closed_by,
        "note": task.note,
    }
