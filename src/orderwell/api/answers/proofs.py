"""What was proved, and what does not add up."""

from typing import Any, Literal

from typing_extensions import TypedDict


class ProofAnswer(TypedDict):
    """`status` is waiting, running or done. `report` is empty before; then it is what `orderwell verify` tells, or
    `failed` with the reason why it came to no end."""

    object: Literal["proof"]
    id: str
    version: int
    status: str
    asked_at: str
    done_at: str | None
    breaks: int
    report: dict[str, Any]
