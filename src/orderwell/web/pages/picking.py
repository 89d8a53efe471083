"""Picking, packing and sending on a handheld: each scan is one request, a wrong one changes nothing."""

from collections.abc import Mapping
from typing import Any

from ...flows.carry_parcel import AskLabel
from ...flows.make_pick_list import MAX_ORDERS, MakePickList
from ...flows.pack_parcel import PackOrder
from ...flows.pick_from_list import ClosePickList, PickFromList, PutBack
from ...flows.pick_short import PickShort
from ...flows.ship_parcel import ShipParcel
from ...reports import warehouse
from ...reports.picking import to_pick
from ..addresses import N_, WebAddress, form, page
from ..code128 import bars
from ..visit import Visit
from .warehouse import SHOWN, NothingScanned, here

READ, SHIP = "shipping:read", "shipping:write"
BATCH = 10  # orders in the batch that one button starts


def addresses() -> list[WebAddress]:
    walk, parcel = "/warehouse/pick/{pick_list}", "/warehouse/parcels/{parcel}"
    return [
        page("/warehouse/pick", lists, right=READ, template="warehouse/picks.html"),
        form("/warehouse/pick", MakePickList, right=SHIP, done=N_("The pick list is made."), then=_to_list),
        page(walk, one, right=READ, template="warehouse/pick.html"),
        form(f"{walk}/pick", PickFromList, right=SHIP, done=N_("Picked.")),
        form(f"{walk}/short", PickShort, right=SHIP, done=N_("Noted as short; the order gets others or waits.")),
        form(f"{walk}/put-back", PutBack, right=SHIP, done=N_("Put back on the shelf.")),
        form(f"{walk}/close", ClosePickList, right=SHIP, done=N_("The list is closed; the rest can be picked again.")),
        page("/warehouse/pack", waiting, right=READ, template="warehouse/packs.html"),
        page("/warehouse/pack/{order}", pack, right=READ, template="warehouse/pack.html"),
        form(
            "/warehouse/pack/{order}", PackOrder, right=SHIP, done=N_("Packed."), prepare=_in_the_parcel,
            then=_to_parcel,
        ),
        page("/warehouse/parcels", parcels, right=READ, template="warehouse/parcels.html"),
        page(parcel, one_parcel, right=READ, template="warehouse/parcel.html"),
        form(f"{parcel}/label", AskLabel, right=SHIP, done=N_("The label is asked of the carrier.")),
        form(f"{parcel}/ship", ShipParcel, right=SHIP, done=N_("Handed to the carrier; the invoice is made.")),
    ]  # fmt: skip


def _to_list(answer: Mapping[str, Any]) -> str:
    return f"/warehouse/pick/{answer['id']}"


def _to_parcel(answer: Mapping[str, Any]) -> str:
    return f"/warehouse/parcels/{answer['parcels'][0]}?print=yes"


def lists(visit: Visit) -> Mapping[str, Any]:
    place, places = here(visit)
    return {
        "place": place,
        "places": places,
        "open_lists": warehouse.open_pick_lists(visit.connection, place.id, limit=SHOWN),
        "orders": to_pick(visit.connection, place.id, limit=MAX_ORDERS),
        "batch": BATCH,
    }


def one(visit: Visit) -> Mapping[str, Any]:
    found = warehouse.picking(visit.connection, visit.path["pick_list"])
    return {"list": found, "place": found["place"], "places": []}


def waiting(visit: Visit) -> Mapping[str, Any]:
    place, places = here(visit)
    orders = warehouse.to_pack(visit.connection, place.id, limit=SHOWN)
    return {"place": place, "places": places, "orders": orders}


def pack(visit: Visit) -> Mapping[str, Any]:
    place, places = here(visit)
    elsewhere = warehouse.places_of_order(visit.connection, visit.path["order"])
    if elsewhere and place.code not in elsewhere and visit.ask("at") is None:
        place = next((each for each in places if each.code in elsewhere), place)
    return {
        "order": warehouse.packing(visit.connection, visit.path["order"], place.id), "place": place, "places": places,
        "elsewhere": [each for each in elsewhere if each != place.code],
    }  # fmt: skip


def _in_the_parcel(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """Nothing scanned is not everything: that has a button of its own."""
    everything = members.pop("everything", None)
    if everything is None and not members.get("lines"):
        raise NothingScanned("Scan what goes into the parcel before you close it.")
    return {name: value for name, value in members.items() if not (everything and name == "lines")}


def parcels(visit: Visit) -> Mapping[str, Any]:
    place, places = here(visit)
    packed = warehouse.packed_parcels(visit.connection, place.id, limit=SHOWN)
    return {"place": place, "places": places, "parcels": packed}


def one_parcel(visit: Visit) -> Mapping[str, Any]:
    found = warehouse.parcel(visit.connection, visit.path["parcel"])
    places = warehouse.places(visit.connection)
    place = next((each for each in places if each.code == found["location_code"]), places[0])
    return {
        "parcel": found, "place": place, "places": [], "bars": bars(found["tracking"] or found["id"]),
        "print": visit.ask("print", allowed=("yes",)),
        "carriers": warehouse.carriers_for(visit.connection, found["order_id"]),
        "known": warehouse.spoken_to(visit.connection),
    }  # fmt: skip
