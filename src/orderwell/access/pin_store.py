"""PINs: a row per person, found by the person."""

from typing import NamedTuple

from ..kit.tables import Table


class Pin(NamedTuple):
    """What unlocks a till for a person. Tries are counted before they are judged, so that none goes uncounted."""

    person_id: int
    version: int
    hash: str  # argon2id with its salt; '' once it is removed
    set_at: int
    set_by: str
    tries: int  # since the last right one
    tried_at: int | None


PINS = Table("person_pins", Pin, key="person_id", lock="read", references={"person_id": "people.id"})
