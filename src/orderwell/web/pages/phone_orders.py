"""Taking an order on the telephone: who, what, how it gets there and how it is paid, on one page, by keyboard alone.

What is being written is in the page's own form and nowhere else: each change posts it and gets it back with prices,
stock and days filled in, as the order itself would say. Nothing about a customer stands in an address.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ...api.face import Face
from ...customers.queries import listed as customers_listed
from ...flows.delivery_options import AskDeliveryOptions
from ...flows.place_order import DiscountAsk, LineAsk, PlaceOrder
from ...flows.take_order import TakeOrder
from ...kit.errors import Invalid, Refused
from ...reports import selling
from ...values.ids import show
from ..addresses import N_, Finder, Found, WebAddress, act, form, page
from ..carts import Cart, Entry
from ..numbers import decimal_typed
from ..posting import OURS
from ..showing import Asked, shown_page
from ..site import site_of
from ..visit import Viewer, Visit, plain_query
from .till_cart import SEVERAL, acted, typed

WRITES = ("orders:write", "customers:write", "payments:take")
PATH = "/orders/new"
MATCHES = 8
PAYS = ("on_account", "link", "later")
ADDRESS = ("name", "company", "street", "postcode", "city", "country")
NEW = ("name", "phone", "email", "kind")


def addresses() -> list[WebAddress]:
    return [
        page(PATH, new, right=WRITES[0], template="phone_orders/new.html"),
        page(f"{PATH}/customers", people, right="customers:read", template="phone_orders/people.html"),
        page(f"{PATH}/goods", goods, right=WRITES[0], template="phone_orders/goods.html"),
        act(f"{PATH}/change", _change, right=WRITES[0]),
        form(
            f"{PATH}/place", TakeOrder, right=WRITES[0], also=WRITES[1:], done=N_("The order is taken."),
            prepare=_taken, then=lambda answer: f"/orders/{answer['id']}",
        ),
    ]  # fmt: skip


# -- what is shown


def new(visit: Visit) -> Mapping[str, Any]:
    cart = Cart.of(visit.query)
    known = selling.goods(visit.connection, [each.sku for each in cart.entries])
    cart = cart._replace(entries=tuple(each for each in cart.entries if each.sku in known))
    channels = selling.order_channels(visit.connection)
    channel = _channel(visit, channels)
    asked = visit.ask("customer")
    customer = selling.buyer(visit.connection, asked) if asked and visit.may("customers:read") else None
    address = _address(visit.query, customer)
    found = visit.ask("find")
    provider = selling.open_provider(visit.connection)
    quote = _quoted(visit, cart, channel, customer, address) if channel is not None else {}
    return {
        "cart": cart, "known": known, "channels": channels, "channel": channel, "customer": customer,
        "adding": visit.ask("adding") is not None and customer is None,
        "new_customer": {name: visit.query.get(f"new.{name}", "") for name in NEW},
        "people": _people(visit, visit.ask("who")) if customer is None else [], "who": visit.ask("who") or "",
        "address": address, "found": found,
        "matches": selling.find_goods(visit.connection, found, limit=MATCHES) if found else [],
        "pay": _pay(visit.ask("pay", allowed=PAYS), customer, provider), "provider": provider,
        "reference": visit.query.get("reference", ""), **quote,
    }  # fmt: skip


def _channel(visit: Visit, channels: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    first = channels[0] if channels else None
    return next((each for each in channels if each["code"] == visit.ask("channel")), first)


def _address(query: Mapping[str, str], customer: Mapping[str, Any] | None) -> dict[str, str]:
    """As typed, else where the last order of this customer went: nobody types the same thing twice."""
    if any(query.get(f"to.{name}") for name in ADDRESS):
        return {name: query.get(f"to.{name}", "") for name in ADDRESS}
    last = customer["address"] if customer is not None else None
    if last is not None:
        return {name: last[name] for name in ADDRESS}
    name, country = (customer["name"], customer["country"]) if customer is not None else ("", "")
    return {**dict.fromkeys(ADDRESS, ""), "name": name, "country": country}


def _pay(wanted: str | None, customer: Mapping[str, Any] | None, provider: str | None) -> str:
    """What was chosen, else what is usual: on account for who has terms."""
    terms = customer is not None and customer["terms_days"] > 0
    allowed = {"on_account": terms, "link": provider is not None, "later": True}
    if wanted is not None and allowed[wanted]:
        return wanted
    return next(each for each in PAYS if allowed[each])


def _quoted(
    visit: Visit, cart: Cart, channel: Mapping[str, Any], customer: Mapping[str, Any] | None, address: Mapping[str, str]
) -> dict[str, Any]:
    """What it comes to and when it can be there, as the order itself would say: both flows are rehearsed."""
    quote: dict[str, Any] = {"lines": [], "order": None, "options": [], "delivery": "", "refused": None, "short": None}
    if not cart.entries:
        return quote
    lines, name = asked_lines(cart), customer["id"] if customer is not None else None
    country = address["country"].strip().upper()
    try:
        quote["options"] = visit.rehearse(
            AskDeliveryOptions(channel["code"], lines, country[:2], address["postcode"][:20], customer=name)
        )["data"]
    except Refused as refused:
        quote["short"] = refused
    codes = [each["delivery"] for each in quote["options"]]
    wanted = visit.ask("delivery")
    quote["delivery"] = wanted if wanted in (*codes, "none") else codes[0] if codes else "none"
    order = PlaceOrder(channel["code"], lines, customer=name, draft=True, country=country[:2])
    try:
        plain = visit.rehearse(order)
        chosen = next((each for each in quote["options"] if each["delivery"] == quote["delivery"]), None)
        cost = {"net": chosen["net"], "tax": chosen["tax"]} if chosen is not None else {"net": 0, "tax": 0}
        quote |= {
            "lines": plain["lines"], "order": plain, "chosen": chosen,
            "net": plain["net"] + cost["net"], "tax": plain["tax"] + cost["tax"],
            "gross": plain["gross"] + cost["net"] + cost["tax"],
        }  # fmt: skip
    except Refused as refused:
        quote["refused"] = refused
    return quote


def asked_lines(cart: Cart) -> list[LineAsk]:
    return [
        LineAsk(each.sku, Decimal(each.quantity),
                discount=DiscountAsk(percent=Decimal(each.percent)) if each.percent else None)
        for each in cart.entries
    ]  # fmt: skip


# -- while somebody types


def people(visit: Visit) -> Mapping[str, Any]:
    return {"people": _people(visit, visit.ask("who"))}


def _people(visit: Visit, text: str | None) -> Sequence[Mapping[str, Any]]:
    if not text or not visit.may("customers:read"):
        return []
    found = customers_listed(visit.connection, search=text[:100], limit=MATCHES)["data"]
    return [{**each["row"]._asdict(), "id": show("customer", each["row"].id)} for each in found]


def goods(visit: Visit) -> Mapping[str, Any]:
    text = visit.ask("add") or ""
    several = SEVERAL.match(text)
    return {"matches": selling.find_goods(visit.connection, several[2] if several else text, limit=MATCHES)}


# -- what changes it


async def _change(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
    """The page again, with what was typed taken in."""
    site = site_of(face)
    found = site.page_at(PATH)
    assert found is not None
    asked = Asked.of(request, site, viewer)
    state = await face.threads.run(_changed, face, viewer, fields, asked.language)
    asked.path, asked.query = PATH, plain_query(list(state.items()))
    response = await face.threads.run(shown_page, site, *found, asked)
    asked.proofs.dress(response)
    return response


def _changed(face: Face, viewer: Viewer, fields: Mapping[str, str], language: str) -> dict[str, str]:
    kept = {
        name: value for name, value in fields.items()
        if name not in (*OURS, "act", "add", "who", "cart") and not name.startswith(("q.", "off."))
    }  # fmt: skip
    verb, _, what = fields.get("act", "").partition(".")
    cart = acted(typed(Cart.of(fields), fields, language, discount=True), fields.get("act", ""))
    with face.app.database.reading() as connection:
        kept |= _who(connection, viewer, kept, fields.get("who", ""), verb, what)
        cart, unknown = _added(connection, cart, fields.get("add", ""), language)
    return {**kept, "cart": cart.query["cart"], "find": unknown}


def _who(connection: Any, viewer: Viewer, kept: dict[str, str], who: str, verb: str, what: str) -> dict[str, str]:
    """The customer that was chosen, or the first of those that are found: what stands on top of the list."""
    if verb == "other":
        for name in [each for each in kept if each.startswith(("to.", "new."))]:
            del kept[name]
        return {"customer": "", "adding": ""}
    if verb == "customer":
        return {"customer": what, "adding": ""}
    if verb == "new":
        return {"adding": "yes", f"new.{_kind(who)}": who}
    if who.strip() and not kept.get("customer") and viewer.may("customers:read"):
        found = customers_listed(connection, search=who[:100], limit=1)["data"]
        if found:
            return {"customer": show("customer", found[0]["row"].id), "adding": ""}
        return {"who": who}
    return {}


def _kind(text: str) -> str:
    """Which of a customer's fields somebody typed to look for them."""
    if "@" in text:
        return "email"
    return "phone" if sum(letter.isdigit() for letter in text) > len(text) / 2 else "name"


