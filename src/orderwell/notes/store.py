"""Notes, by id and by what they are about."""

from ..kit.tables import Table
from .model import SUBJECTS, Note

NOTES = Table(
    "notes",
    Note,
    key="id",
    lock="write",
    indexes=[("subject_id", "id")],
    checks=[
        f"subject IN {SUBJECTS}",
        "pin IN ('pinned', 'loose')",
        "(status = 'kept' AND text <> '') OR (status = 'removed' AND text = '')",
    ],
)
