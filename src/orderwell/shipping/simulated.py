"""A carrier to try things with: a process of its own on loopback, with journeys and faults that a seed decides.

    python -m orderwell.shipping.simulated --port 9002 --seed 1

It makes labels, takes parcels on a journey of some days and tells of it when asked; it is slow, fails before it has
done anything or after it has, keeps events back, forgets some, and loses a parcel now and then. Anybody who reaches
its port may use it: it listens on loopback only and carries nothing.
"""

import argparse
import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MAX_BODY_BYTES = 256_000
POLL_MS = 50
HOUR_MS = 3_600_000
DAY = 24 * 60  # minutes
NEEDED = ("name", "postcode", "city", "country")  # of an address


@dataclass(frozen=True, slots=True)
class Faults:
    """How often in a hundred something goes wrong, and for how long."""

    slow: int = 0
    slow_ms: int = 2_000
    fail_first: int = 0
    lose_answer: int = 0
    lose_event: int = 0
    late_event: int = 0
    late_hours: int = 12
    fail_delivery: int = 0
    lose_parcel: int = 0


class Refusal(Exception):
    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


@dataclass(slots=True)
class Step:
    """Something that happens so many minutes after the label was made, and is told so many minutes later."""

    id: str
    status: str
    place: str
    minutes: int
    told_after: int


@dataclass(slots=True)
class Consignment:
    reference: str
    tracking: str
    made_at: int
    steps: list[Step] = field(default_factory=list)
    cancelled: bool = False


