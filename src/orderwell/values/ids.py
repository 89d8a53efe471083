"""Ids: 64 bits, time-ordered, made by the application; outside a typed prefix and base32.

An id is 41 bits of milliseconds since 2000-01-01 UTC, 10 bits of node number and 12 bits of sequence.
It tells when and where a row was *recorded*, on the wall clock; business time has its own columns.
"""

import re
import threading
import time
from typing import NewType

OrderId = NewType("OrderId", int)
SkuId = NewType("SkuId", int)
LocationId = NewType("LocationId", int)
CustomerId = NewType("CustomerId", int)
EventId = NewType("EventId", int)

EPOCH_MS = 946_684_800_000  # 2000-01-01T00:00:00Z
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base32: no I, L, O, U
LENGTH = 13  # ceil(63 / 5)

PREFIXES = {
    "order": "ord",
    "sku": "sku",
    "product": "prd",
    "customer": "cus",
    "address": "adr",
    "location": "loc",
    "channel": "chn",
    "parcel": "par",
    "invoice": "inv",
    "credit_note": "crn",
    "adjustment": "adj",
    "payment": "pay",
    "refund": "rfd",
    "capture": "cap",
    "void": "voi",
    "payout": "pyo",
    "return": "ret",
    "supplier": "sup",
    "purchase_order": "pur",
    "proposal": "prp",
    "supplier_invoice": "sin",
    "supplier_payment": "spm",
    "receipt": "rcp",
    "transfer": "trf",
    "count": "cnt",
    "event": "evt",
    "open_item": "itm",
    "manual_entry": "man",
    "api_key": "key",
    "person": "per",
    "session": "ses",
    "role": "rol",
    "webhook_endpoint": "whe",
    "delivery": "dlv",
    "job": "job",
    "test_clock": "clk",
    "task": "tsk",
    "batch": "bat",
    "customer_price": "cpr",
    "bank_statement": "bst",
    "bank_line": "bnl",
    "bank_match": "bnm",
    "portal_account": "pac",
    "portal_session": "pse",
    "order_link": "lnk",
    "message": "msg",
    "delivery_method": "dlm",
    "bin": "bin",
    "pick_list": "pkl",
    "note": "not",
    "view": "viw",
    "till": "til",
    "drawer_session": "drs",
    "drawer_move": "drm",
    "cash_movement": "csm",
    "proof": "prf",
    "passkey": "pky",
    "portal_passkey": "ppk",
}
KINDS = {prefix: kind for kind, prefix in PREFIXES.items()}
_PAIRS = [a + b for a in ALPHABET for b in ALPHABET]
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_SHAPE = re.compile(r"([a-z]{3})_([0-7][0-9A-HJKMNP-TV-Z]{12})\Z")


def show(kind: str, number: int) -> str:
    """`show("order", 1)` is `ord_0000000000001`; texts sort as the numbers do."""
    p = _PAIRS
    return (
        f"{PREFIXES[kind]}_{ALPHABET[number >> 60]}{p[number >> 50 & 1023]}{p[number >> 40 & 1023]}"
        f"{p[number >> 30 & 1023]}{p[number >> 20 & 1023]}{p[number >> 10 & 1023]}{p[number & 1023]}"
    )


def parse(kind: str, text: str) -> int | None:
    """The number behind a shown id, or None when the text is no id of this kind."""
    match = _SHAPE.match(text)
    if match is None or match[1] != PREFIXES[kind]:
        return None
    number = 0
    for letter in match[2]:
        number = number << 5 | _VALUES[letter]
    return number


class IdSource:
    """Gives ids that only grow. `node` (0 to 1023) keeps processes on one database apart."""

    def __init__(self, node: int, milliseconds=lambda: time.time_ns() // 1_000_000) -> None:  # type: ignore[no-untyped-def]
        assert 0 <= node < 1024
        self._node = node << 12
        self._milliseconds = milliseconds
        self._last_ms = 0
        self._sequence = 0
        self._lock = threading.Lock()

    def next(self) -> int:
        with self._lock:
            now = self._milliseconds() - EPOCH_MS
            if now > self._last_ms:
                self._last_ms, self._sequence = now, 0
            else:
                self._sequence += 1
                if self._sequence == 4096:  # borrow from the next millisecond rather than wait
                    self._last_ms, self._sequence = self._last_ms + 1, 0
            return self._last_ms << 22 | self._node | self._sequence
