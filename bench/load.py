"""Load over HTTP: wrk sends orders, the database tells afterwards whether what was accepted is there."""

import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .processes import Server
from .shop import SKUS, Shop

SCRIPT = Path(__file__).with_name("order.lua")


class Absent(RuntimeError):
    """A program that measuring needs is not there."""


@dataclass(frozen=True, slots=True)
class Load:
    """What to send: orders of `lines` lines for random SKUs or all for `sku`, `batch` of them in one request."""

    clients: int
    seconds: int
    batch: int = 1
    lines: int = 3
    sku: str = ""
    units: int = 0  # per line; 0: one to three


@dataclass(frozen=True, slots=True)
class Answered:
    accepted: int  # orders
    stored: int  # orders: those accepted, and those under way at the end
    refused: int  # answers that were not 2xx
    seconds: float
    p50_ms: float
    p99_ms: float


def send(server: Server, shop: Shop, load: Load) -> Answered:
    """Raises when answers were lost, or orders that were accepted are not in the database."""
    before = shop.orders()
    told = _wrk(server, shop, load)
    assert not told["broken"], f"{told['broken']} connections failed"
    accepted = (told["answers"] - told["refused"]) * load.batch
    stored = _settled(shop) - before
    # What was under way when wrk stopped listening is stored and was never counted.
    assert accepted <= stored <= accepted + load.clients * load.batch, f"{accepted} accepted, {stored} stored"
    return Answered(accepted, stored, told["refused"], told["microseconds"] / 1e6, told["p50"] / 1e3, told["p99"] / 1e3)


def _settled(shop: Shop) -> int:
    """Orders in the database when no more come: the server finishes what it has taken on."""
    orders, same = -1, 0
    while same < 4:
        orders, before = shop.orders(), orders
        same = same + 1 if orders == before else 0
        time.sleep(0.4)
    return orders


def _wrk(server: Server, shop: Shop, load: Load) -> dict[str, int]:
    path = "/api/v1/batches" if load.batch > 1 else "/api/v1/orders"
    threads = min(2, load.clients)
    command = [
        need_wrk(), f"-t{threads}", f"-c{load.clients}", f"-d{load.seconds}s", "--timeout", "30s",
        "-s", str(SCRIPT), server.url + path,
    ]  # fmt: skip
    wanted = {
        "KEY": shop.key, "SKUS": SKUS, "SKU": load.sku, "LINES": load.lines, "UNITS": load.units,
        "BATCH": load.batch, "RUN": f"{time.time_ns():x}", "SEED": time.time_ns() % 1_000_000,
    }  # fmt: skip
    environment = {**os.environ, **{f"BENCH_{name}": str(value) for name, value in wanted.items()}}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    assert lines, f"wrk said:\n{done.stdout}{done.stderr}"
    found: dict[str, int] = json.loads(lines[0].removeprefix("RESULT "))
    return found


def need_wrk() -> str:
    """The path of wrk; root gets it installed, others are told."""
    if shutil.which("wrk") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing wrk")
        quietly = {"check": False, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], **quietly)  # type: ignore[call-overload]
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "wrk"], **quietly)  # type: ignore[call-overload]
    found = shutil.which("wrk")
    if found is None:
        raise Absent("wrk is missing; it makes the load. On Debian: apt-get install wrk")
    return found
