"""What was scanned: a SKU by its own code or by a barcode, and how much of it one such pack is."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from ..catalog.model import Sku
from ..catalog.rules import in_smallest_units
from ..catalog.store import BARCODES, SKU_BY_CODE, SKUS
from ..kit.errors import Invalid
from ..kit.picture import Tx
from ..kit.sentences import Sentence


class Scanned(NamedTuple):
    sku: Sku
    numerator: int
    denominator: int

    def units(self, packs: Decimal) -> int:
        """Smallest units. Raises NotWhole."""
        return in_smallest_units(packs, self.sku, numerator=self.numerator, denominator=self.denominator)


def need_scanned(tx: Tx, codes: Iterable[str]) -> None:
    listed = list(codes)
    tx.need_all((SKU_BY_CODE, listed), (BARCODES, listed))
    tx.need(SKUS, [row.sku_id for code in listed if (row := tx.get(BARCODES, code)) is not None])


def scanned_sku(tx: Tx, code: str, *, pointer: str = "/sku") -> Scanned:
    """Its own code wins over a barcode that reads the same. Raises Invalid."""
    need_scanned(tx, [code])
    sku = tx.one(SKU_BY_CODE, code)
    if sku is not None:
        return Scanned(sku, 1, 1)
    row = tx.get(BARCODES, code)
    sku = tx.get(SKUS, row.sku_id) if row is not None else None
    if row is None or sku is None:
        raise Invalid.at(pointer, Sentence("There is no SKU or barcode {name!r}.", name=code), "unknown_sku")
    return Scanned(sku, row.numerator, row.denominator)
