"""How a return is told to those who asked."""

from collections.abc import Iterable
from typing import Any

from ..values.calendar import instant_text
from ..values.ids import show
from ..values.money import scaled_text
from .model import Return, ReturnLine
from .rules import status


def shown(returned: Return, lines: Iterable[ReturnLine]) -> dict[str, Any]:
    """Quantities as decimal strings, by what has become of them."""
    listed = list(lines)
    return {
        "object": "return",
        "id": show("return", returned.id),
        "version": returned.version,
        "order": show("order", returned.order_id),
        "customer": show("customer", returned.customer_id) if returned.customer_id is not None else None,
        "status": status(returned, listed),
        "reason": returned.reason,
        "announced_at": instant_text(returned.announced_at),
        "lines": [shown_line(line) for line in listed],
    }


def shown_line(line: ReturnLine) -> dict[str, Any]:
    units = {
        "announced": line.announced,
        "received": line.received,
        "restocked": line.restocked,
        "scrapped": line.scrapped,
        "credited": line.credited,
    }
    return {
        "line": line.line,
        "sku": show("sku", line.sku_id),
        **{word: scaled_text(quantity, line.unit_decimals) for word, quantity in units.items()},
    }
