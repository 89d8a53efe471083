"""What somebody has put into their basket. Their own browser keeps it: it decides nothing until it is ordered."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from decimal import Decimal

from starlette.responses import Response

from ..sessions import drop_cookie, put_cookie

BASKET = "orderwell_portal_basket"
KEPT_SECONDS = 30 * 86_400
MAX_LINES, MAX_BYTES = 40, 3_000
MAX_CODE, MAX_QUANTITY = 100, 12  # letters


def opened(text: str) -> dict[str, str]:
    """SKU → quantity. Whatever else was kept there is nothing."""
    try:
        found = json.loads(urlsafe_b64decode(text[: MAX_BYTES * 2].encode())) if text else {}
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    fit = {
        code: quantity
        for code, quantity in found.items()
        if isinstance(quantity, str) and len(code) <= MAX_CODE and is_quantity(quantity) and Decimal(quantity)
    }  # fmt: skip
    return dict(list(fit.items())[:MAX_LINES])


def is_quantity(quantity: str) -> bool:
    """A plain number from 0 on."""
    plain = quantity.replace(".", "", 1)
    return len(quantity) <= MAX_QUANTITY and plain.isascii() and plain.isdigit()


def changed(basket: Mapping[str, str], quantities: Mapping[str, str]) -> dict[str, str] | None:
    """The basket with other quantities; '0' takes something out. None where it holds no more."""
    whole = {code: quantity for code, quantity in {**basket, **quantities}.items() if Decimal(quantity)}
    fits = all(map(is_quantity, whole.values())) and len(whole) <= MAX_LINES and len(_closed(whole)) <= MAX_BYTES
    return whole if fits else None


def _closed(basket: Mapping[str, str]) -> str:
    return urlsafe_b64encode(json.dumps(basket, separators=(",", ":")).encode()).decode()


def keep(response: Response, basket: Mapping[str, str], *, secure: bool) -> None:
    if basket:
        put_cookie(response, BASKET, _closed(basket), secure=secure, seconds=KEPT_SECONDS)
    else:
        drop_cookie(response, BASKET, secure=secure)
