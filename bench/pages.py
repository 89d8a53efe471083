"""How long pages take where 100,000 orders are held: one person looks, the clock of the client tells."""

import gzip
import http.client
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from statistics import median

import psutil

import orderwell.web
from orderwell.access.rules import hash_of_token, new_token
from orderwell.app import open_app
from orderwell.cli.ways_in import DEMO_PEOPLE, demo_owner
from orderwell.flows.import_statement import ImportStatement, StatementRow
from orderwell.flows.keep_delivery import KeepDeliveryMethod, ZoneAsk
from orderwell.flows.keep_drawer import OpenDrawer
from orderwell.flows.keep_webhooks import AddWebhookEndpoint, ChangeWebhookEndpoint
from orderwell.flows.sign_in import MakeLink, StartSession

from .held import HELD, fill
from .looks import LIST_MS, SAMPLES, Look, looks
from .orders import durable_postgres
from .processes import serving
from .results import Result, table
from .settings import Settings

WARM, FEW = 3, 15  # pages that sum up all there is are looked at a few times
HTML_KB, SCRIPT_KB, STYLE_KB = 100, 60, 90  # compressed, of one page
STATIC = Path(orderwell.web.__file__).parent / "static"
SCRIPTS = ("early.js", "htmx.min.js", "hx-sse.min.js", "orderwell.js", "scan.js")  # of the page that loads most
STYLES = ("tabler.css", "orderwell.css")


@dataclass(slots=True)
class Seen:
    p50_ms: float
    p95_ms: float
    cpu_ms: float  # p95 of what server and database worked for it: the same however many others share the machine
    kb: float  # compressed, the largest
    target_ms: int
    wrong: str = ""  # what was answered instead of the page

    @property
    def met(self) -> bool:
        return self.p95_ms <= self.target_ms and self.kb <= HTML_KB and not self.wrong

    @property
    def ratio(self) -> float:
        return 99.0 if self.wrong else self.p95_ms / self.target_ms


def measure(settings: Settings, engine: str) -> tuple[list[Result], dict[str, Seen]]:
    seen = _on(engine, settings)
    worst = max(seen, key=lambda name: seen[name].ratio)
    missed = sum(not each.met for each in seen.values())
    figures = {"held": HELD, "page": worst, "p95_ms": seen[worst].p95_ms, "pages": len(seen), "missed": missed}
    of = "the worst page's p95 / its target"
    return [*_sizes(), Result(f"pages_{engine}", seen[worst].ratio, 1.0, "lower", of, figures)], seen


def told(cases: dict[str, Seen]) -> str:
    head = ("page", "p50 ms", "p95 ms", "target", "CPU p95", "kB", "")
    rows = [
        (
            name, f"{s.p50_ms:.1f}", f"{s.p95_ms:.1f}", f"{s.target_ms}", f"{s.cpu_ms:.1f}", f"{s.kb:.1f}",
            s.wrong or ("" if s.met else "MISSED"),
        )
        for name, s in cases.items()
    ]  # fmt: skip
    return table([head, *rows])


def _sizes() -> list[Result]:
    def kb(names: tuple[str, ...]) -> float:
        return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names) / 1_000

    return [
        Result(
            "pages_script", kb(SCRIPTS) / SCRIPT_KB, 1.0, "lower", "kB of script / 60", {"kb": round(kb(SCRIPTS), 1)}
        ),
        Result("pages_style", kb(STYLES) / STYLE_KB, 1.0, "lower", "kB of style / 90", {"kb": round(kb(STYLES), 1)}),
    ]


def _on(engine: str, settings: Settings) -> dict[str, Seen]:
    with ExitStack() as stack:
        postgres = stack.enter_context(durable_postgres()) if engine == "postgres" else None
        url = postgres.create_database() if postgres else f"sqlite:///{settings.folder / 'pages.db'}"
        print(f"  filling {engine} with {HELD:,} orders", flush=True)
        fill(url)
        return looked(url, psutil.Process(postgres.pid) if postgres else None)


def looked(url: str, database: psutil.Process | None = None) -> dict[str, Seen]:
    """At every page of a database that is filled. `database` is the process whose children work for us."""
    cookie = _session(url)
    with ExitStack() as stack:
        server = stack.enter_context(serving(url))
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        stack.callback(connection.close)
        who = [server.process, *([database] if database else [])]
        return {each.name: _seen(connection, cookie, each, who) for each in looks(url)}


def _session(url: str) -> str:
    """Of the owner, in a house that has one of everything there is a page of."""
    app = open_app(url)
    app.writer.start()
    try:
        demo_owner(app)
        token, link, owner = new_token(), new_token(), DEMO_PEOPLE[0][1]
        app.writer.ask(MakeLink("sign_in", hash_of_token(link), owner))
        app.writer.ask(StartSession(owner, hash_of_token(token), link_hash=hash_of_token(link)))
        app.writer.ask(OpenDrawer("utrecht", owner, 10_000))
        app.writer.ask(KeepDeliveryMethod("post", "Post", "postage", [ZoneAsk("NL", Decimal("4.95"), 1)]))
        lines = [
            StatementRow("2026-11-20", f"{n}.50", counterparty=f"Somebody {n}", bank_reference=f"B{n}")
            for n in range(1, 201)
        ]
        app.writer.ask(ImportStatement(rows=lines))
        endpoint = app.writer.ask(AddWebhookEndpoint("https://webhooks.example/here", "s" * 40))
        app.writer.ask(ChangeWebhookEndpoint(endpoint["id"], status="disabled"))  # nothing is sent while we look
    finally:
        app.close()
    return token


def _worked_ns(processes: Sequence[psutil.Process]) -> int:
    """CPU time of these, their children and all their threads, as the kernel counts it."""
    whole = 0
    for process in processes:
        for each in (process, *process.children(recursive=True)):
            for told in Path(f"/proc/{each.pid}/task").glob("*/schedstat"):
                with suppress(OSError):  # a thread that ended just now
                    whole += int(told.read_text().split()[0])
    return whole


def _seen(
    connection: http.client.HTTPConnection, cookie: str, look: Look, processes: Sequence[psutil.Process]
) -> Seen:  # fmt: skip
    headers = {"cookie": f"orderwell={cookie}", "accept-encoding": "gzip", "accept-language": "en"}
    if look.part:
        headers |= {"hx-request": "true", "hx-request-type": "partial", "hx-target": f"div#{look.part}"}
    took: list[float] = []
    worked: list[float] = []
    largest, wrong = 0, ""
    for n in range(-WARM, SAMPLES if look.target_ms <= LIST_MS else FEW):
        path, before = look.paths[n % len(look.paths)], _worked_ns(processes)
        started = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        ended = time.perf_counter()
        if response.status != look.status:
            wrong = f"{response.status} at {path}"
        if n >= 0:
            took.append((ended - started) * 1_000)
            worked.append((_worked_ns(processes) - before) / 1_000_000)
            largest = max(largest, len(body))
    seen = Seen(round(median(took), 1), _p95(took), _p95(worked), largest / 1_000, look.target_ms, wrong)
    print(f"  {look.name}: {seen.p50_ms:.1f} / {seen.p95_ms:.1f} ms, CPU {seen.cpu_ms:.1f} {wrong}", flush=True)
    return seen


def _p95(found: list[float]) -> float:
    return round(sorted(found)[int(len(found) * 0.95)], 1)
