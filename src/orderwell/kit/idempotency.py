"""Same key, same answer: what a request did is kept with its key, in the same transaction as the effect.

Only successes are kept, for `KEPT_DAYS`; a refusal leaves no trace and may be tried again. The same key with another
input is refused. (IETF draft httpapi-idempotency-key-header; 422 for another input as in `docs/guide/api.md`.)
"""

import hashlib
from typing import Any, NamedTuple

from pydantic_core import to_json

from .errors import KeyReused
from .picture import Tx
from .sentences import Sentence
from .tables import Table

KEPT_DAYS = 30


class Answer(NamedTuple):
    caller: str
    key: str
    input_hash: str
    answer: str  # JSON, byte for byte as it was given
    request_id: str
    at: int


ANSWERS = Table("idempotency", Answer, key=("caller", "key"), indexes=[("at",)])


def hash_of(operation: str, body: bytes) -> str:
    return hashlib.sha256(operation.encode() + b"\0" + body).hexdigest()


def hash_of_request(ask: Any) -> str:
    """For callers that hold a request object and no bytes."""
    return hash_of(type(ask).__name__, to_json(ask))


def recall(tx: Tx, caller: str, key: str, input_hash: str) -> Answer | None:
    """The answer given before under this key, or None. Raises KeyReused when it was given to another input."""
    kept = tx.get(ANSWERS, (caller, key))
    if kept is None or kept.at < tx.now - KEPT_DAYS * 86_400_000_000:
        return None
    if kept.input_hash != input_hash:
        raise KeyReused(
            Sentence(
                "Idempotency-Key {key!r} was used before with another input; use a new key for a new request.", key=key
            )
        )
    return kept


def keep(tx: Tx, caller: str, key: str, input_hash: str, answer: str) -> None:
    row = Answer(caller, key, input_hash, answer, tx.request_id, tx.now)
    if tx.get(ANSWERS, (caller, key)) is None:
        tx.add(ANSWERS, row)
    else:
        tx.put(ANSWERS, row)
