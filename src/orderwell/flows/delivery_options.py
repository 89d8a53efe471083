"""What a customer can choose from: how these goods can be delivered there, on which day, at which cost."""

from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Len

from ..business import actions as business
from ..business.model import Business
from ..catalog import actions as catalog
from ..catalog.model import Sku
from ..catalog.rules import in_smallest_units
from ..catalog.store import SKUS
from ..channels import actions as channels
from ..channels.model import Channel
from ..channels.store import CHANNEL_BY_CODE
from ..delivery import actions as delivery
from ..delivery.model import Method, Zone
from ..delivery.rules import is_free
from ..delivery.store import DAYS_CLOSED, METHODS_OPEN, ZONES_OF
from ..inventory import actions as inventory
from ..inventory.rules import Promise, Want
from ..kit.picture import Tx
from ..kit.writer import flow
from ..orders.rules import Priced, amounts
from ..values.fields import MAX_LINES, Code, Reference, Text
from ..values.ids import show
from .goods_ready import Ready, ready_days
from .place_order import DiscountAsk, LineAsk
from .promise_delivery import billed_as, cost_e4, days_of, goods_amount, in_minor, shown_days, shown_ready, zone_of


@dataclass(frozen=True, slots=True)
class AskDeliveryOptions:
    """Lines as in an order, and where they are to go; `country` left out is the business's own."""

    channel: Code
    lines: Annotated[list[LineAsk], Len(1, MAX_LINES)]
    country: Annotated[str, Len(0, 2)] = ""
    postcode: Text = ""
    discount: DiscountAsk | None = None
    customer: Reference | None = None


def needs(ask: AskDeliveryOptions) -> list[tuple[Any, Any]]:
    return [(CHANNEL_BY_CODE, ask.channel), (METHODS_OPEN, "open"), (DAYS_CLOSED, "closed")]


@flow(AskDeliveryOptions, needs)
def ask_delivery_options(tx: Tx, ask: AskDeliveryOptions) -> dict[str, Any]:
    """How these lines can be delivered to an address, with date and cost. Nothing is set aside.

    Refused as the order would be: OutOfStock names what is neither here nor may be awaited.
    """
    house, today = business.current(tx), business.today(tx)
    channel = channels.open_channel(tx, ask.channel)
    goods, _ = goods_amount(tx, ask.lines, ask.discount, house, channel, today, ask.customer)
    ready = ready_days(tx, _promises(tx, ask, house), today, placed=False)
    methods = delivery.open_methods(tx)
    tx.need_all((ZONES_OF, [each.id for each in methods]), (SKUS, [each.sku_id for each in methods]))
    country = ask.country or house.country
    options = [
        _option(tx, method, zone, ready, goods, house, channel, today)
        for method in methods
        if (zone := zone_of(tx, method, country, ask.postcode)) is not None
    ]
    return {
        "object": "delivery_options", "currency": house.currency, "basis": channel.basis, "goods": goods,
        "data": sorted(options, key=lambda each: (each["deliver_on"] is None, each["deliver_on"], each["cost"])),
        "lines": shown_ready(ready),
    }  # fmt: skip


def _promises(tx: Tx, ask: AskDeliveryOptions, house: Business) -> list[Promise]:
    found = catalog.skus_by_code(tx, [line.sku for line in ask.lines])
    stocked = [(n, found[line.sku], line) for n, line in enumerate(ask.lines, 1) if found[line.sku].kind == "stocked"]
    if not stocked:
        return []
    wants = []
    for n, sku, line in stocked:
        units = in_smallest_units(line.quantity, sku)
        wants.append(Want(n, sku.id, units, 0 if sku.backorder == "no" else units))
    skus: list[Sku] = [sku for _, sku, _ in stocked]
    return inventory.share_out(
        tx, wants, rule=house.sourcing, names={sku.id: sku.code for sku in skus},
        caps={sku.id: sku.backorder_cap for sku in skus if sku.backorder == "capped"},
    )  # fmt: skip


def _option(
    tx: Tx, method: Method, zone: Zone, ready: list[Ready], goods: int, house: Business, channel: Channel, today: str
) -> dict[str, Any]:
    sku = billed_as(tx, method)
    price_e4 = cost_e4(tx, zone, sku, goods, basis=channel.basis, today=today)
    rate = catalog.tax_rates(tx, [sku.tax_class], today)[sku.tax_class]
    line = Priced(10**sku.unit_decimals, sku.unit_decimals, price_e4, rate)
    (alone,) = amounts([line], basis=channel.basis, currency=house.currency).lines
    return {
        "delivery": method.code, "method": show("delivery_method", method.id), "name": method.name,
        "carrier": method.carrier, **shown_days(days_of(tx, ready, method, zone, house, today)),
        "cost": in_minor(price_e4, sku, house), "net": alone.net_minor, "tax": alone.tax_minor,
        "gross": alone.net_minor + alone.tax_minor, "free": "yes" if is_free(zone, goods) else "no",
        "free_from": zone.free_from_minor,
    }  # fmt: skip
