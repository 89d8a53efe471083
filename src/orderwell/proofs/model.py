"""A proof: everything is looked at once, and what does not add up is kept until the next one."""

from typing import NamedTuple


class Proof(NamedTuple):
    id: int
    version: int
    status: str  # 'waiting', 'running' or 'done'
    asked_at: int
    asked_by: str
    began_at: int | None
    done_at: int | None
    breaks: int  # how many there are
    report: str  # JSON: what was looked at, and the first breaks of each kind
