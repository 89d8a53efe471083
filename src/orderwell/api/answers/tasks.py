"""The inbox of exceptions, and jobs."""

from typing import Literal

from typing_extensions import TypedDict


class TaskAnswer(TypedDict):
    """`subject` is the id of what it is about, or its kind where such things have no id."""

    object: Literal["task"]
    id: str
    version: int
    kind: str
    subject: str
    detail: str
    status: str
    opened_at: str
    closed_at: str | None
    closed_by: str
    note: str


class JobAnswer(TypedDict):
    object: Literal["job"]
    id: str
    kind: str
    queue: str
    status: str
    attempts: int
    run_at: str
    last_error: str
    created_at: str
    done_at: str | None
