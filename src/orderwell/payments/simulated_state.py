"""The simulated provider's own books: what it does with payments, as a plain state machine. Nothing here is ours."""

from dataclasses import dataclass, field
from typing import Any

DONE = {"captures": "captured", "voids": "voided", "refunds": "refunded"}
AT_ONCE = ("redirect", "pin")
PREFIX = "sp_"  # of our names for charges
CHOICES = ("pay", "fail", "cancel", "expire")


class Refusal(Exception):
    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


@dataclass(slots=True)
class Charge:
    """A payment as the provider holds it."""

    id: str
    merchant_reference: str
    method: str
    currency: str
    amount: int
    return_url: str
    state: str = "open"  # or 'paid', 'failed', 'cancelled', 'expired'
    authorised: int = 0
    captured: int = 0
    voided: int = 0
    refunded: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)


class Books:
    """All payments of one account. Whatever is asked twice under one name is done once."""

    def __init__(self, account: str, checkout: str) -> None:
        self.account, self._checkout = account, checkout
        self.charges: dict[str, Charge] = {}
        self._by_reference: dict[str, str] = {}
        self._operations: dict[str, tuple[str, str, int]] = {}
        self._last = 0  # number of the newest charge
        self.calls = 0

    def keep(self, charge: Charge) -> None:
        """A charge of before, from whoever remembers it: this process's books begin empty."""
        self.charges[charge.id] = charge
        self._by_reference[charge.merchant_reference] = charge.id
        self._last = max(self._last, int(charge.id.removeprefix(PREFIX)))
        for event in charge.events:
            verb = next((verb for verb, done in DONE.items() if done == event["type"]), None)
            if verb is not None and event["operation"]:
                self._operations[event["operation"]] = (charge.id, verb, event["amount"])

    # -- asked by the merchant

    def start(self, body: dict[str, Any]) -> Charge:
        reference = str(body["merchant_reference"])
        if body.get("account") != self.account:
            raise Refusal(403, "unknown account")
        known = self._by_reference.get(reference) or str(body.get("id") or "")
        if known:
            charge = self.find(known)
            asked = (body["amount"], body["currency"], body["method"])
            if asked != (charge.amount, charge.currency, charge.method):
                raise Refusal(422, "this payment was begun with another amount, currency or method")
            self._by_reference[reference] = charge.id
            charge.merchant_reference = reference
            return charge
        return self.begin(
            reference,
            str(body["method"]),
            int(body["amount"]),
            str(body["currency"]),
            str(body.get("return_url") or ""),
        )

    def begin(self, reference: str, method: str, amount: int, currency: str, return_url: str = "") -> Charge:
        if amount <= 0 or method not in ("redirect", "card", "pay_later", "pin"):
            raise Refusal(422, "a payment has a known method and an amount above zero")
        self._last += 1
        charge = Charge(f"{PREFIX}{self._last:08d}", reference, method, currency, amount, return_url)
        self.charges[charge.id] = charge
        self._by_reference[reference] = charge.id
        self._tell(charge, "opened", 0)
        if method == "pin":
            self.choose(charge.id, "pay")
        return charge

    def operate(self, name: str, verb: str, operation: str, amount: int) -> Charge:
        """`captures`, `voids` or `refunds`, under the merchant's name for it (or, in the dashboard, our own)."""
        charge = self.find(name)
        done = self._operations.get(operation)
        if done is not None:
            if done != (charge.id, verb, amount):
                raise Refusal(422, "this operation was something else before")
            return charge
        left = charge.captured - charge.refunded if verb == "refunds" else self._not_captured(charge)
        if not 0 < amount <= left:
            raise Refusal(409, f"{amount} of {verb}, {left} possible")
        self._operations[operation] = (charge.id, verb, amount)
        if verb == "captures":
            charge.captured += amount
        elif verb == "voids":
            charge.voided += amount
        else:
            charge.refunded += amount
        self._tell(charge, DONE[verb], amount, operation)
        return charge

    def find(self, name: str) -> Charge:
        charge = self.charges.get(self._by_reference.get(name, name))
        if charge is None:
            raise Refusal(404, f"no payment {name}")
        return charge

    # -- done by the customer

    def choose(self, name: str, choice: str) -> Charge:
        """What the customer does on the checkout page; done twice it is done once."""
        charge = self.find(name)
        if choice not in CHOICES:
            raise Refusal(422, f"no such choice: {choice}")
        if charge.state != "open":
            return charge
        if choice == "pay":
            charge.state, charge.authorised = "paid", charge.amount
            if charge.method in AT_ONCE:
                charge.captured = charge.amount
                self._tell(charge, "captured", charge.amount)
            else:
                self._tell(charge, "authorised", charge.amount)
        else:
            charge.state = {"fail": "failed", "cancel": "cancelled", "expire": "expired"}[choice]
            self._tell(charge, charge.state, 0)
        return charge

    # -- told to the merchant

    def shown(self, charge: Charge) -> dict[str, Any]:
        return {
            "id": charge.id, "account": self.account, "merchant_reference": charge.merchant_reference,
            "method": charge.method, "currency": charge.currency, "amount": charge.amount, "state": charge.state,
            "authorised": charge.authorised, "captured": charge.captured, "voided": charge.voided,
            "refunded": charge.refunded, "checkout_url": f"{self._checkout}/checkout/{charge.id}",
            "events": list(charge.events),
        }  # fmt: skip

    def notification(self, charge: Charge, event: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": charge.id,
            "account": self.account,
            "merchant_reference": charge.merchant_reference,
            "event": event,
        }

    def _not_captured(self, charge: Charge) -> int:
        return charge.authorised - charge.captured - charge.voided

    def _tell(self, charge: Charge, type_: str, amount: int, operation: str = "") -> None:
        charge.events.append(
            {
                "id": f"{charge.id}-{len(charge.events) + 1}", "type": type_, "amount": amount,
                "currency": charge.currency, "operation": operation,
            }
        )  # fmt: skip
