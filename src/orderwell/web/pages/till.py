"""The till: which one, its drawer, the cart, and the receipt."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ...business.model import Business
from ...flows.exchange_at_till import BroughtBack, Exchange
from ...flows.keep_drawer import CloseDrawer, KeepTill, OpenDrawer, PayIn, PayOut
from ...flows.place_order import DiscountAsk, LineAsk, PlaceOrder
from ...flows.sell_at_till import Sell
from ...flows.take_tenders import Tender
from ...inventory.store import LOCATIONS
from ...kit.errors import NotFound, Refused
from ...kit.sentences import Sentence
from ...payments.rules import cash_rounded
from ...reports import receipts, selling
from ...tills.queries import z_report
from ...values.ids import parse
from ...values.money import digits
from ..addresses import N_, Entry, WebAddress, act, form, page
from ..carts import Cart
from ..code128 import bars
from ..numbers import when
from ..showing import url
from ..visit import Visit
from . import till_cart, till_lock

USE, READ, DISCOUNT = "tills:use", "tills:read", "tills:discount"
SELLS = (USE, "orders:write", "payments:take")
TILES = 12
NOTES = (5, 10, 20, 50, 100, 200)  # what is handed over, in major units
PLAIN = re.compile(r"[A-Za-z0-9._~-]{1,64}\Z")

NAVIGATION = [Entry(N_("Till"), "/till", "cash-register", USE, "Sell", "t")]


def addresses() -> list[WebAddress]:
    till = "/till/{till}"
    return [
        page("/till", choose, right=USE, template="till/choose.html"),
        form("/till", KeepTill, right="business:manage", done=N_("The till is added.")),
        page(till, at_till, right=USE, template="till/till.html"),
        act(f"{till}/cart", till_cart.change, right=USE),
        form(f"{till}/sell", Sell, right=SELLS[0], also=SELLS[1:], done=N_("Sold."), prepare=_here, then=_receipt),
        form(
            f"{till}/exchange", Exchange, right=SELLS[0], also=(*SELLS[1:], "returns:write"), done=N_("Exchanged."),
            prepare=_here, then=_receipt,
        ),
        form(f"{till}/open", OpenDrawer, right=USE, done=N_("The drawer is open."), prepare=_mine),
        page(f"{till}/drawer", drawer, right=USE, template="till/drawer.html"),
        form(f"{till}/pay-in", PayIn, right=USE, done=N_("Put into the drawer.")),
        form(f"{till}/pay-out", PayOut, right=USE, done=N_("Taken out of the drawer.")),
        form("/drawers/{session}/close", CloseDrawer, right=USE, done=N_("The drawer is closed."), prepare=_mine,
             then=lambda answer: f"/drawers/{answer['id']}"),
        page("/drawers/{session}", closed, right=READ, template="till/session.html"),
        page("/receipts/{receipt}", receipt, right="orders:read", template="till/receipt.html"),
        *till_lock.addresses(),
    ]  # fmt: skip


# -- which till, and its drawer


def choose(visit: Visit) -> Mapping[str, Any]:
    rows = visit.connection.execute(LOCATIONS.sa.select().order_by(LOCATIONS.c.name)).all()
    tills = [{**each, "path": path_of(each["code"])} for each in selling.tills(visit.connection)]
    return {"tills": tills, "locations": [(row.code, row.name) for row in rows if row.kind == "stock"]}


def path_of(code: str) -> str:
    """A code may hold what an address cannot."""
    return f"/till/{code}" if PLAIN.match(code) else "/till"


def drawer(visit: Visit) -> Mapping[str, Any]:
    till = _till(visit)
    if till["session"] is None:
        raise NotFound("The drawer of this till is not open.")
    return {"till": till, "session": _session(visit, till["session"])}


def closed(visit: Visit) -> Mapping[str, Any]:
    return {"session": _session(visit, visit.path["session"])}


def _session(visit: Visit, name: str) -> Mapping[str, Any]:
    number = parse("drawer_session", name)
    found = z_report(visit.connection, number) if number is not None else None
    if found is None:
        raise NotFound(Sentence("There is no drawer session {name!r}.", name=name))
    return found


def _till(visit: Visit) -> dict[str, Any]:
    till = selling.till(visit.connection, visit.path["till"])
    if till is None:
        raise NotFound(
            Sentence("There is no till {name!r}, or nothing is sold at it any more.", name=visit.path["till"])
        )
    return {**till, "path": f"/till/{visit.path['till']}"}


# -- the cart


def at_till(visit: Visit) -> Mapping[str, Any]:
    till = _till(visit)
    cart = Cart.of(visit.query)
    wanted = visit.ask("channel")
    channels = till["channels"]
    channel = next((each for each in channels if each["code"] == wanted), channels[0] if channels else None)
    if till["session"] is None or channel is None:
        return {"till": till, "channel": channel, "cart": cart}
    known = selling.goods(visit.connection, [each.sku for each in cart.entries], till["location_id"])
    cart = cart._replace(entries=tuple(each for each in cart.entries if each.sku in known))
    opened = {order: selling.brought_back(visit.connection, order) for order in _orders(cart)}
    cart = cart._replace(backs=tuple(each for each in cart.backs if _can_come(opened, each.order, each.line)))
    searched = visit.ask("find")
    return {
        "till": till, "channel": channel, "cart": cart, "known": known, "opened": opened,
        "quote": _quoted(visit, till, channel, cart),
        "matches": selling.find_goods(visit.connection, searched, limit=TILES, location_id=till["location_id"])
        if searched else [],
        "searched": searched,
        "tiles": selling.popular(visit.connection, channel["id"], till["location_id"], TILES),
        "address": url(till["path"], cart.query, channel=wanted),
    }  # fmt: skip


def _orders(cart: Cart) -> list[str]:
    return sorted({each.order for each in cart.backs} | ({cart.receipt} if cart.receipt else set()))


def _can_come(opened: Mapping[str, Any], order: str, line: int) -> bool:
    found = opened.get(order)
    return found is not None and any(each["line"] == line for each in found["lines"])


def _quoted(visit: Visit, till: Mapping[str, Any], channel: Mapping[str, Any], cart: Cart) -> Mapping[str, Any]:
    """What it comes to, as the sale itself would say: the flow is rehearsed. What would be refused is told at once."""
    house = visit.house
    assert house is not None
    lines = [
        LineAsk(each.sku, Decimal(each.quantity),
                discount=DiscountAsk(percent=Decimal(each.percent)) if each.percent else None)
        for each in cart.entries
    ]  # fmt: skip
    quote: dict[str, Any] = {"lines": [], "due": 0, "credited": 0, "back": 0, "refused": None}
    try:
        if lines:
            draft = visit.rehearse(PlaceOrder(channel["code"], lines, draft=True))
            quote |= {"lines": draft["lines"], "due": draft["gross"]}
        if cart.backs:
            quote |= _exchanged(visit, till, channel, cart, lines)
    except Refused as refused:
        quote["refused"] = refused
    coins = cash_rounded(quote["due"], house.cash_rounding_minor, house.currency)
    return {**quote, "cash": coins, "quick": _quick(coins, house)}


def _exchanged(
    visit: Visit, till: Mapping[str, Any], channel: Mapping[str, Any], cart: Cart, lines: Sequence[LineAsk]
) -> dict[str, Any]:
    """The difference, whichever way it goes."""
    backs = [BroughtBack(each.order, each.line, Decimal(each.quantity), each.outcome) for each in cart.backs]  # type: ignore[arg-type]
    told = visit.rehearse(
        Exchange(channel["code"], till["location"], backs, list(lines), [Tender("pin")] if lines else None)
    )
    back = max(0, told["credited"] - told["sold"])
    return {"due": told["to_pay"], "credited": told["credited"], "back": back}


def _quick(coins: int, house: Business) -> list[dict[str, Any]]:
    """What customers are likely to hand over: it exactly, or the next notes."""
    places = digits(house.currency)
    up = [-(-coins // (note * 10**places)) * note * 10**places for note in NOTES]
    likely = sorted({coins, *up})[:6] if coins > 0 else []
    return [{"minor": each, "major": Decimal(each).scaleb(-places)} for each in likely]


# -- what nobody should type


def _here(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    return {**members, "location": _till(visit)["location"]}


def _mine(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    assert visit.viewer is not None
    return {**members, "person": visit.viewer.actor}


# -- the receipt


def _receipt(answer: Mapping[str, Any]) -> str:
    return url(f"/receipts/{answer['id']}", {"change": answer.get("change"), "to": answer.get("to_pay_back")})


def receipt(visit: Visit) -> Mapping[str, Any]:
    """`change` and `to` are said to the cashier and printed; nothing rests on them."""
    assert visit.house is not None
    found = receipts.receipt(visit.connection, visit.path["receipt"])
    drawn = bars(found["id"])
    assert drawn is not None, "an id is letters and digits"
    width, lines = drawn
    till = found["till"]
    return {
        "receipt": found, "at": when(found["at"], visit.house.time_zone, visit.language, ""),
        "bars": lines, "width": width, "change": _minor(visit.ask("change")),
        "to_customer": _minor(visit.ask("to")), "till_path": path_of(till["code"]) if till else "/till",
    }  # fmt: skip


def _minor(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 12 else 0
