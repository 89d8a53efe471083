"""Which addresses may be sent to, how a delivery is signed, and what an answer means. Pure."""

import base64
import hashlib
import hmac
import ipaddress
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import urlsplit

from ..kit.errors import Invalid
from ..kit.events import Event
from ..kit.sentences import Sentence
from ..values.calendar import instant_text
from ..values.ids import PREFIXES, show

# Standard Webhooks: at once, then after so many seconds, each time from the one before.
DELAYS = (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000, 36_000, 36_000)
FAILING_DAYS = 5  # then the endpoint is disabled
PATIENCE_SECONDS = 3_600  # the longest Retry-After that is taken at its word
SECRET_BYTES = 24

Verdict = Literal["done", "gone", "later", "failed"]


def check_url(url: str, *, strict: bool) -> None:
    """Raises Invalid for an address that must not be sent to. What a name leads to is looked at before each sending."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Invalid.at("/url", Sentence("{url!r} is no URL.", url=url)) from None
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        raise Invalid.at("/url", Sentence("{url!r} is no https URL.", url=url))
    if parts.username or parts.password:
        raise Invalid.at("/url", "Names and passwords do not belong into a URL; deliveries are signed.")
    if not strict:
        return
    if parts.scheme != "https":
        raise Invalid.at("/url", "Only https is sent to.", "not_https")
    if parts.hostname == "localhost" or parts.hostname.endswith((".localhost", ".local", ".internal")):
        raise Invalid.at(
            "/url", Sentence("{host} is inside; webhooks go outside.", host=parts.hostname), "private_address"
        )
    try:
        address = ipaddress.ip_address(parts.hostname)
    except ValueError:
        return
    if not is_public(str(address)):
        raise Invalid.at(
            "/url", Sentence("{address} is a private address; webhooks go outside.", address=address), "private_address"
        )


def is_public(address: str) -> bool:
    """Whether an IP address is out on the internet, however it is written."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if found in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    return found.is_global and not found.is_multicast


def body_of(event: Event) -> bytes:
    """What is sent: ids and facts. Whoever wants more asks the API, with a right to it."""
    subject = show(event.subject, event.subject_id) if event.subject in PREFIXES else str(event.subject_id)
    data = {**json.loads(event.data), "object": event.subject, "id": subject}
    told = {"type": event.type, "timestamp": instant_text(event.at), "data": data}
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()


def headers(secret: str, message_id: str, body: bytes, now_seconds: int) -> dict[str, str]:
    """Standard Webhooks: the id stays the same however often it is sent, the time is that of this attempt."""
    signed = f"{message_id}.{now_seconds}.".encode() + body
    mac = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(now_seconds),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


def new_secret() -> str:
    """A signing secret as Standard Webhooks writes it; drawn by the face that shows it, this once."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def verdict(status: int) -> Verdict:
    """2xx is done; 410 means never again; 429 and 503 may name a time; everything else, redirects too, has failed."""
    if 200 <= status < 300:
        return "done"
    if status == 410:
        return "gone"
    return "later" if status in (429, 503) else "failed"


def patience(told: Mapping[str, str]) -> int | None:
    """Seconds from Retry-After, in bounds; None when it names none."""
    text = told.get("retry-after", "").strip()
    return min(max(int(text), 1), PATIENCE_SECONDS) if text.isascii() and text.isdigit() else None


def wants(types: Sequence[str], type_: str) -> bool:
    """Whether an endpoint with these types hears of an event."""
    return not types or any(type_ == each or (each.endswith(".*") and type_.startswith(each[:-1])) for each in types)
