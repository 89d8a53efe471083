"""A process that takes requests, leaves jobs for later and delivers them, until it is killed.

    python -m tests.crash.relay DATABASE DELIVERED ACKNOWLEDGED COUNT

Every third request is refused. A delivery, and an acknowledgement, is a line in a file, on disk before it counts.
"""

import os
import sys
import time
from dataclasses import dataclass
from typing import Any

from orderwell.app import open_app
from orderwell.kit.errors import Conflict, Refused
from orderwell.kit.events import announce
from orderwell.kit.jobs import Work, handler, later
from orderwell.kit.picture import Tx
from orderwell.kit.writer import Call, flow
from orderwell.worker import Worker

SUBJECTS = 5


class NoThird(Conflict):
    code = "test_no_third"
    title = "For a test"


@dataclass(frozen=True, slots=True)
class Send:
    number: int


@flow(Send)
def send(tx: Tx, ask: Send) -> dict[str, Any]:
    subject = ask.number % SUBJECTS
    later(tx, "relay.deliver", {"number": ask.number}, subject_id=subject, in_order=subject)
    announce(tx, "test.sent", "test", subject)
    if ask.number % 3 == 0:
        raise NoThird("every third is refused")
    return {"number": ask.number}


@handler("relay.deliver")
def deliver(work: Work) -> None:
    write(sys.argv[2], f"{work.job.id} {work.job.subject_id} {work.payload['number']}")
    time.sleep(0.01)  # between the effect and writing it down is where a kill hurts


def write(path: str, line: str) -> None:
    with open(path, "a") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def main() -> None:
    app = open_app(sys.argv[1])
    app.writer.start()
    worker = Worker(app, lease_seconds=1)
    worker.start()
    with open(sys.argv[3]) as file:
        first = len(file.readlines())
    for number in range(first, int(sys.argv[4])):
        try:
            app.writer.call(Call(Send(number), key=str(number), input_hash=str(number))).value()
            write(sys.argv[3], f"{number} done")
        except Refused as refusal:
            write(sys.argv[3], f"{number} {refusal.code}")
    while True:
        time.sleep(0.1)


if __name__ == "__main__":
    main()
