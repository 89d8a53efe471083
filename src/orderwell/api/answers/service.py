"""What belongs to no capability: problems, batches, the test clock."""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict


class ProblemField(TypedDict):
    pointer: str
    code: str
    detail: str


class ProblemAnswer(TypedDict):
    """RFC 9457. `code` is stable; `errors` names every field that is wrong; `facts` says what there is instead."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    retryable: bool
    errors: list[ProblemField]
    facts: NotRequired[dict[str, Any]]


class BatchItem(TypedDict):
    """`body` is what the operation alone would have answered: its own answer, or a problem."""

    status: int
    body: dict[str, Any]


class BatchAnswer(TypedDict):
    """One answer per operation, in their order."""

    object: Literal["batch"]
    data: list[BatchItem]


class ClockAnswer(TypedDict):
    object: Literal["test_clock"]
    now: str
