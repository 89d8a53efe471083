"""What was proved, and what does not add up."""

from typing import Literal

from typing_extensions import TypedDict


class BreakAnswer(TypedDict):
    """`where` names the row, `code` the kind of break; `sentence` is for people."""

    code: str
    sentence: str
    where: str


class ReportAnswer(TypedDict, total=False):
    """What `orderwell verify` tells, `counts` by code; or why it came to no end: `failed` or `given_up`."""

    object: Literal["verification"]
    clean: bool
    checked: dict[str, int]
    breaks: list[BreakAnswer]
    counts: dict[str, int]
    failed: str
    given_up: bool


class ProofAnswer(TypedDict):
    """`status` is waiting, running or done; `report` is empty before it is done."""

    object: Literal["proof"]
    id: str
    version: int
    status: str
    asked_at: str
    done_at: str | None
    breaks: int
    report: ReportAnswer
