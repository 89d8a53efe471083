"""Bins in the demonstration's warehouse: it got them not long ago, puts away each morning, and has begun a batch."""

from decimal import Decimal

import sqlalchemy as sa

from ..flows.keep_bins import AddBin
from ..flows.make_pick_list import MakePickList
from ..flows.move_bins import PutAway, PutAwayLine
from ..inventory.bin_queries import to_put_away
from ..inventory.store import LOCATIONS
from ..reports.picking import to_pick
from .agenda import Agenda
from .goods import GROUPS
from .house import WAREHOUSE, House

IN_A_BIN = 3  # SKUs: their cartons are large
BEGUN = 4  # orders of a batch


class Shelves:
    """An aisle for each group of goods, its bins along the walk."""

    def __init__(self, agenda: Agenda, house: House) -> None:
        self._agenda, self._house = agenda, house
        self.bin_of: dict[str, str] = {}
        for letter, group in zip("ABCDEFGHIJKLM", GROUPS, strict=True):
            for n, each in enumerate(each for each in house.goods if each.group == group):
                self.bin_of[each.code] = f"{letter}-{n // IN_A_BIN + 1:02d}"

    def furnish(self, at: int) -> None:
        for n, code in enumerate(sorted(set(self.bin_of.values()))):
            self._agenda.plan(at, AddBin(WAREHOUSE, code, sort=(n + 1) * 10), self._house.actor("warehouse"))

    def put_away(self, at: int) -> None:
        """What lies in no bin."""
        with self._agenda.app.database.reading() as connection:
            lying = to_put_away(connection, self._place(connection))
        lines = [
            PutAwayLine(each["sku_code"], Decimal(each["quantity"]), self.bin_of[each["sku_code"]]) for each in lying
        ]
        if lines:
            self._agenda.do(at, PutAway(WAREHOUSE, lines), self._house.actor("warehouse"))

    def begin_batch(self, at: int) -> None:
        """The most urgent orders are on a list, which nobody walks yet."""
        with self._agenda.app.database.reading() as connection:
            ready = to_pick(connection, self._place(connection), limit=BEGUN)
        self._agenda.do(at, MakePickList(WAREHOUSE, [each["order"] for each in ready]), self._house.actor("warehouse"))

    def _place(self, connection: sa.engine.Connection) -> int:
        return int(connection.execute(sa.select(LOCATIONS.c.id).where(LOCATIONS.c.code == WAREHOUSE)).scalar_one())
