"""Doing the same with many orders: one call to the writer for each, and a result for each."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response

from ...api.face import Face
from ...flows.cancel_order import CancelOrder
from ...flows.confirm_order import ConfirmOrder
from ...flows.pick_order import PickOrder
from ...flows.ship_order import ShipOrder
from ...kit.errors import Invalid, Refused
from ...kit.idempotency import hash_of
from ...kit.sentences import Sentence
from ...kit.writer import Call
from ...orders.store import ORDERS
from ...reports import order_list, paper
from ...values.ids import parse, show
from ..addresses import N_, WebAddress, act
from ..refusals import Told
from ..showing import Asked, shown_with
from ..site import site_of
from ..visit import Viewer, plain_query
from .order_filters import wanted_of

MOST = 500
AT_ONCE = 50  # calls that wait for the writer together: they are committed as one batch
WRITE, SHIP = "orders:write", "shipping:write"


@dataclass(frozen=True)
class Bulk:
    """What is done with each order, from its id and a reason."""

    ask: Callable[[str, str], Any]
    right: str
    title: str


ACTS = {
    "confirm": Bulk(lambda order, _: ConfirmOrder(order), WRITE, N_("Confirm orders")),
    "pick": Bulk(lambda order, _: PickOrder(order), SHIP, N_("Pick orders")),
    "ship": Bulk(lambda order, _: ShipOrder(order), SHIP, N_("Ship what is ready")),
    "cancel": Bulk(lambda order, reason: CancelOrder(order, reason=reason), WRITE, N_("Cancel orders")),
}


def addresses() -> list[WebAddress]:
    return [
        *(act(f"/bulk/orders/{word}", _performing(word), right=bulk.right) for word, bulk in ACTS.items()),
        act("/bulk/orders/packing-slips", _printed("slips", paper.slips), right="shipping:read"),
        act("/bulk/orders/pick-sheets", _printed("sheets", paper.sheets), right="shipping:read"),
    ]


def _performing(word: str) -> Callable[..., Any]:
    """Every order is done or refused by itself; sent again, what was done is not done again."""

    async def performed(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
        bulk, reason = ACTS[word], fields.get("reason", "")[:500]
        orders = await face.threads.run(_chosen, face, fields)
        asked = Asked.of(request, site_of(face), viewer)
        calls = [
            Call(
                bulk.ask(show("order", order.id), reason), actor=viewer.actor, request_id=asked.request_id,
                key=f"{fields['_key']}-{show('order', order.id)}", input_hash=hash_of(f"bulk {word}", reason.encode()),
            )
            for order in orders
        ]  # fmt: skip
        results = []
        for start in range(0, len(calls), AT_ONCE):
            portion = calls[start : start + AT_ONCE]
            outcomes = await asyncio.gather(*(_submitted(face, call) for call in portion))
            results += [
                _result(order, refusal, asked.request_id)
                for order, refusal in zip(orders[start : start + AT_ONCE], outcomes, strict=True)
            ]
        values = {"title": bulk.title, "results": results, "back": _back(fields)}
        return await _answered(face, asked, "orders/results.html", values)

    performed.__name__ = f"bulk_{word}"
    return performed


async def _submitted(face: Face, call: Call) -> Refused | None:
    try:
        return (await face.submit(call)).refusal
    except Refused as refused:  # the writer is too busy, or stops: this one is not done
        return refused


def _result(order: Any, refused: Refused | None, request_id: str) -> dict[str, Any]:
    told = Told("", refused, request_id) if refused is not None else None
    return {"id": show("order", order.id), "reference": order.reference, "refused": told}


def _printed(kind: str, report: Callable[[Connection, Sequence[str]], list[dict[str, Any]]]) -> Callable[..., Any]:
    async def printed(face: Face, request: Request, viewer: Viewer, fields: Mapping[str, str]) -> Response:
        def gathered() -> list[dict[str, Any]]:
            orders = _chosen(face, fields)
            with face.app.database.reading() as connection:
                return report(connection, [show("order", order.id) for order in orders])

        sheets = await face.threads.run(gathered)
        asked = Asked.of(request, site_of(face), viewer)
        return await _answered(face, asked, "orders/paper.html", {"kind": kind, "sheets": sheets})

    printed.__name__ = f"bulk_{kind}"
    return printed


async def _answered(face: Face, asked: Asked, template: str, values: Mapping[str, Any]) -> Response:
    asked.path, asked.query, asked.fragment = "/orders", {}, ""
    response: Response = await face.threads.run(shown_with, site_of(face), template, asked, values)
    asked.proofs.dress(response)
    return response


def _chosen(face: Face, fields: Mapping[str, str]) -> list[Any]:
    """The orders that were ticked, or all that the list's filters find. Raises Invalid for none or too many."""
    with face.app.database.reading() as connection:
        if fields.get("all"):
            wanted = wanted_of(plain_query(parse_qsl(fields.get("filters", ""))))
            found = order_list.listed(connection, wanted, limit=MOST + 1)["data"]
            ids = [parse("order", each["id"]) for each in found]
        else:
            ids = [parse("order", name.removeprefix("order.")) for name in fields if name.startswith("order.")]
        if len(ids) > MOST:
            raise Invalid(Sentence("At most {most} orders at a time; these are more. Filter them first.", most=MOST))
        query = sa.select(ORDERS.c.id, ORDERS.c.reference).where(ORDERS.c.id.in_([each for each in ids if each]))
        orders = connection.execute(query.order_by(ORDERS.c.id)).all()
    if not orders:
        raise Invalid("No order is chosen. Tick some first.")
    return list(orders)


def _back(fields: Mapping[str, str]) -> str:
    from ..posting import back_of

    return back_of(fields)
