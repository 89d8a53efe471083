"""How to measure."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    folder: Path  # for databases; on a real disk, or the commits cost nothing
    seconds: int = 10
    runs: int = 3
    workers: int = 1  # server processes on PostgreSQL
    held: int = 1_000_000  # orders, for `growth_*`
    csv: Path | None = None
    documents: int = 0  # of the replay; 0: all
