"""Handing calls to the writer, and what to do with those it refuses."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from ..app import App
from ..inventory.rules import OutOfStock
from ..kit.errors import Refused, Unavailable
from ..kit.writer import Call
from .read import RefusedRow
from .requests import untraced

TRIES = 5


@dataclass(slots=True)
class Told:
    """What the run itself can tell; all figures of money are read from the database afterwards."""

    sent: int = 0
    there_before: int = 0
    lines: int = 0
    seconds: float = 0.0
    rows: int = 0
    refused_rows: list[RefusedRow] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)  # document, code, sentence

    def reasons(self) -> Counter[str]:
        return Counter([row.reason for row in self.refused_rows] + [code for _, code, _ in self.refused])


class Sender:
    """Performs calls in order; nothing happens before `not_before`, so that a second run does not go back in time."""

    def __init__(self, app: App, told: Told, *, not_before: int) -> None:
        self._app, self._told, self._not_before = app, told, not_before

    def call(self, ask: Any, at: int, what: str, *, weight: int = 1) -> Call:
        return Call(ask, actor="replay", request_id=f"replay/{what}", at=at, weight=weight)

    def send(self, calls: list[Call], *, may_wait: bool = False, ignore: Collection[str] = ()) -> list[Call]:
        """Perform calls. What was not refused for good is tried again, credit notes that trace to nothing without it.

        With `may_wait`, gives back what found too little stock instead of refusing it.
        """
        waiting: list[Call] = []
        for call in calls:
            call.at = max(call.at or 0, self._not_before)
        for _ in range(TRIES):
            again: list[Call] = []
            for call, outcome in zip(calls, self._app.writer.run(calls), strict=True):
                refusal = outcome.refusal
                if refusal is None or refusal.code in ignore:
                    continue
                if isinstance(refusal, Unavailable):
                    again.append(call)
                elif may_wait and isinstance(refusal, OutOfStock):
                    waiting.append(call)
                elif (bare := untraced(call)) is not None:
                    again.append(bare)
                else:
                    self._refused(call, refusal)
            if not again:
                return waiting
            calls = again
        for call in calls:
            self._refused(call, Unavailable("The database did not take it after several tries."))
        return waiting

    def _refused(self, call: Call, refusal: Refused) -> None:
        self._told.refused.append((call.request_id.removeprefix("replay/"), refusal.code, refusal.detail))
