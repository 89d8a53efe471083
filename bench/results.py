"""What was measured: a table for people, a file for comparing."""

import json
import os
import platform
import sqlite3
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Literal

import psutil

LATEST = Path(__file__).parent / "results" / "latest.json"
PAGES = LATEST.with_name("pages.json")


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of one case."""

    orders_per_second: float
    p50_ms: float
    p99_ms: float
    server_cpu_us: float  # of an order
    database_cpu_us: float  # of an order; nothing where the database lives in the server
    memory_mib: float = 0.0  # of the server, at the end

    @property
    def cpu_us(self) -> float:
        return self.server_cpu_us + self.database_cpu_us


def middle(samples: Sequence[Sample]) -> Sample:
    """Each figure's median, on its own."""
    return Sample(*(median(getattr(sample, name) for sample in samples) for name in Sample.__dataclass_fields__))


@dataclass(slots=True)
class Result:
    """One figure with its target. `better` says on which side of it a good one lies."""

    name: str
    ratio: float
    target: float
    better: Literal["higher", "lower"]
    of: str  # what the ratio compares
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        return self.ratio >= self.target if self.better == "higher" else self.ratio <= self.target

    def as_dict(self) -> dict[str, Any]:
        told = asdict(self)
        figures = told.pop("figures")
        return {**told, "ratio": round(self.ratio, 3), "met": self.met, **figures}


def table(rows: Iterable[Sequence[str]]) -> str:
    """First row is the head; figures on the right."""
    listed = [list(row) for row in rows]
    widths = [max(len(row[n]) for row in listed) for n in range(len(listed[0]))]
    lines = []
    for row in listed:
        cells = [
            cell.ljust(w) if n == 0 else cell.rjust(w) for n, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def verdicts(results: Iterable[Result]) -> str:
    head = ("result", "ratio", "target", "", "of")
    sign = {"higher": "≥", "lower": "≤"}
    rows = [
        (r.name, f"{r.ratio:.2f}", f"{sign[r.better]} {r.target}", "met" if r.met else "MISSED", r.of) for r in results
    ]
    return table([head, *rows])


def keep(results: Iterable[Result], cases: dict[str, Any], settings: dict[str, Any], path: Path | None = None) -> None:
    """In `path`, else with the figures of the last run."""
    path = path or LATEST
    told = {
        "results": [each.as_dict() for each in results],
        "cases": cases,
        "commit": _commit(),
        "settings": settings,
        "machine": _machine(),
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(told, indent=2) + "\n")


def _commit() -> str:
    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], capture_output=True, text=True, check=False, cwd=Path(__file__).parent)
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "../src", ".")
    return git("rev-parse", "HEAD") + (" with changes" if changed else "")


def _machine() -> dict[str, Any]:
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load_average": [round(each, 2) for each in os.getloadavg()],
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
