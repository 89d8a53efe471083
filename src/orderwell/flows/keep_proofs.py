"""Proofs while the system runs: asked for by somebody, run by the worker, kept for whoever looks."""

import json
from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import Ge, Len

from ..kit import jobs
from ..kit.errors import Conflict
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence, word
from ..kit.writer import flow
from ..proofs.model import Proof
from ..proofs.store import PROOFS, PROOFS_OPEN
from ..values.calendar import instant_text
from ..values.fields import Reference
from ..values.ids import parse, show

KIND = "proof.run"
GIVEN_UP_AFTER = 3_600_000_000  # whoever ran it is gone


class ProofRunning(Conflict):
    code = "proof_running"
    title = "Everything is being looked at already"


@dataclass(frozen=True, slots=True)
class AskProof:
    """Have everything looked at, in the background."""


@dataclass(frozen=True, slots=True)
class BeginProof:
    """By the worker. Only one who begins it goes on with it."""

    proof: Reference


@dataclass(frozen=True, slots=True)
class RecordProof:
    """`report` is what `verify` told, as JSON."""

    proof: Reference
    breaks: Annotated[int, Ge(0)]
    report: Annotated[str, Len(2, 1_000_000)]


@flow(AskProof)
def ask_proof(tx: Tx, ask: AskProof) -> dict[str, Any]:
    """Prove from history that every unit and every cent is accounted for, while the system goes on working."""
    for status in ("waiting", "running"):
        for each in tx.rows(PROOFS_OPEN, status):
            if each.asked_at + GIVEN_UP_AFTER > tx.now:
                raise ProofRunning(
                    Sentence("It was asked for at {at}; wait for its end.", at=instant_text(each.asked_at))
                )
            tx.put(PROOFS, each._replace(status="done", done_at=tx.now, report=json.dumps({"given_up": True})))
    proof = tx.add(PROOFS, Proof(tx.new_id(), 1, "waiting", tx.now, tx.actor, None, None, 0, "{}"))
    jobs.later(tx, KIND, {"proof": show("proof", proof.id)}, subject_id=proof.id)
    announce(tx, "proof.asked", "proof", proof.id)
    return shown(proof)


@flow(BeginProof)
def begin_proof(tx: Tx, ask: BeginProof) -> dict[str, Any]:
    proof = _find(tx, ask.proof)
    if proof.status != "waiting":
        raise ProofRunning(Sentence("It is {status}.", status=word(proof.status)))
    proof = tx.put(PROOFS, proof._replace(status="running", began_at=tx.now))
    announce(tx, "proof.begun", "proof", proof.id)
    return shown(proof)


@flow(RecordProof)
def record_proof(tx: Tx, ask: RecordProof) -> dict[str, Any]:
    proof = _find(tx, ask.proof)
    proof = tx.put(PROOFS, proof._replace(status="done", done_at=tx.now, breaks=ask.breaks, report=ask.report))
    announce(tx, "proof.done", "proof", proof.id, breaks=ask.breaks)
    return shown(proof)


def _find(tx: Tx, name: str) -> Proof:
    number = parse("proof", name)
    proof = tx.get(PROOFS, number) if number is not None else None
    assert proof is not None, "a job names the proof it was made with"
    return proof


def shown(proof: Proof) -> dict[str, Any]:
    return {
        "object": "proof", "id": show("proof", proof.id), "version": proof.version, "status": proof.status,
        "asked_at": instant_text(proof.asked_at), "done_at": instant_text(proof.done_at), "breaks": proof.breaks,
        "report": json.loads(proof.report),
    }  # fmt: skip