def _added(connection: Any, cart: Cart, text: str, language: str) -> tuple[Cart, str]:
    """One more line of what was typed: a code, a barcode, or the first that is called so."""
    if not text.strip():
        return cart, ""
    several = SEVERAL.match(text.strip())
    times, code = (decimal_typed(several[1], language), several[2]) if several else ("1", text.strip())
    found = selling.scanned(connection, code)
    if found is None:
        called = selling.find_goods(connection, code[:100], limit=1)
        found = {"sku": called[0]["sku"], "quantity": "1"} if called else None
    if found is None:
        return cart, code
    return cart.plus(found["sku"], str(Decimal(found["quantity"]) * Decimal(times))), ""


# -- placing it


def _taken(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """The request out of the form as it stands, also where something was typed last and not taken in yet."""
    query = visit.query
    cart = typed(Cart.of(query), query, visit.language, discount=True)
    if not cart.entries:
        raise Invalid.at("/add", "Add what is ordered first.", "required")
    taken: dict[str, Any] = {"order": _order(visit, cart), "pay": visit.ask("pay", allowed=PAYS) or "later"}
    if visit.ask("adding") and not visit.ask("customer"):
        new = {name: query.get(f"new.{name}", "").strip() for name in NEW}
        new["country"] = query.get("to.country", "").strip().upper()
        taken["new_customer"] = {name: value for name, value in new.items() if value}
    if taken["pay"] == "link":
        taken["provider"] = selling.open_provider(visit.connection)
    return taken


def _order(visit: Visit, cart: Cart) -> dict[str, Any]:
    address = {name: visit.query.get(f"to.{name}", "").strip() for name in ADDRESS}
    address["country"] = address["country"].upper()
    if not address["name"]:
        known = selling.buyer(visit.connection, visit.ask("customer") or "")
        address["name"] = known["name"] if known is not None else visit.query.get("new.name", "").strip()
    delivery = visit.ask("delivery")
    channel = _channel(visit, selling.order_channels(visit.connection))
    order = {
        "channel": channel["code"] if channel is not None else "", "customer": visit.ask("customer"),
        "customer_reference": visit.ask("reference"),
        "delivery": delivery if delivery != "none" else None,
        "ship_to": {name: value for name, value in address.items() if value} if address["street"] else None,
        "country": address["country"] or None,
        "lines": [_line(each) for each in cart.entries],
    }  # fmt: skip
    return {**{name: value for name, value in order.items() if value}, "draft": visit.query.get("draft") == "true"}


def _line(entry: Entry) -> dict[str, Any]:
    line: dict[str, Any] = {"sku": entry.sku, "quantity": entry.quantity}
    return {**line, "discount": {"percent": entry.percent}} if entry.percent else line


# -- where it is found


def _find(connection: Any, text: str, limit: int) -> list[Found]:
    words = ("new order", "nieuwe order", "phone order", "telefonische order")
    fits = any(each.startswith(text.lower()) or text.lower() in each.split() for each in words)
    return [Found(N_("New order"), "", PATH, "plus")] if fits and len(text) >= 2 else []


FINDERS = [Finder(WRITES[0], _find, N_("Acts"))]
