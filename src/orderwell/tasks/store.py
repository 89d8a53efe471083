"""Tasks, by id and by the trouble they are about."""

from ..kit.tables import Table
from .model import Task

TASKS = Table(
    "tasks",
    Task,
    key="id",
    lock="write",
    indexes=[("status", "id"), ("subject_id",)],
    checks=["status IN ('open', 'closed')"],
)
TASK_BY_KEY = TASKS.group("key", unique=True)
OPEN_TASKS_ABOUT = TASKS.group("subject_id", where="status = 'open'", keep=lambda row: row.status == "open")
