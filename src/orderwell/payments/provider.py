"""The port to payment providers: what we ask of any of them, and what they tell. Used by jobs only."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import httpx2
from standardwebhooks import Webhook, WebhookVerificationError

from ..kit.errors import Invalid, NotAuthenticated
from ..kit.jobs import NotNow, Unreachable
from ..kit.sentences import Sentence
from ..values.fields import MAX_AMOUNT

MAX_NOTIFICATION_BYTES = 64_000


class BadSignature(NotAuthenticated):
    code = "bad_signature"
    title = "This notification is not signed by the provider, or is older than five minutes"


class Declined(Exception):
    """The provider understood and will not do it; asking again is of no use."""


class ToldEvent(NamedTuple):
    id: str
    type: str
    amount_minor: int
    currency: str
    operation: str  # the shown id of our instruction, or its own name for what it did without us


class Told(NamedTuple):
    """A payment as the provider sees it, with everything that happened to it so far."""

    account: str
    reference: str  # what it calls the payment
    merchant_reference: str  # what we call it
    checkout_url: str
    events: Sequence[ToldEvent]


class Port(Protocol):
    """Every call may be repeated: the provider knows what it did by our ids.

    Raises Declined; NotNow or Unreachable where it makes sense to come back later.
    """

    def start(
        self, reference: str, *, method: str, amount_minor: int, currency: str, return_url: str, provider_reference: str
    ) -> Told: ...

    def instruct(self, reference: str, kind: str, operation: str, amount_minor: int, currency: str) -> Told: ...

    def cancel(self, reference: str) -> Told:
        """Close it for the customer, unless it is paid already: the answer says."""

    def look(self, reference: str) -> Told | None:
        """None where the provider never heard of it."""


class HttpPort:
    """The simulated provider's API, and the only place that knows its addresses and fields."""

    def __init__(self, url: str, account: str, http: httpx2.Client) -> None:
        self._url, self._account, self._http = url.rstrip("/"), account, http

    def start(
        self, reference: str, *, method: str, amount_minor: int, currency: str, return_url: str, provider_reference: str
    ) -> Told:
        body = {
            "account": self._account, "merchant_reference": reference, "method": method, "amount": amount_minor,
            "currency": currency, "return_url": return_url, "id": provider_reference,
        }  # fmt: skip
        return told(self._send("POST", "/payments", reference, body))

    def instruct(self, reference: str, kind: str, operation: str, amount_minor: int, currency: str) -> Told:
        body = {"amount": amount_minor, "currency": currency}
        return told(self._send("POST", f"/payments/{reference}/{kind}s", operation, body))

    def cancel(self, reference: str) -> Told:
        return told(self._send("POST", f"/payments/{reference}/cancel", "", None))

    def look(self, reference: str) -> Told | None:
        found = self._send("GET", f"/payments/{reference}", "", None)
        return told(found) if found is not None else None

    def _send(self, method: str, path: str, key: str, body: Mapping[str, Any] | None) -> Any:
        headers = {"idempotency-key": key} if key else {}
        try:
            answer = self._http.request(method, self._url + path, json=body, headers=headers)
            if answer.status_code == 404 and method == "GET":
                return None
            if answer.status_code == 429:
                raise NotNow(_seconds(answer.headers.get("retry-after")))
            if answer.status_code >= 500:
                raise Unreachable(f"{method} {path}: {answer.status_code}")
            if answer.status_code >= 400:
                raise Declined(str(answer.json().get("detail", answer.status_code))[:300])
            return answer.json()
        except (httpx2.HTTPError, ValueError, AttributeError) as error:  # no answer, or one that is no JSON object
            raise Unreachable(f"{method} {path}: {type(error).__name__}: {error}") from error


def _seconds(retry_after: str | None) -> int:
    return min(int(retry_after), 3_600) if retry_after and retry_after.isdigit() else 60


def told(found: Any) -> Told:
    """A payment as it came over the wire. Raises ValueError where it does not look like one."""
    try:
        return Told(
            _text(found["account"]), _text(found["id"]), _text(found["merchant_reference"]),
            _text(found.get("checkout_url") or "", most=2_000), [_event(each) for each in found["events"]],
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a payment: {error!r}") from error


def notification(body: bytes, headers: Mapping[str, str], secret: str) -> Told:
    """What a notification tells, once its signature over the raw body holds and it is not older than five minutes.

    Raises BadSignature, or Invalid for a signed text that is no notification.
    """
    if len(body) > MAX_NOTIFICATION_BYTES:
        raise Invalid.at(
            "", Sentence("A notification has at most {most} bytes.", most=MAX_NOTIFICATION_BYTES), "too_large"
        )
    try:
        found = Webhook(secret).verify(body, dict(headers))
    except (WebhookVerificationError, ValueError) as error:  # ValueError: no base64, or a body that is no UTF-8
        raise BadSignature("The signature does not fit, or its time is more than five minutes off.") from error
    try:
        return told({**found, "events": [found["event"]]})
    except (ValueError, KeyError, TypeError):
        raise Invalid.at("", "This is no notification of a payment.", "not_a_notification") from None


def _event(found: Mapping[str, Any]) -> ToldEvent:
    amount = found["amount"]
    if type(amount) is not int or abs(amount) > MAX_AMOUNT:
        raise ValueError(f"an amount in minor units is a whole number, not {amount!r}")
    return ToldEvent(
        _text(found["id"]), _text(found["type"]), amount, _text(found["currency"]), _text(found.get("operation") or "")
    )


def _text(found: object, *, most: int = 200) -> str:
    """A text that every database can hold. Raises ValueError, also for half a character."""
    text = str(found)
    if len(text) > most or "\0" in text:
        raise ValueError(f"a text of at most {most} letters was expected")
    text.encode()
    return text
