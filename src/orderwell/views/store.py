"""Saved views, by id, by person and by role."""

from ..kit.tables import Table
from .model import View

VIEWS = Table(
    "saved_views",
    View,
    key="id",
    lock="write",
    indexes=[("page", "id")],
    references={"person_id": "people.id"},
    checks=["status IN ('kept', 'removed')", "(person_id IS NULL) <> (role IS NULL)"],
)
VIEW_OF_PERSON = VIEWS.group(
    "person_id", "page", "name", unique=True,
    where="person_id IS NOT NULL AND status = 'kept'",
    keep=lambda view: view.person_id is not None and view.status == "kept",
)  # fmt: skip
VIEW_OF_ROLE = VIEWS.group(
    "role", "page", "name", unique=True,
    where="role IS NOT NULL AND status = 'kept'",
    keep=lambda view: view.role is not None and view.status == "kept",
)  # fmt: skip
