"""Goods that come back, and money that goes back, with what will be posted shown first."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ...api.decode import adapter_of, decode_members
from ...flows.refund_payment import RefundOrder
from ...flows.return_goods import AnnounceReturn, CancelReturn, InspectReturn, ReceiveReturn
from ...kit.errors import Invalid, Refused
from ...reports import returns
from ..addresses import N_, Entry, WebAddress, form, page
from ..asked_fields import members_of
from ..visit import Visit

READ, WRITE, REFUND = "returns:read", "returns:write", "payments:refund"
PER_PAGE = 50
STATUSES = {
    "announced": (N_("Expected"), "azure"),
    "partly_received": (N_("Partly in"), "yellow"),
    "received": (N_("To inspect"), "orange"),
    "inspected": (N_("Settled"), "green"),
    "cancelled": (N_("Cancelled"), "secondary"),
}
FATES = (("restock", N_("Back on the shelf")), ("scrap", N_("Scrap")))
CREDITS = (("yes", N_("Credit it")), ("no", N_("No credit")))
ACCOUNTS = {  # those that giving money back touches, as the chart calls them
    "Cash in the till": N_("Cash in the till"),
    "Bank": N_("Bank"),
    "PIN terminal, not yet paid out": N_("PIN terminal, not yet paid out"),
    "Payment provider, not yet paid out": N_("Payment provider, not yet paid out"),
    "Accounts receivable": N_("Accounts receivable"),
    "Rounding and payment differences": N_("Rounding and payment differences"),
}

NAVIGATION = [Entry(N_("Returns"), "/returns", "truck-return", READ, "Goods", "r")]


def addresses() -> list[WebAddress]:
    order, back = "/orders/{order}", "/returns/{return_id}"
    return [
        page("/returns", listed, right=READ, template="returns/list.html"),
        page(back, one, right=READ, template="returns/return.html"),
        page(f"{order}/return", announcing, right=WRITE, template="returns/announce.html"),
        form(f"{order}/return", AnnounceReturn, right=WRITE, done=N_("The return is announced."), prepare=_named,
             then=_to),
        form(f"{back}/receive", ReceiveReturn, right=WRITE, done=N_("It is in; now look at it."), prepare=_came),
        form(f"{back}/inspect", InspectReturn, right=WRITE, done=N_("Settled: on the shelf or scrapped, and credited."),
             prepare=_judged),
        form(f"{back}/cancel", CancelReturn, right=WRITE, done=N_("It is not expected any more.")),
        page(f"{order}/refund", refunding, right=REFUND, template="returns/refund.html"),
        form(f"{order}/refund", RefundOrder, right=REFUND, done=N_("The money goes back the way it came."),
             then=_to_order),
    ]  # fmt: skip


def listed(visit: Visit) -> Mapping[str, Any]:
    waiting = visit.ask("waiting", allowed=returns.WAITING)
    found = returns.listed(visit.connection, waiting=waiting, limit=PER_PAGE, cursor=visit.ask("cursor"))
    return {
        "returns": found["data"],
        "next_cursor": found["next_cursor"],
        "waiting": waiting,
        "counts": returns.counts(visit.connection),
        "filters": {"waiting": waiting} if waiting else {},
        "statuses": STATUSES,
    }


def one(visit: Visit) -> Mapping[str, Any]:
    back = returns.one(visit.connection, visit.path["return_id"])
    return {"back": back, "statuses": STATUSES, "fates": FATES, "credits": CREDITS}


def announcing(visit: Visit) -> Mapping[str, Any]:
    return {"order": returns.returnable(visit.connection, visit.path["order"])}


def refunding(visit: Visit) -> Mapping[str, Any]:
    """Once an amount stands in the address, what giving it back would post is tried out; nothing of it happens."""
    order = returns.to_give_back(visit.connection, visit.path["order"])
    amount = visit.ask("amount")
    effect, wrong = None, None
    if amount is not None:
        try:
            asked = _refund(visit, {"amount": amount, "reason": visit.ask("reason") or ""})
            effect = {"amount": asked.amount, "posted": returns.ledger_effect(visit.rehearse(asked))}
        except Refused as refused:
            wrong = refused
    return {"order": order, "amount": amount, "reason": visit.ask("reason") or "", "effect": effect, "wrong": wrong,
            "accounts": ACCOUNTS}  # fmt: skip


def _refund(visit: Visit, typed: Mapping[str, str]) -> RefundOrder:
    assert visit.house is not None
    members = members_of(RefundOrder, typed, language=visit.language, currency=visit.house.currency)
    asked: RefundOrder = decode_members(adapter_of(RefundOrder), members, {"order": visit.path["order"]})
    return asked


# -- what forms add


def _named(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    return _filled(members, N_("Say of at least one line how much comes back."))


def _came(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    """With nothing typed nothing came, instead of all of it."""
    return _filled(members, N_("Say how much came of at least one line."))


def _judged(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    return _filled(members, N_("Say of at least one line what becomes of it."))


def _filled(members: dict[str, Any], refusal: str) -> dict[str, Any]:
    """Lines that stand empty or at nought are not meant."""
    lines = [_whole_line(line) for line in members.get("lines", ()) if not _nought(line.get("quantity", ""))]
    if not lines:
        raise Invalid.at("/lines", refusal, "required")
    return {**members, "lines": lines}


def _whole_line(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if value != ""}


def _nought(text: str) -> bool:
    try:
        return text == "" or Decimal(text) == 0
    except InvalidOperation:
        return False  # it is refused when it is decoded, by name


# -- where to go


def _to(answer: Mapping[str, Any]) -> str:
    return f"/returns/{answer['id']}"


def _to_order(answer: Mapping[str, Any]) -> str:
    return f"/orders/{answer['order']}"
