"""Ordering from the catalogue: what there is at the customer's prices, a basket, what it costs before it counts."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ...api.face import Face
from ...customers.queries import family
from ...flows.delivery_options import AskDeliveryOptions
from ...flows.place_order import AddressAsk, LineAsk, PlaceOrder
from ...kit.errors import Invalid, Refused
from ...kit.sentences import Sentence
from ...reports import offer, portal
from ...reports.portal_documents import provider
from ...reports.question import business
from ...values.calendar import day_of
from ...values.ids import show
from ..addresses import N_, WebAddress
from ..numbers import decimal_typed
from ..posting import back_of
from ..proofs import Proofs
from ..sessions import is_secure
from ..showing import language_of
from ..visit import Buyer, Visit
from . import basket
from .addresses import PortalForm, act, buyer, form, page
from .orders import channel, mine, order_number, order_page, undo_order
from .refusals import BasketEmpty, BasketFull, NotAsShown

MAX_SKIP = 100_000
MOST_OPTIONS = 6


@dataclass(frozen=True, kw_only=True)
class Checkout(PortalForm):
    """The form that orders what is in the basket, and empties it."""

    async def answer(self, face: Face, request: Request, caller: Any) -> Response:
        response = await super().answer(face, request, caller)
        if response.headers.get("location", "").startswith("/portal/orders/"):
            basket.keep(response, {}, secure=is_secure(request))
        return response


def addresses() -> list[WebAddress]:
    ordering = form(
        "/portal/basket/order", PlaceOrder, done=N_("Ordered. Thank you."),
        takes=("delivery", "address", "customer_reference", "agreed"), prepare=_whole, then=order_page,
        undo=undo_order,
    )  # fmt: skip
    return [
        page("/portal/shop", shop, template="shop.html"),
        page("/portal/basket", look, template="basket.html"),
        act("/portal/basket", _put),
        Checkout(**{each.name: getattr(ordering, each.name) for each in fields(ordering)}),
    ]


def shop(visit: Visit) -> Mapping[str, Any]:
    sells = offer.shop_channel(visit.connection)
    search, skip = visit.ask("q") or "", _number(visit.ask("skip"))
    found: Mapping[str, Any] = {"data": [], "next": None}
    if sells is not None and visit.house is not None:
        found = offer.offered(
            visit.connection, sells, mine(visit)[0], currency=visit.house.currency, today=visit.today, search=search,
            skip=skip,
        )  # fmt: skip
    return {
        "sells": sells, "goods": found["data"], "next": found["next"], "skip": skip, "search": search,
        "basket": buyer(visit).basket,
    }  # fmt: skip


def _number(text: str | None) -> int:
    return min(int(text), MAX_SKIP) if text and text.isascii() and text.isdigit() and len(text) <= 9 else 0


def look(visit: Visit) -> Mapping[str, Any]:
    """The basket, with what it would be as an order now, delivered in each way there is."""
    lines = _lines(visit)
    ids = mine(visit)
    addresses = portal.addresses(visit.connection, ids)
    address = next((each for each in addresses if each["id"] == visit.ask("address")), next(iter(addresses), None))
    shown: dict[str, Any] = {
        "lines": lines, "addresses": addresses, "address": address, "ways": [], "order": None, "problem": None,
        "customer": portal.customer(visit.connection, ids),
        "takes_payments": provider(visit.connection) is not None,
    }  # fmt: skip
    if lines and address is not None:
        try:
            shown["order"], shown["ways"] = _ways(visit, _asked(visit, lines, address))
        except Refused as refused:
            shown["problem"] = refused
    return shown


def _lines(visit: Visit) -> dict[str, dict[str, Any]]:
    """What is in the basket and still sold, by code, with what one of it costs."""
    assert visit.house is not None
    chosen = buyer(visit).basket
    there = offer.those(
        visit.connection, channel(visit), mine(visit)[0], list(chosen), currency=visit.house.currency,
        today=visit.today,
    )  # fmt: skip
    return {code: {**there[code], "quantity": chosen[code]} for code in chosen if code in there}


def _asked(visit: Visit, lines: Mapping[str, Mapping[str, Any]], address: Mapping[str, Any]) -> PlaceOrder:
    ship_to = AddressAsk(
        *(address[each] for each in ("name", "street", "postcode", "city", "country", "company", "email", "phone"))
    )
    return PlaceOrder(
        channel(visit).code, [LineAsk(code, Decimal(each["quantity"])) for code, each in lines.items()],
        customer=show("customer", mine(visit)[0]), ship_to=ship_to, country=address["country"],
    )  # fmt: skip


def _ways(visit: Visit, ask: PlaceOrder) -> tuple[Mapping[str, Any], list[dict[str, Any]]]:
    """The order without delivery, and each way to deliver it: on which day, at which cost, what all comes to."""
    assert ask.ship_to is not None
    options = visit.rehearse(
        AskDeliveryOptions(
            ask.channel, ask.lines, country=ask.country, postcode=ask.ship_to.postcode, customer=ask.customer
        )
    )["data"]
    ways = [
        {**each, "whole": visit.rehearse(replace(ask, delivery=each["delivery"]))["gross"]}
        for each in options[:MOST_OPTIONS]
    ]
    return visit.rehearse(ask), ways


async def _put(face: Face, request: Request, who: Buyer, typed: Mapping[str, str]) -> Response:
    """`sku` and `quantity` are added; `sku.0` and `quantity.0` and so on are what the basket holds from now on."""
    wanted = _quantities(typed, language_of(request, who))
    if "sku" in typed:
        code = typed["sku"]
        wanted = {code: format(Decimal(who.basket.get(code, "0")) + Decimal(wanted[code]), "f")}
    if not await face.threads.run(_known, face, who, [code for code in wanted if code not in who.basket]):
        raise Invalid.at("/sku", N_("This is not sold here."), "unknown_sku")
    whole = basket.changed(who.basket, wanted)
    if whole is None:
        raise BasketFull(N_("Order what is in it first; then put the rest in."))
    secure = is_secure(request)
    response = Response(None, 303, {"location": back_of(typed)})
    basket.keep(response, whole, secure=secure)
    Proofs(request, secure=secure).tell_next(response, {"text": N_("Your basket is kept."), "undo": None})
    return response


def _quantities(typed: Mapping[str, str], language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, code in typed.items():
        if name == "sku" or name.startswith("sku."):
            field = name.replace("sku", "quantity", 1)
            plain = decimal_typed(typed.get(field, "").strip() or "0", language)
            if not basket.is_quantity(plain):
                raise Invalid.at(f"/{field}", Sentence("{text!r} is no quantity.", text=plain[:20]))
            found[code] = plain
    return found


def _known(face: Face, who: Buyer, codes: list[str]) -> bool:
    with face.app.database.reading() as connection:
        sells = offer.shop_channel(connection)
        if sells is None:
            return False
        house = business(connection)
        today = day_of(face.app.clock.now(), house.time_zone)
        mine = family(connection, who.customer_id)[0]
        found = offer.those(connection, sells, mine, codes, currency=house.currency, today=today)
        return len(found) == len(set(codes))


def _whole(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """The order as it was shown: refused where it would come to something else by now."""
    lines = _lines(visit)
    if not lines:
        raise BasketEmpty(N_("Put something in it first."))
    addresses = portal.addresses(visit.connection, mine(visit))
    address = next((each for each in addresses if each["id"] == members.get("address")), None)
    if address is None:
        raise Invalid.at("/address", N_("Say where it is to go."), "required")
    delivery = members.get("delivery")
    ask = replace(_asked(visit, lines, address), delivery=str(delivery) if delivery else None)
    if delivery is None and _ways(visit, ask)[1]:
        raise Invalid.at("/delivery", N_("Choose how it is to be delivered."), "required")
    agreed = members.get("agreed")
    shown = agreed.get(str(delivery or "none"), "") if isinstance(agreed, dict) else ""
    if str(visit.rehearse(ask)["gross"]) != shown:
        raise NotAsShown(N_("Look at what it comes to now; if that is right, order again."))
    made = {
        "channel": ask.channel, "customer": ask.customer, "reference": order_number(), "country": ask.country,
        "lines": [{"sku": each.sku, "quantity": format(each.quantity, "f")} for each in ask.lines],
        "ship_to": {name: getattr(ask.ship_to, name) for name in AddressAsk.__slots__},
        "customer_reference": str(members.get("customer_reference", "")),
    }  # fmt: skip
    return {**made, "delivery": ask.delivery} if ask.delivery else made
