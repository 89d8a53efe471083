"""The warehouse on a handheld: what was scanned is opened, goods are received, put away, counted and sent on."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ...api.face import Face
from ...api.headers import header
from ...flows.count_stock import CountStock
from ...flows.move_bins import PutAway
from ...flows.receive_purchase import ReceivePurchase
from ...flows.transfer_stock import ReceiveTransfer, TransferStock
from ...inventory.bin_queries import to_put_away
from ...inventory.queries import transfer
from ...kit.errors import Conflict, Invalid, NotFound
from ...kit.sentences import Sentence
from ...reports import warehouse
from ...reports.lookup import lookup
from ...reports.picking import to_pick
from ...reports.warehouse import Place
from ..addresses import N_, Entry, Undo, WebAddress, form, page, stream
from ..numbers import decimal_typed
from ..showing import url
from ..visit import Visit

ADJUST, STOCK, SHIP = "stock:adjust", "stock:read", "shipping:read"
PURCHASES, RECEIVE = "purchasing:read", "purchasing:receive"
SHOWN = 50
COUNTED = N_("Counted.")
RECOUNT_FROM_PERCENT = 2  # of what the books say: a count that differs by more is made twice

NAVIGATION = [Entry(N_("Warehouse"), "/warehouse", "forklift", "shipping:write", "Goods", "w")]

# Where a scanned thing is worked on.
OPENS = {
    "purchase_order": "/warehouse/receive/{id}",
    "pick_list": "/warehouse/pick/{id}",
    "order": "/warehouse/pack/{id}",
    "parcel": "/warehouse/parcels/{id}",
    "bin": "/warehouse/count?scan={code}&at={location}",
    "sku": "/stock/{id}",
}


class CountAgain(Conflict):
    code = "count_again"
    title = "That differs from the books: count again"


class NothingScanned(Conflict):
    code = "nothing_scanned"
    title = "Nothing was scanned or typed"


def addresses() -> list[WebAddress]:
    receive, sent = "/warehouse/receive/{purchase_order}", "/warehouse/transfers/{transfer}"
    return [
        page("/warehouse", start, right=SHIP, template="warehouse/start.html"),
        stream("/warehouse/open", open_scanned, right=SHIP),
        page("/warehouse/receive", receipts, right=PURCHASES, template="warehouse/receipts.html"),
        page(receive, receipt, right=PURCHASES, template="warehouse/receipt.html"),
        form(
            receive, ReceivePurchase, right=RECEIVE, done=N_("Received."), prepare=_some_came,
            then=lambda answer: "/warehouse/receive",
        ),
        page("/warehouse/put-away", put_away, right=STOCK, template="warehouse/put_away.html"),
        form("/warehouse/put-away", PutAway, right=ADJUST, done=N_("Put away.")),
        page("/warehouse/count", count, right=STOCK, template="warehouse/count.html"),
        form("/warehouse/count", CountStock, right=ADJUST, done=COUNTED, prepare=_counted),
        page("/warehouse/transfers", transfers, right=STOCK, template="warehouse/transfers.html"),
        form("/warehouse/transfers", TransferStock, right=ADJUST, done=N_("Sent on its way."), prepare=_sent,
             undo=_came_back),
        page(sent, arriving, right=STOCK, template="warehouse/transfer.html"),
        form(sent, ReceiveTransfer, right=ADJUST, done=N_("Received."), prepare=_arrived,
             then=lambda answer: "/warehouse/transfers"),
    ]  # fmt: skip


def here(visit: Visit) -> tuple[Place, list[Place]]:
    """Where the person works: as the address says, else the first place; and all places. Raises NotFound."""
    places = warehouse.places(visit.connection)
    if not places:
        raise NotFound("There is no place where goods lie yet; add a location first.")
    asked = visit.ask("at")
    return next((each for each in places if each.code == asked), places[0]), places


# -- scan to open


def start(visit: Visit) -> Mapping[str, Any]:
    place, places = here(visit)
    code = visit.ask("code")
    connection = visit.connection
    found = lookup(connection, code, rights=visit.viewer.rights) if code and visit.viewer else []
    return {
        "place": place,
        "places": places,
        "found": [{"object": each["object"], "label": _label(each), "path": opens(each)} for each in found],
        "to_receive": warehouse.to_receive(connection, place.id, limit=SHOWN) if visit.may(PURCHASES) else [],
        "to_put_away": to_put_away(connection, place.id)[:SHOWN] if place.layout == "bins" and visit.may(STOCK) else [],
        "to_pick": to_pick(connection, place.id, limit=SHOWN),
        "to_pack": warehouse.to_pack(connection, place.id, limit=SHOWN),
        "to_send": warehouse.packed_parcels(connection, place.id, limit=SHOWN),
        "most": SHOWN,
    }


def opens(thing: Mapping[str, Any]) -> str:
    return OPENS[thing["object"]].format(**{"code": "", "location": "", **thing})


def _label(thing: Mapping[str, Any]) -> str:
    names = (thing.get(name) for name in ("name", "reference", "code", "tracking"))
    return str(next((each for each in names if each), thing["id"]))


async def open_scanned(face: Face, request: Request, caller: Any) -> Response:
    """Go to what carries the code; to a choice where several things do. Raises NotFound."""
    code = request.query_params.get("code", "").strip()[:200]
    at = request.query_params.get("at", "")[:64]

    def look() -> list[dict[str, Any]]:
        with face.app.database.reading() as connection:
            return lookup(connection, code, rights=caller.rights) if code.isprintable() else []

    found = await face.threads.run(look)
    if not found:
        raise NotFound(Sentence("Nothing here carries the code {code!r}.", code=code))
    target = opens(found[0]) if len(found) == 1 else url("/warehouse", {"code": code})
    if at and "at=" not in target:
        target += ("&" if "?" in target else "?") + url("", {"at": at})[1:]
    scripted = header(request, b"hx-request") == "true"
    return Response(None, 200 if scripted else 303, {"hx-redirect" if scripted else "location": target})


# -- receiving


def receipts(visit: Visit) -> Mapping[str, Any]:
    place, places = here(visit)
    return {
        "place": place, "places": places,
        "purchases": warehouse.to_receive(visit.connection, place.id, limit=SHOWN),
    }  # fmt: skip


def receipt(visit: Visit) -> Mapping[str, Any]:
    asked = visit.ask("at")
    found = warehouse.receiving(visit.connection, visit.path["purchase_order"], asked)
    place, places = here(visit)
    return {
        "purchase": found, "places": places,
        "place": next((each for each in places if each.code == found["at"]), place),
    }  # fmt: skip


def _some_came(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """Nothing typed is not everything: that has a button of its own."""
    everything = members.pop("everything", None)
    if everything is None and not members.get("lines"):
        raise NothingScanned("Scan what came, or type how much, before you finish.")
    return {name: value for name, value in members.items() if not (everything and name == "lines")}


# -- putting away


def put_away(visit: Visit) -> Mapping[str, Any]:
    place, places = here(visit)
    rows = to_put_away(visit.connection, place.id)[:SHOWN] if place.layout == "bins" else []
    return {
        "place": place,
        "places": places,
        "rows": warehouse.named(visit.connection, rows),
        "bins": warehouse.bin_codes(visit.connection, place.id, limit=500),
    }


# -- counting


def count(visit: Visit) -> Mapping[str, Any]:
    """Blind: what the books say is not shown to who counts."""
    place, places = here(visit)
    scanned = visit.ask("scan")
    bin_ = warehouse.bin_named(visit.connection, scanned, place.id) if scanned else None
    sku = warehouse.sku_scanned(visit.connection, scanned) if scanned and bin_ is None else None
    lines = bin_["contents"] if bin_ else []
    if sku is not None:
        lines = warehouse.one_sku(visit.connection, sku)
    return {
        "place": place, "places": places, "scanned": scanned, "bin": bin_, "lines": lines,
        "counted": COUNTED, "next_bins": warehouse.bin_codes(visit.connection, place.id, limit=100),
    }  # fmt: skip


def _counted(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """Codes and barcodes alike; what differs much is counted a second time. Raises CountAgain."""
    again = members.pop("again", None)
    members = with_sku_codes(visit, members)
    lines = members.get("lines") or []
    if not lines:
        raise NothingScanned("Type how many there are of each.")
    counted = {each["sku"]: number_of(each.get("counted"), f"/lines/{n}/counted") for n, each in enumerate(lines)}
    place = next((each for each in warehouse.places(visit.connection) if each.code == members.get("location")), None)
    if again is not None or place is None:
        return members
    if members.get("bin"):
        found = warehouse.bin_named(visit.connection, members["bin"], place.id)
        there = {each["sku_code"]: Decimal(each["quantity"]) for each in found["contents"]} if found else {}
    else:
        there = warehouse.expected_at(visit.connection, place.id, list(counted))
    off = [sku for sku, units in counted.items() if _far(units, there.get(sku, Decimal(0)))]
    if off:
        raise CountAgain(Sentence("Count again, and type what you find then: {skus}.", skus=off))
    return members


def _far(counted: Decimal, expected: Decimal) -> bool:
    return abs(counted - expected) * 100 > expected * RECOUNT_FROM_PERCENT


def number_of(value: object, pointer: str) -> Decimal:
    try:
        found = Decimal(str(value))
    except ArithmeticError:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Invalid.at(pointer, Sentence("{text!r} is no number.", text=value), "wrong_type")
    return found


def with_sku_codes(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """Where a barcode stands for a SKU, its code; what is neither is left for the flow to refuse."""
    lines = members.get("lines")
    if isinstance(lines, list):
        for each in lines:
            if isinstance(each, dict) and isinstance(each.get("sku"), str):
                each["sku"] = warehouse.sku_scanned(visit.connection, each["sku"]) or each["sku"]
    return members


# -- from one place to another


def transfers(visit: Visit) -> Mapping[str, Any]:
    place, places = here(visit)
    under_way = warehouse.under_way(visit.connection, place.id, limit=SHOWN)
    return {"place": place, "places": places, "under_way": under_way, "blank": range(8)}


def arriving(visit: Visit) -> Mapping[str, Any]:
    found = transfer(visit.connection, visit.path["transfer"])
    place, places = here(visit)
    there = next((each for each in places if found["target"] == warehouse.shown_place(each)), place)
    return {"transfer": warehouse.arriving(visit.connection, found), "place": there, "places": places}


def _sent(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    if not members.get("lines"):
        raise NothingScanned("Scan what goes along, or type it, before you send it.")
    return with_sku_codes(visit, members)


def _came_back(path: Mapping[str, str], answer: Mapping[str, Any]) -> Undo:
    return Undo(f"/transfers/{answer['id']}/end", {"outcome": "returned"})


def _arrived(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """People say what came now; the request says what came in total."""
    everything = members.pop("everything", None)
    lines = members.pop("lines", None) or []
    if everything is not None:
        return members
    if not lines:
        raise NothingScanned("Scan what came, or type how much, before you finish.")
    found = transfer(visit.connection, visit.path["transfer"])
    before = {each["sku_code"]: Decimal(each["received"]) for each in found["lines"]}
    members["lines"] = [_total(each, before, f"/lines/{n}/quantity", visit.language) for n, each in enumerate(lines)]
    return members


def _total(line: Mapping[str, str], before: Mapping[str, Decimal], pointer: str, language: str) -> dict[str, str]:
    now = number_of(decimal_typed(str(line.get("quantity", "")), language), pointer)
    sku = str(line.get("sku", ""))
    return {"sku": sku, "received": f"{before.get(sku, Decimal(0)) + now:f}"}
