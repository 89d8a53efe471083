"""The query of the list of orders: what is looked for, and which columns are shown."""

from collections.abc import Mapping

from ...reports import order_list
from ...values.calendar import is_day
from ..language import N_

GOODS = (*order_list.WORK, *order_list.GOODS)
COLUMNS = {
    "customer": N_("Customer"),
    "channel": N_("Channel"),
    "goods": N_("Goods"),
    "money": N_("Money"),
    "items": N_("Items"),
    "total": N_("Total"),
    "placed": N_("Placed"),
    "their_number": N_("Their number"),
    "country": N_("Country"),
    "day": N_("Day"),
}
USUAL = ("customer", "channel", "goods", "money", "items", "total", "placed")
FILTERS = ("q", "goods", "money", "channel", "customer", "from", "to", "columns")


def wanted_of(query: Mapping[str, str]) -> order_list.Wanted:
    """What makes no sense in an address is left out."""

    def ask(name: str, allowed: tuple[str, ...] = ()) -> str | None:
        value = query.get(name, "").strip()
        return value if value and (not allowed or value in allowed) else None

    def day(name: str) -> str | None:
        text = ask(name)
        return text if text is not None and is_day(text) else None

    return order_list.Wanted(
        search=ask("q"), channel=ask("channel"), customer=ask("customer"), goods=ask("goods", GOODS),
        money=ask("money", order_list.MONEY), placed_from=day("from"), placed_to=day("to"),
    )  # fmt: skip


def columns_of(query: Mapping[str, str]) -> tuple[str, ...]:
    """In the order in which they were chosen; the usual ones where none of those named is known."""
    ticked = [name.removeprefix("column.") for name in query if name.startswith("column.")]
    named = ticked or query.get("columns", "").split(",")
    chosen = tuple(dict.fromkeys(each for each in named if each in COLUMNS))
    return chosen or USUAL
