"""Verbs of bins: find them, and move units between them. A location without bins is never asked about any."""

from ..kit.errors import Conflict, Invalid
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.tables import changed
from ..values.ids import show
from .model import Bin, BinMove, BinStock, Stock
from .store import BIN_BY_CODE, BIN_MOVES, BIN_STOCK, BINS, IN_BIN, IN_BINS, STOCK


class BinTaken(Conflict):
    code = "bin_taken"
    title = "There is a bin with this code at this location already"


class BinClosed(Conflict):
    code = "bin_closed"
    title = "Nothing is put into this bin any more"


class BinNotEmpty(Conflict):
    code = "bin_not_empty"
    title = "Something lies in this bin"


class NotInBin(Conflict):
    code = "not_in_bin"
    title = "There are not as many units there"


def find(tx: Tx, location_id: int, code: str, *, pointer: str = "/bin") -> Bin:
    """By its code at a location."""
    found = tx.one(BIN_BY_CODE, (location_id, code))
    if found is None:
        raise Invalid.at(pointer, Sentence("There is no bin {name!r} at this location.", name=code), "unknown_bin")
    return found


def into(found: Bin) -> Bin:
    """A bin that something is put into. Raises BinClosed."""
    if found.status != "open":
        raise BinClosed(Sentence("Bin {code!r} is closed.", code=found.code))
    return found


def empty(tx: Tx, found: Bin) -> Bin:
    """Raises BinNotEmpty where something lies in it."""
    kinds = [row for row in tx.rows(IN_BIN, found.id) if row.quantity]
    if kinds:
        raise BinNotEmpty(
            Sentence("{count} SKUs lie in bin {code!r}; move them first.", count=len(kinds), code=found.code),
            skus=_shown_skus(kinds),
        )
    return found


def _shown_skus(rows: list[BinStock]) -> list[str]:
    return [show("sku", row.sku_id) for row in rows]


def held(tx: Tx, found: Bin, sku_id: int) -> int:
    row = tx.get(BIN_STOCK, (found.id, sku_id))
    return row.quantity if row else 0


def in_walking_order(tx: Tx, sku_id: int, location_id: int) -> list[tuple[Bin, int]]:
    """The bins that hold a SKU at a location, in the order in which one walks past, and how much each holds."""
    rows = tx.rows(IN_BINS, (sku_id, location_id))
    tx.need(BINS, [row.bin_id for row in rows])
    found = [(bin_, row.quantity) for row in rows if (bin_ := tx.get(BINS, row.bin_id)) is not None]
    return sorted(found, key=lambda each: (each[0].sort, each[0].code))


def move(
    tx: Tx, *, sku_id: int, location_id: int, source: Bin | None, target: Bin | None, quantity: int, reason: str,
    document_id: int | None = None, name: str = "",
) -> None:  # fmt: skip
    """Units go from one bin into another; None is what lies in no bin. Raises NotInBin, naming what is there."""
    assert source != target, "units are moved from one place to another"
    stock = tx.get(STOCK, (sku_id, location_id)) or Stock(sku_id, location_id, 1, 0, 0, 0, 0)
    there = held(tx, source, sku_id) if source else stock.on_hand - stock.binned
    if there < quantity:
        where = Sentence("in bin {bin!r}", bin=source.code) if source else Sentence("in no bin")
        raise NotInBin(
            Sentence(
                "{sku}: {there} units lie {where}, {quantity} were to leave it.",
                sku=name,
                there=there,
                where=where,
                quantity=quantity,
            ),
            there=there,
        )
    if source is not None:
        _change(tx, source, sku_id, -quantity)
    if target is not None:
        _change(tx, into(target), sku_id, quantity)
    inside = (target is not None) - (source is not None)
    tx.put(STOCK, changed(stock, binned=stock.binned + inside * quantity))  # stands for its bins, even where it is same
    _record(tx, stock, source, target, quantity, reason, document_id)


def draw(tx: Tx, stock: Stock, quantity: int, reason: str, document_id: int | None) -> Stock:
    """Units leave the location and nobody said from which bin: those in none go first, then along the walk.

    The stock with fewer units in bins; the caller puts it.
    """
    left = stock.binned - (stock.on_hand - quantity)
    for bin_, there in in_walking_order(tx, stock.sku_id, stock.location_id):
        taken = min(left, there)
        if taken > 0:
            _change(tx, bin_, stock.sku_id, -taken)
            _record(tx, stock, bin_, None, taken, reason, document_id)
            left -= taken
    assert left == 0, "what is in bins lies in some of them"
    return changed(stock, binned=stock.on_hand - quantity)


def _change(tx: Tx, found: Bin, sku_id: int, quantity: int) -> None:
    row = tx.get(BIN_STOCK, (found.id, sku_id))
    if row is None:
        tx.add(BIN_STOCK, BinStock(found.id, sku_id, found.location_id, quantity))
    else:
        tx.put(BIN_STOCK, row._replace(quantity=row.quantity + quantity))


def _record(
    tx: Tx, stock: Stock, source: Bin | None, target: Bin | None, quantity: int, reason: str, document_id: int | None
) -> None:
    row = BinMove(
        tx.cause, tx.count(BIN_MOVES), stock.sku_id, stock.location_id, source.id if source else None,
        target.id if target else None, quantity, reason, document_id,
    )  # fmt: skip
    tx.append(BIN_MOVES, row)
