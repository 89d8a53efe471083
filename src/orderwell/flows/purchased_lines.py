"""Which lines of a purchase order, and how much of each, somebody speaks of when naming SKUs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..catalog.model import Sku
from ..catalog.rules import in_smallest_units
from ..catalog.store import SKUS
from ..kit.errors import Conflict, Invalid
from ..kit.picture import Tx
from ..kit.sentences import Sentence, word
from ..purchasing.model import PurchaseLine
from ..purchasing.rules import spread
from ..values.fields import Code, Quantity
from ..values.money import scaled_text


@dataclass(frozen=True, slots=True)
class Purchased:
    """So much of one SKU of a purchase order."""

    sku: Code
    quantity: Quantity


def skus_by_id(tx: Tx, sku_ids: Iterable[int]) -> dict[int, Sku]:
    listed = list(dict.fromkeys(sku_ids))
    tx.need(SKUS, listed)
    return {sku_id: sku for sku_id in listed if (sku := tx.get(SKUS, sku_id)) is not None}


def chosen(
    tx: Tx,
    lines: Sequence[PurchaseLine],
    asked: Sequence[Purchased] | None,
    left: Callable[[PurchaseLine], int],
    refusal: type[Conflict],
    verb: str,
) -> dict[int, int]:
    """Units of each line: all that is left, or what was asked for. Raises `refusal`, naming the item that has less."""
    if asked is None:
        return {line.n: left(line) for line in lines if left(line)}
    skus = skus_by_id(tx, (line.sku_id for line in lines))
    by_code = {sku.code: sku for sku in skus.values()}
    wanted = []
    for n, each in enumerate(asked):
        sku = by_code.get(each.sku)
        if sku is None:
            raise Invalid.at(
                f"/lines/{n}/sku", Sentence("The purchase order has no {sku!r}.", sku=each.sku), "unknown_sku"
            )
        wanted.append((sku.id, in_smallest_units(each.quantity, sku)))

    def too_many(sku_id: int, quantity: int, there: int) -> Conflict:
        sku = skus[sku_id]
        told = {"sku": sku.code, "wanted": _text(quantity, sku), "left": _text(there, sku)}
        return refusal(
            Sentence(
                "{sku}: {wanted} were to be {verb}, {left} are left.", sku=sku.code, verb=word(verb),
                wanted=Decimal(told["wanted"]), left=Decimal(told["left"]),
            ),
            items=[told],
        )  # fmt: skip

    return spread(wanted, lines, left, too_many)


def _text(units: int, sku: Sku) -> str:
    return scaled_text(units, sku.unit_decimals)
