"""How a note is told to those who asked."""

from typing import Any

from ..values.calendar import instant_text
from ..values.ids import show


def shown(note: Any) -> dict[str, Any]:
    """`text` is empty once the note is removed."""
    return {
        "id": show("note", note.id),
        "object": "note",
        "version": note.version,
        "subject": show(note.subject, note.subject_id),
        "text": note.text,
        "pinned": note.pin == "pinned",
        "status": note.status,
        "written_at": instant_text(note.written_at),
        "written_by": note.written_by,
        "changed_at": instant_text(note.changed_at),
        "changed_by": note.changed_by,
    }
