"""What is being sold, as an address holds it: no server remembers a cart, a reload keeps it, and Back undoes a step.

`cart=lamp,2,10;bulb,1,` is two lamps with ten percent off and a bulb. `back=ord_…,1,1,restock` is a unit of line 1 of
an earlier order that comes back. Everything here is unchecked until a flow sees it.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

MOST_LINES = 200
LONGEST = 1_900  # letters of an address; what is longer would not come back


class Entry(NamedTuple):
    """One line: quantity and percentage are decimal texts, `percent` '' for none."""

    sku: str
    quantity: str = "1"
    percent: str = ""


class Back(NamedTuple):
    """Units of a line of an earlier order that come back."""

    order: str
    line: int
    quantity: str = "1"
    outcome: str = "restock"


class Cart(NamedTuple):
    entries: tuple[Entry, ...] = ()
    backs: tuple[Back, ...] = ()
    receipt: str = ""  # the earlier order that is open beside it

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Cart":
        """What does not read as a cart is left out."""
        entries = [_entry(part) for part in query.get("cart", "").split(";")[:MOST_LINES] if part]
        backs = [_back(part) for part in query.get("back", "").split(";")[:MOST_LINES] if part]
        return cls(
            tuple(each for each in entries if each is not None), tuple(each for each in backs if each is not None),
            query.get("receipt", ""),
        )  # fmt: skip

    @property
    def query(self) -> dict[str, str]:
        return {"cart": _text(self.entries), "back": _text(self.backs), "receipt": self.receipt}

    @property
    def empty(self) -> bool:
        return not self.entries and not self.backs

    def plus(self, sku: str, quantity: str) -> "Cart":
        """More of a line that is there already, else a new one at the end."""
        for n, each in enumerate(self.entries):
            if each.sku == sku and not each.percent:
                return self.changed(n, quantity=added(each.quantity, quantity))
        return self._replace(entries=(*self.entries, Entry(sku, quantity)))

    def changed(self, n: int, **parts: str) -> "Cart":
        """Nothing of a line is no line."""
        if not 0 <= n < len(self.entries):
            return self
        entry = self.entries[n]._replace(**parts)
        kept = (entry,) if positive(entry.quantity) else ()
        return self._replace(entries=(*self.entries[:n], *kept, *self.entries[n + 1 :]))

    def taken_back(self, order: str, line: int, quantity: str = "1") -> "Cart":
        for n, each in enumerate(self.backs):
            if (each.order, each.line) == (order, line):
                return self.changed_back(n, quantity=added(each.quantity, quantity))
        return self._replace(backs=(*self.backs, Back(order, line, quantity)))

    def changed_back(self, n: int, *, quantity: str | None = None, outcome: str | None = None) -> "Cart":
        if not 0 <= n < len(self.backs):
            return self
        back = self.backs[n]
        back = back._replace(quantity=quantity or back.quantity, outcome=outcome or back.outcome)
        kept = (back,) if positive(back.quantity) else ()
        return self._replace(backs=(*self.backs[:n], *kept, *self.backs[n + 1 :]))

    def coming(self, order: str, line: int) -> Decimal:
        """Units of a line that come back with this cart."""
        found = [Decimal(each.quantity) for each in self.backs if (each.order, each.line) == (order, line)]
        return sum(found, Decimal(0))


def added(one: str, other: str) -> str:
    return plain(Decimal(one) + Decimal(other))


def plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def decimal_of(text: str) -> Decimal | None:
    """A quantity or percentage as our own addresses write them."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < 10**9 and len(text) <= 20 else None


def positive(text: str) -> bool:
    value = decimal_of(text)
    return value is not None and value > 0


def _entry(part: str) -> Entry | None:
    sku, quantity, percent, *_ = [*(unquote(each) for each in part.split(",")), "", ""]
    good = 0 < len(sku) <= 64 and positive(quantity) and (percent == "" or positive(percent))
    return Entry(sku, quantity, percent) if good else None


def _back(part: str) -> Back | None:
    order, line, quantity, outcome, *_ = [*(unquote(each) for each in part.split(",")), "", "", ""]
    good = line.isascii() and line.isdigit() and len(line) <= 4 and positive(quantity)
    return Back(order, int(line), quantity, "scrap" if outcome == "scrap" else "restock") if good else None


def _text(rows: Iterable[tuple[Any, ...]]) -> str:
    return ";".join(",".join(quote(str(each), safe="") for each in row) for row in rows)