class Depot:
    """What the carrier knows: parcels by the sender's own reference. `now` is in microseconds since 1970 UTC."""

    def __init__(self, seed: int, faults: Faults, now: Callable[[], int], *, hour_ms: int = HOUR_MS) -> None:
        self.faults, self._seed, self._now = faults, seed, now
        self._minute_us = max(1, hour_ms * 1_000 // 60)  # how long a minute of a journey takes
        self._rng = random.Random(seed)
        self.parcels: dict[tuple[str, str], Consignment] = {}
        self.lock = threading.Lock()  # one thing at a time: same seed and same requests give the same faults
        self.calls = 0

    def chance(self, percent: int) -> bool:
        return self._rng.randrange(100) < percent

    def label(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Asked twice it is one label."""
        address, key = asked["address"], (str(asked["account"]), str(asked["reference"]))
        missing = [name for name in NEEDED if not address.get(name)]
        if missing:
            raise Refusal(422, f"the address has no {', '.join(missing)}")
        parcel = self.parcels.get(key)
        if parcel is None:
            tracking = f"SIM{self._seed:03d}{len(self.parcels) + 1:09d}"
            parcel = Consignment(key[1], tracking, self._now())
            parcel.steps = journey(random.Random(f"{self._seed}/{tracking}"), parcel, str(address["city"]), self.faults)
            self.parcels[key] = parcel
        if parcel.cancelled:
            raise Refusal(409, "this label was cancelled")
        return {"tracking": parcel.tracking, "label": f"/labels/{parcel.tracking}.pdf"}

    def cancel(self, asked: dict[str, Any], reference: str) -> dict[str, Any]:
        parcel = self.parcels.get((str(asked["account"]), reference))
        if parcel is None:
            raise Refusal(404, "never heard of it")
        if any(event["status"] != "announced" for event in self._events(parcel)):
            raise Refusal(409, "it is on its way")
        parcel.cancelled = True
        return {"tracking": parcel.tracking, "cancelled": True}

    def track(self, asked: dict[str, Any]) -> dict[str, Any]:
        account = str(asked["account"])
        known = {name: self.parcels.get((account, str(name))) for name in asked["references"]}
        return {"parcels": {name: self._events(parcel) for name, parcel in known.items() if parcel is not None}}

    def _events(self, parcel: Consignment) -> list[dict[str, Any]]:
        """What is told of a parcel by now, in the order in which it became known."""
        passed = (self._now() - parcel.made_at) // self._minute_us
        told = [step for step in parcel.steps if step.minutes + step.told_after <= passed and not parcel.cancelled]
        return [
            {
                "id": step.id,
                "status": step.status,
                "place": step.place,
                "happened_at": parcel.made_at + step.minutes * self._minute_us,
            }
            for step in sorted(told, key=lambda step: step.minutes + step.told_after)
        ]


def journey(rng: random.Random, parcel: Consignment, city: str, faults: Faults) -> list[Step]:
    """Where a parcel will be when, and which of it will be told: decided once, when its label is made."""

    def chance(percent: int) -> bool:
        return rng.randrange(100) < percent

    steps = [("announced", "sender", 0), ("in_transit", "depot", rng.randint(6 * 60, 18 * 60))]
    if chance(faults.lose_parcel):
        steps.append(("lost", "depot", 5 * DAY))
    else:
        steps += _deliveries(rng, city, steps[-1][2] + rng.randint(6 * 60, 18 * 60), faults)
    made = []
    for n, (status, place, minutes) in enumerate(steps, 1):
        late = rng.randint(0, faults.late_hours * 60) if chance(faults.late_event) else 0
        if not chance(faults.lose_event):
            made.append(Step(f"{parcel.tracking}-{n}", status, place, minutes, late))
    return made


def _deliveries(rng: random.Random, city: str, at: int, faults: Faults) -> list[tuple[str, str, int]]:
    """Tried on three days, then it goes back."""
    steps = []
    for _ in range(3):
        failed = rng.randrange(100) < faults.fail_delivery
        steps.append(("out_for_delivery", city, at))
        steps.append(("failed" if failed else "delivered", city, at + rng.randint(60, 8 * 60)))
        if not failed:
            return steps
        at += DAY
    return [*steps, ("returning", "depot", at)]


class Face(BaseHTTPRequestHandler):
    """Its API, as `shipping.carriers.HttpPort` speaks it."""

    protocol_version = "HTTP/1.1"
    depot: Depot  # set on the subclass that a server is made with

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(min(length, MAX_BODY_BYTES))
        depot = self.depot
        with depot.lock:
            depot.calls += 1
            slow, fails, loses = (
                depot.chance(each)
                for each in (depot.faults.slow, depot.faults.fail_first, depot.faults.lose_answer)
            )  # fmt: skip
            status, answer = (503, {"detail": "try again"}) if fails else self._do(raw)
        if slow:
            time.sleep(depot.faults.slow_ms / 1_000)
        if loses and not fails:  # it is done, and nobody hears of it
            self.close_connection = True
            return
        self._answer(status, answer)

    def _do(self, raw: bytes) -> tuple[int, dict[str, Any]]:
        try:
            asked = json.loads(raw)
            match self.path.strip("/").split("/"):
                case ["labels"]:
                    return 200, self.depot.label(asked)
                case ["labels", reference, "cancel"]:
                    return 200, self.depot.cancel(asked, reference)
                case ["tracking"]:
                    return 200, self.depot.track(asked)
            return 404, {"detail": "no such address"}
        except Refusal as refusal:
            return refusal.status, {"detail": refusal.detail}
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            return 422, {"detail": f"not understood: {error!r}"}

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: it is run by tests and demonstrations."""


class Server:
    """The carrier behind its HTTP face, on loopback. Port 0 takes a free one."""

    def __init__(
        self, *, port: int = 0, seed: int = 0, faults: Faults | None = None, now: Callable[[], int] | None = None,
        hour_ms: int = HOUR_MS,
    ) -> None:  # fmt: skip
        face = type("BoundFace", (Face,), {})
        self._http = ThreadingHTTPServer(("127.0.0.1", port), face)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self.depot = Depot(seed, faults or Faults(), now or _wall, hour_ms=hour_ms)
        face.depot = self.depot  # type: ignore[attr-defined]
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": POLL_MS / 1_000}, daemon=True
        )

    def start(self) -> "Server":
        self._thread.start()
        return self

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def join(self) -> None:
        self._thread.join()


def _wall() -> int:
    return time.time_ns() // 1_000


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m orderwell.shipping.simulated", description="A simulated carrier.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--hour-ms", type=int, default=HOUR_MS, help="how long an hour of a journey takes")
    percents = ("slow", "fail-first", "lose-answer", "lose-event", "late-event", "fail-delivery", "lose-parcel")
    for name in percents:
        parser.add_argument(f"--{name}", type=int, default=0, metavar="PERCENT")
    parser.add_argument("--slow-ms", type=int, default=2_000)
    parser.add_argument("--late-hours", type=int, default=12)
    asked = parser.parse_args(arguments)
    given = {name.replace("-", "_"): getattr(asked, name.replace("-", "_")) for name in percents}
    faults = Faults(**given, slow_ms=asked.slow_ms, late_hours=asked.late_hours)
    server = Server(port=asked.port, seed=asked.seed, faults=faults, hour_ms=asked.hour_ms).start()
    try:
        server.join()
    except KeyboardInterrupt:
        server.stop()


if __name__ == "__main__":
    main()
