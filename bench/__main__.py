"""`python -m bench`: measure, print a table, keep the figures in bench/results/latest.json."""

import argparse
import signal
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from . import growth, mechanisms, orders, pages, replay
from .load import Absent
from .results import PAGES, Result, Sample, keep, table, verdicts
from .settings import Settings

NAMES = (*orders.NAMES, *replay.NAMES, *growth.NAMES)


def main() -> int:
    given = _arguments()
    signal.signal(signal.SIGTERM, _stopped)
    with tempfile.TemporaryDirectory(prefix="orderwell-bench-", dir=given.folder) as folder:
        settings = Settings(
            Path(folder), given.seconds, given.runs, given.workers, given.held, given.csv, given.documents
        )
        if given.mechanisms:
            print(mechanisms.measure(settings))
            return 0
        if given.pages:
            return _pages(settings, given)
        try:
            results, cases = _measure(settings, set(given.only or NAMES))
        except Absent as error:
            print(error, file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("Stopped; nothing was kept.", file=sys.stderr)
            return 130
    _tell(results, cases)
    keep(results, {name: _rounded(sample) for name, sample in cases.items()}, _settings(given))
    return 0


def _measure(settings: Settings, names: set[str]) -> tuple[list[Result], dict[str, Sample]]:
    cases: dict[str, Sample] = {}
    results: list[Result] = []
    for module in (orders, replay, growth):
        wanted = names & set(module.NAMES)
        if wanted:
            print(f"Measuring {', '.join(name for name in module.NAMES if name in wanted)}", flush=True)
            results += module.measure(settings, wanted, cases)
    return results, cases


def _pages(settings: Settings, given: argparse.Namespace) -> int:
    engines = ["sqlite", "postgres"] if given.pages == "both" else [given.pages]
    for engine in engines:
        results, seen = pages.measure(settings, engine)
        print("\n" + pages.told(seen))
        print("\n" + verdicts(results))
        kept = {name: asdict(each) for name, each in seen.items()}
        keep(results, kept, {**_settings(given), "pages": engine}, PAGES.with_name(f"pages_{engine}.json"))
    return 0


def _tell(results: list[Result], cases: dict[str, Sample]) -> None:
    if cases:
        head = ("case, clients", "orders/s", "p50 ms", "p99 ms", "CPU µs/order", "server", "database")
        rows = [
            (name, f"{s.orders_per_second:,.0f}", f"{s.p50_ms:.1f}", f"{s.p99_ms:.1f}", f"{s.cpu_us:,.0f}",
             f"{s.server_cpu_us:,.0f}", f"{s.database_cpu_us:,.0f}")
            for name, s in cases.items()
        ]  # fmt: skip
        print("\n" + table([head, *rows]))
    print("\n" + verdicts(results))
    for each in results:
        print(f"  {each.name}: " + ", ".join(f"{key} {value}" for key, value in each.figures.items()))


def _settings(given: argparse.Namespace) -> dict[str, Any]:
    """As asked for, without this machine's folders."""
    told = {name: value for name, value in vars(given).items() if name not in ("folder", "mechanisms")}
    return {**told, "csv": given.csv.name if given.csv else None}


def _rounded(sample: Sample) -> dict[str, Any]:
    return {name: round(getattr(sample, name), 1) for name in Sample.__dataclass_fields__}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--only", action="append", choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--quick", action="store_true", help="runs of 3 seconds, 100,000 orders held, 1,000 documents")
    parser.add_argument("--seconds", type=int, help="length of a run (10)")
    parser.add_argument("--runs", type=int, help="runs of each case, of which the median counts (3)")
    parser.add_argument("--held", type=int, help="orders held in growth_* (1,000,000)")
    parser.add_argument("--documents", type=int, help="documents of the replay (all)")
    parser.add_argument("--workers", type=int, default=1, help="server processes on PostgreSQL (1)")
    parser.add_argument(
        "--csv", type=Path, help="file to replay; else $ORDERWELL_REPLAY_CSV, tests/data, or a made-up one"
    )
    parser.add_argument("--folder", type=Path, help="where databases go (the system's folder for temporary files)")
    parser.add_argument("--mechanisms", action="store_true", help="compare ways of batching in process; keeps nothing")
    parser.add_argument(
        "--pages", nargs="?", const="both", choices=("both", "sqlite", "postgres"),
        help="how long pages take where 100,000 orders are held; kept in bench/results/pages_*.json",
    )  # fmt: skip
    given = parser.parse_args()
    given.seconds = given.seconds or (3 if given.quick else 10)
    given.runs = given.runs or 3
    given.held = given.held or (100_000 if given.quick else 1_000_000)
    given.documents = given.documents or (1_000 if given.quick else 0)
    return given


def _stopped(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
