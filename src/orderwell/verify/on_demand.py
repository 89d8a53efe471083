"""`verify` as a job: what somebody asked for on a page or over the API."""

import json

from ..flows.keep_proofs import KIND, BeginProof, ProofRunning, RecordProof
from ..kit.jobs import Work, handler
from .proof import verify


@handler(KIND, delays=())
def run_proof(work: Work) -> None:
    """It may take longer than a job's lease lasts: whoever takes the job up again finds that it has begun."""
    name = work.payload["proof"]
    try:
        work.ask(BeginProof(name))
    except ProofRunning:
        return
    try:
        report = verify(work.database)
    except Exception as error:
        work.ask(RecordProof(name, 0, json.dumps({"failed": f"{type(error).__name__}: {error}"[:500]})))
        raise
    work.ask(RecordProof(name, sum(report.counts.values()), json.dumps(report.as_dict())))
