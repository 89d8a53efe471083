"""What happens when: acts in order of time, handed to the writer half a day at once; doing one may plan others."""

import heapq
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from ..app import App
from ..kit.clock import TestClock
from ..kit.errors import Refused
from ..kit.picture import Tx
from ..kit.writer import Call

# What a shop finds to be impossible now and then: sold out, paid before, cancelled meanwhile. All else is a fault.
EXPECTED = frozenset(
    {"out_of_stock", "not_at_hand", "nothing_ready", "nothing_due", "not_found", "nothing_to_refund", "not_paid",
     "too_late_to_cancel", "not_placed", "not_a_draft", "not_with_customer", "order_cancelled", "not_returnable",
     "illegal_move", "count_below_promised"}
)  # fmt: skip

# Lists show orders as they were written down, so these stay in order of time among themselves.
FIRST = {
    "Propose": 0, "ReceivePurchase": 0, "ReceiveTransfer": 0, "PlaceOrder": 1, "Sell": 1, "StartPayment": 2,
    "RecordProviderEvents": 3,
}  # fmt: skip
Then = Callable[[Any, int], None]
Check = Callable[[Tx], None]


class Act(NamedTuple):
    at: int
    n: int
    ask: Any
    actor: str
    then: Then | None
    refused: Callable[[str, int], None] | None
    check: Check | None


class Agenda:
    """The acts still to come. Nothing is done before what is done already: what comes out of a batch follows it."""

    def __init__(self, app: App, clock: TestClock) -> None:
        self.app, self.clock = app, clock
        self.refusals: Counter[str] = Counter()
        self._acts: list[Act] = []
        self._count = 0
        self._open_from = 0

    def plan(
        self, at: int, ask: Any, actor: str, then: Then | None = None, *,
        refused: Callable[[str, int], None] | None = None, check: Check | None = None,
    ) -> None:  # fmt: skip
        """Ask this then, or as soon as possible. `then` hears the answer, `refused` the code of a refusal."""
        self._count += 1
        heapq.heappush(self._acts, Act(max(at, self._open_from), self._count, ask, actor, then, refused, check))

    def do(self, at: int, ask: Any, actor: str) -> None:
        """At once, before all that is planned: for what was worked out from how things are now. Nobody refuses it."""
        self._count += 1
        self.app.writer.call(Call(ask, actor=actor, request_id=f"demo/{self._count}", at=at)).value()

    def do_until(self, end: int, *, alike: bool = False) -> None:
        """Everything planned before an instant, in one go; what that leads to comes after it.

        With `alike` orders come first and then each kind of act by itself, which takes a quarter less time: what is
        of one kind is loaded with one statement a table.
        """
        acts = []
        while self._acts and self._acts[0].at < end:
            acts.append(heapq.heappop(self._acts))
        self._open_from = end
        if alike:
            acts.sort(key=_by_kind)
        calls = [
            Call(act.ask, actor=act.actor, request_id=f"demo/{act.n}", at=act.at, precondition=act.check)
            for act in acts
        ]
        for act, outcome in zip(acts, self.app.writer.run(calls), strict=True):
            if outcome.refusal is not None:
                self._not_done(act, outcome.refusal)
            elif act.then is not None:
                act.then(outcome.answer, act.at)
        self.clock.advance_to(end)

    def _not_done(self, act: Act, refusal: Refused) -> None:
        if refusal.code not in EXPECTED:
            raise refusal
        self.refusals[refusal.code] += 1
        if act.refused is not None:
            act.refused(refusal.code, act.at)


def _by_kind(act: Act) -> tuple[int, str, int]:
    name = type(act.ask).__name__
    place = FIRST.get(name, 4)
    return place, "" if place == 1 else name, act.at
