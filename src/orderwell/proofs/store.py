"""Proofs, the newest of which counts."""

from ..kit.tables import Table
from .model import Proof

PROOFS = Table(
    "proofs", Proof, key="id", lock="write", indexes=[("status",)], checks=["status IN ('waiting', 'running', 'done')"]
)
PROOFS_OPEN = PROOFS.group("status", where="status <> 'done'", keep=lambda row: row.status != "done")
