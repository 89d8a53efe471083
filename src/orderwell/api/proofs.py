"""Having everything proved while the system runs, and what came of it, over HTTP."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from ..flows.keep_proofs import AskProof, shown
from ..proofs.store import PROOFS
from .answers.proofs import ProofAnswer
from .lists import lists, one
from .operations import Operation, verb

READ, WRITE = "business:read", "business:manage"


def operations() -> list[Operation]:
    return [
        verb("POST", "/proofs", AskProof, right=WRITE, result=ProofAnswer, status=201),
        lists("/proofs", PROOFS, kind="proof", right=READ, result=ProofAnswer, filters=("status",), shown=_shown),
        one("/proofs/{proof}", PROOFS, kind="proof", right=READ, result=ProofAnswer, shown=_shown),
    ]


def _shown(_: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [shown(row) for row in rows]
