"""The shop as a few dictionaries: what a careful clerk with a notebook would answer to each request."""

from dataclasses import dataclass, field

PRICES = {"apple": 199, "bread": 255, "cider": 700}  # gross, cents
BACKORDER = {"bread"}


@dataclass
class Notebook:
    """One location, one channel; goods are promised in the order in which orders came."""

    on_hand: dict[str, int] = field(default_factory=lambda: {"apple": 10, "bread": 4, "cider": 3})
    orders: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)  # reference → SKU → place → units
    status: dict[str, str] = field(default_factory=dict)
    invoices: int = 0
    receivable: int = 0

    def held(self, sku: str, place: str) -> int:
        return sum(lines[sku][place] for lines in self.orders.values() if sku in lines)

    def free(self, sku: str) -> int:
        return self.on_hand[sku] - self.held(sku, "promised")

    def place(self, reference: str, lines: dict[str, int]) -> str:
        if reference in self.orders:
            return "order_exists"
        if any(units > self.free(sku) and sku not in BACKORDER for sku, units in lines.items()):
            return "out_of_stock"
        order = {}
        for sku, units in lines.items():
            promised = max(min(units, self.free(sku)), 0)
            order[sku] = {"promised": promised, "awaited": units - promised, "shipped": 0, "cancelled": 0}
        self.orders[reference], self.status[reference] = order, "placed"
        return "done"

    def ship(self, reference: str) -> str:
        if reference not in self.orders:
            return "not_found"
        if self.status[reference] != "placed":
            return "not_placed"
        going = {sku: places["promised"] for sku, places in self.orders[reference].items() if places["promised"]}
        if not going:
            return "nothing_ready"
        for sku, units in going.items():
            self.on_hand[sku] -= units
            self.orders[reference][sku]["promised"] -= units
            self.orders[reference][sku]["shipped"] += units
            self.receivable += units * PRICES[sku]
        self.invoices += 1
        return "done"

    def cancel(self, reference: str) -> str:
        if reference not in self.orders:
            return "not_found"
        if self.status[reference] == "cancelled":
            return "illegal_move"
        lines = self.orders[reference]
        if any(places["shipped"] for places in lines.values()):
            return "too_late_to_cancel"
        for places in lines.values():
            places["cancelled"] += places.pop("promised") + places.pop("awaited")
            places.update(promised=0, awaited=0)
        self.status[reference] = "cancelled"
        self.fill(lines)
        return "done"

    def find(self, sku: str, units: int) -> str:
        self.on_hand[sku] += units
        self.fill([sku])
        return "done"

    def lose(self, sku: str, units: int) -> str:
        if self.free(sku) < units:
            return "out_of_stock"
        self.on_hand[sku] -= units
        return "done"

    def fill(self, skus: "dict[str, dict[str, int]] | list[str]") -> None:
        for sku in skus:
            for lines in self.orders.values():
                if sku in lines:
                    units = min(lines[sku]["awaited"], self.free(sku))
                    lines[sku]["awaited"] -= units
                    lines[sku]["promised"] += units

    def told(self) -> dict[str, object]:
        """Everything there is to compare."""
        return {
            "stock": {sku: (units, self.held(sku, "promised"), self.held(sku, "awaited"))
                      for sku, units in self.on_hand.items()},
            "orders": {reference: (self.status[reference], {sku: dict(places) for sku, places in lines.items()})
                       for reference, lines in self.orders.items()},
            "invoices": self.invoices,
            "receivable": self.receivable,
        }  # fmt: skip
