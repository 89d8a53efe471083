"""The inbox of exceptions over HTTP."""

from ..flows.keep_tasks import CloseTask, RetryJob
from ..tasks import queries
from .answers.tasks import JobAnswer, TaskAnswer
from .lists import queried
from .operations import Operation, verb


def operations() -> list[Operation]:
    return [
        queried(
            "/tasks", queries.listed, right="tasks:read", result=TaskAnswer, filters={"status": None, "kind": None}
        ),
        verb(
            "POST", "/tasks/{task}/close", CloseTask, right="tasks:write", result=TaskAnswer,
            example={"note": "called the customer"},
        ),
        verb("POST", "/jobs/{job}/retry", RetryJob, right="tasks:write", result=JobAnswer),
    ]  # fmt: skip
