"""Verbs of the catalogue: find, price, add."""

from collections.abc import Iterable

from ..kit.errors import Conflict, Invalid, Problem
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from .model import EVERY_CHANNEL, CustomerPrice, Price, Sku
from .rules import price_in_basis, rate_on
from .store import CUSTOMER_PRICES, CUSTOMER_PRICES_OF, PRICES, PRICES_AGREED_WITH, RATES_OF, SKU_BY_CODE, SKUS


class NoPrice(Conflict):
    code = "no_price"
    title = "There is no price for this item here"


def skus_by_code(tx: Tx, codes: Iterable[str]) -> dict[str, Sku]:
    """The SKUs behind codes, all asked for at once; unknown and retired ones are refused together, by line."""
    listed = list(codes)
    tx.need(SKU_BY_CODE, listed)
    found: dict[str, Sku] = {}
    problems = []
    for n, code in enumerate(listed):
        if code in found:
            continue
        sku = tx.one(SKU_BY_CODE, code)
        if sku is None:
            problems.append(Problem(f"/lines/{n}/sku", "unknown_sku", Sentence("There is no SKU {name!r}.", name=code)))
        elif sku.status != "active":
            problems.append(
                Problem(f"/lines/{n}/sku", "retired_sku", Sentence("SKU {name!r} is no longer sold.", name=code))
            )
        else:
            found[code] = sku
    if problems:
        raise Invalid(problems[0].detail, problems)
    return found


def sku_named(tx: Tx, code: str) -> Sku:
    """A SKU that is sold, by its code. Raises Invalid at `/sku`."""
    sku = tx.one(SKU_BY_CODE, code)
    if sku is None:
        raise Invalid.at("/sku", Sentence("There is no SKU {name!r}.", name=code), "unknown_sku")
    if sku.status != "active":
        raise Invalid.at("/sku", Sentence("SKU {name!r} is no longer sold.", name=code), "retired_sku")
    return sku


def sku_of(tx: Tx, sku_id: int) -> Sku:
    sku = tx.get(SKUS, sku_id)
    assert sku is not None, "rows name SKUs that are there"
    return sku


def tax_rates(tx: Tx, classes: Iterable[str], day: str) -> dict[str, int]:
    """The rate of each tax class in force on a day, in hundredths of a percent."""
    wanted = set(classes)
    tx.need(RATES_OF, wanted)
    return {each: rate_on(tx.rows(RATES_OF, each), each, day) for each in wanted}


def price_keys(skus: Iterable[Sku], channel_id: int, currency: str) -> list[tuple[int, int, str]]:
    """Where the prices of SKUs on a channel are looked for."""
    return [(sku.id, each, currency) for sku in skus for each in (channel_id, EVERY_CHANNEL)]


def prices(
    tx: Tx, skus: Iterable[Sku], *, channel_id: int, currency: str, basis: str, rates: dict[str, int]
) -> dict[int, int]:
    """Unit price of each SKU on a channel, in the basis asked for. Raises NoPrice naming the first without one."""
    listed = list(skus)
    tx.need(PRICES, price_keys(listed, channel_id, currency))
    found = {}
    for sku in listed:
        price: Price | None = tx.get(PRICES, (sku.id, channel_id, currency)) or tx.get(
            PRICES, (sku.id, EVERY_CHANNEL, currency)
        )
        if price is None:
            raise NoPrice(
                Sentence(
                    "SKU {sku!r} has no price in {currency} on this channel; set one or send unit_price.",
                    sku=sku.code,
                    currency=currency,
                )
            )
        found[sku.id] = price_in_basis(
            price.price_e4, from_basis=price.basis, to_basis=basis, rate_bp=rates[sku.tax_class]
        )
    return found


def agreed_prices(tx: Tx, customer_id: int, skus: Iterable[Sku]) -> dict[int, list[CustomerPrice]]:
    """All that was ever agreed with a customer, by SKU; `rules.agreed_price` says which of it holds."""
    keys = [(customer_id, sku.id) for sku in skus]
    tx.need(CUSTOMER_PRICES_OF, keys)
    return {key[1]: tx.rows(CUSTOMER_PRICES_OF, key) for key in keys}


def copy_agreed_prices(tx: Tx, source: int, target: int) -> int:
    """Agree with one customer what was agreed with another, for SKUs it has no agreement on; how many prices."""
    theirs = {row.sku_id for row in tx.rows(PRICES_AGREED_WITH, target)}
    copied = [row for row in tx.rows(PRICES_AGREED_WITH, source) if row.sku_id not in theirs]
    for row in copied:
        tx.add(CUSTOMER_PRICES, row._replace(id=tx.new_id(), customer_id=target))
    return len(copied)
