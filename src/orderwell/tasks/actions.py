"""Verbs of tasks: open one, close it."""

from ..kit.errors import Conflict, NotFound
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..values.ids import parse
from .model import Task
from .store import OPEN_TASKS_ABOUT, TASK_BY_KEY, TASKS


class TaskClosed(Conflict):
    code = "task_closed"
    title = "This task was closed before"


def open_task(tx: Tx, kind: str, subject: str, subject_id: int, key: str, detail: str) -> Task:
    """The task for this trouble: the one there is, whether still open or closed, or a new one."""
    there = tx.one(TASK_BY_KEY, f"{kind}/{key}")
    if there is not None:
        return there
    task = tx.add(
        TASKS,
        Task(tx.new_id(), 1, f"{kind}/{key}", kind, subject, subject_id, detail, "open", tx.now, None, "", ""),
    )
    announce(tx, "task.opened", "task", task.id, kind=kind)
    return task


def find(tx: Tx, name: str) -> Task:
    number = parse("task", name)
    task = tx.get(TASKS, number) if number is not None else None
    if task is None:
        raise NotFound(Sentence("There is no task {name!r}.", name=name))
    return task


def close(tx: Tx, task: Task, note: str) -> Task:
    if task.status == "closed":
        raise TaskClosed(Sentence("This task was closed by {person}.", person=task.closed_by))
    return tx.put(TASKS, task._replace(status="closed", closed_at=tx.now, closed_by=tx.actor, note=note))


def open_about(tx: Tx, subject_id: int) -> list[Task]:
    """The tasks about a thing that nobody has closed."""
    return tx.rows(OPEN_TASKS_ABOUT, subject_id)
