"""Verbs of notes: write, change, remove. Removing takes the text away; that there was a note stays."""

from ..kit.errors import Conflict, Invalid, NotFound
from ..kit.picture import Tx
from ..kit.sentences import Sentence, word
from ..values.ids import parse
from .model import Note
from .store import NOTES


class NoteRemoved(Conflict):
    code = "note_removed"
    title = "This note was removed"


def write(tx: Tx, subject: str, subject_id: int, text: str, *, pinned: bool) -> Note:
    note = Note(
        tx.new_id(), 1, subject, subject_id, _worded(text), _pin(pinned), "kept", tx.now, tx.actor, None, "",
    )  # fmt: skip
    return tx.add(NOTES, note)


def find(tx: Tx, name: str, subject: str, subject_id: int) -> Note:
    """The note of this order or customer; one about anything else is not found. Raises NoteRemoved."""
    number = parse("note", name)
    note = tx.get(NOTES, number) if number is not None else None
    if note is None or (note.subject, note.subject_id) != (subject, subject_id):
        raise NotFound(Sentence("There is no note {name!r} about this {subject}.", name=name, subject=word(subject)))
    if note.status == "removed":
        raise NoteRemoved("This note was removed; write a new one.")
    return note


def change(tx: Tx, note: Note, *, text: str | None, pinned: bool | None) -> Note:
    """What is left out stays as it is."""
    return tx.put(
        NOTES,
        note._replace(
            text=note.text if text is None else _worded(text),
            pin=note.pin if pinned is None else _pin(pinned),
            changed_at=tx.now, changed_by=tx.actor,
        ),
    )  # fmt: skip


def remove(tx: Tx, note: Note) -> Note:
    gone = note._replace(text="", pin="loose", status="removed", changed_at=tx.now, changed_by=tx.actor)
    return tx.put(NOTES, gone)


def again(tx: Tx, note: Note) -> Note:
    """The note as this request has left it."""
    found = tx.get(NOTES, note.id)
    assert found is not None
    return found


def _pin(pinned: bool) -> str:
    return "pinned" if pinned else "loose"


def _worded(text: str) -> str:
    if not text.strip():
        raise Invalid.at("/text", "A note of blanks says nothing.")
    return text
