"""What changes a cart: scans, taps, quantities. Each change is a post that leads to the address of the new cart."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ...api.face import Face
from ...kit.errors import Invalid, NotFound
from ...kit.sentences import Sentence
from ...reports import selling
from ..carts import LONGEST, Cart, decimal_of, positive
from ..numbers import decimal_typed
from ..showing import language_of, url
from ..visit import Viewer

DISCOUNT, TAKES_BACK = "tills:discount", "returns:write"
SEVERAL = re.compile(r"([0-9]{1,6}(?:[.,][0-9]{1,3})?)\s*\*\s*(.+)\Z")  # `3*lamp`


async def change(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
    path = request.path_params["till"]
    where = await face.threads.run(_changed, face, viewer, path, fields, language_of(request, viewer))
    return Response(None, 303, {"location": where})


def _changed(face: Face, viewer: Viewer, path: str, fields: Mapping[str, str], language: str) -> str:
    """Raises Invalid for a cart that no address could hold."""
    with face.app.database.reading() as connection:
        till = selling.till(connection, path)
        if till is None:
            raise NotFound(Sentence("There is no till {name!r}.", name=path))
        cart = typed(Cart.of(fields), fields, language, discount=viewer.may(DISCOUNT))
        cart = acted(cart, fields.get("act", ""))
        cart, unknown = Scanning(connection, till, viewer.may(TAKES_BACK), language).all(cart, codes_in(fields))
    where = url(f"/till/{path}", cart.query, channel=fields.get("channel"), find=" ".join(unknown)[:200])
    if len(where) > LONGEST:
        raise Invalid("There are too many lines in this cart. Sell it in two parts.")
    return where


def codes_in(fields: Mapping[str, str]) -> list[str]:
    """What a scanner sent since the last answer, then what was typed."""
    return [code for code in (*fields.get("scans", "").split("\n"), fields.get("add", "")) if code.strip()][:100]


def typed(cart: Cart, fields: Mapping[str, str], language: str, *, discount: bool) -> Cart:
    """Quantities and percentages as they stand in the form; what is no number stays as it was. From the last line on,
    since one that is taken to nothing is gone."""
    for n in range(len(cart.entries) - 1, -1, -1):
        parts = {}
        quantity = _number(fields.get(f"q.{n}"), language)
        if quantity is not None:
            parts["quantity"] = quantity
        percent = fields.get(f"off.{n}")
        if percent is not None and discount:
            number = _number(percent, language)
            parts["percent"] = number if number is not None and positive(number) and Decimal(number) <= 100 else ""
        cart = cart.changed(n, **parts)
    for n in range(len(cart.backs) - 1, -1, -1):
        quantity = _number(fields.get(f"b.{n}"), language)
        if quantity is not None:
            cart = cart.changed_back(n, quantity=quantity)
    return cart


def acted(cart: Cart, act: str) -> Cart:
    """`plus.0`, `drop.1`, `tap.lamp`: what a button says."""
    verb, _, what = act.partition(".")
    n = int(what) if what.isascii() and what.isdigit() and len(what) < 5 else -1
    if verb == "tap":
        return cart.plus(what, "1") if what else cart
    if verb == "close":
        return cart._replace(receipt="")
    if verb == "take":
        return cart.taken_back(cart.receipt, n) if cart.receipt else cart
    if verb == "drop":
        return cart.changed(n, quantity="0")
    if verb == "drop_back":
        return cart.changed_back(n, quantity="0")
    if verb in ("plus", "minus") and 0 <= n < len(cart.entries):
        step = 1 if verb == "plus" else -1
        return cart.changed(n, quantity=str(Decimal(cart.entries[n].quantity) + step))
    if verb == "fate" and 0 <= n < len(cart.backs):
        return cart.changed_back(n, outcome="restock" if cart.backs[n].outcome == "scrap" else "scrap")
    return cart


class Scanning:
    """What a code does to a cart. With a receipt open, what stands on it and can come back comes back."""

    def __init__(self, connection: Any, till: Mapping[str, Any], takes_back: bool, language: str) -> None:
        self._connection, self._till, self._takes_back, self._language = connection, till, takes_back, language

    def all(self, cart: Cart, codes: list[str]) -> tuple[Cart, list[str]]:
        """The cart after these, and the codes that nothing carries."""
        unknown = []
        for code in codes:
            changed = self._one(cart, code.strip())
            if changed is None:
                unknown.append(code.strip())
            else:
                cart = changed
        return cart, unknown

    def _one(self, cart: Cart, code: str) -> Cart | None:
        found, times = selling.scanned(self._connection, code), "1"
        several = SEVERAL.match(code) if found is None else None
        if several is not None:
            times = decimal_typed(several[1], self._language)
            found = selling.scanned(self._connection, several[2])
        if found is not None:
            quantity = str(Decimal(found["quantity"]) * Decimal(times))
            return self._came_back(cart, found["sku"], quantity) or cart.plus(found["sku"], quantity)
        if not self._takes_back:
            return None
        order = selling.order_scanned(self._connection, code, [each["id"] for each in self._till["channels"]])
        return cart._replace(receipt=order) if order is not None else None

    def _came_back(self, cart: Cart, sku: str, quantity: str) -> Cart | None:
        receipt = selling.brought_back(self._connection, cart.receipt) if cart.receipt else None
        for line in receipt["lines"] if receipt is not None else ():
            left = Decimal(line["can"]) - cart.coming(cart.receipt, line["line"])
            if line["sku"] == sku and left >= Decimal(quantity):
                return cart.taken_back(cart.receipt, line["line"], quantity)
        return None


def _number(text: str | None, language: str) -> str | None:
    if text is None or not text.strip():
        return None
    value = decimal_of(decimal_typed(text, language))
    return str(value) if value is not None and value >= 0 else None
