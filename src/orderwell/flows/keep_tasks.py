"""What somebody had to look at and has settled; what was given up and is to be tried again."""

from dataclasses import dataclass
from typing import Any

from ..kit.errors import Conflict, NotFound
from ..kit.events import announce
from ..kit.jobs import JOBS
from ..kit.jobs import shown as shown_job
from ..kit.picture import Tx
from ..kit.sentences import Sentence, word
from ..kit.writer import flow
from ..tasks import actions as tasks
from ..tasks.answers import shown
from ..values.fields import Reference, Text
from ..values.ids import parse


class NotDead(Conflict):
    code = "job_not_dead"
    title = "This job was not given up"


@dataclass(frozen=True, slots=True)
class CloseTask:
    task: Reference
    note: Text = ""


@dataclass(frozen=True, slots=True)
class RetryJob:
    """Try a job again that was given up, from the first attempt."""

    job: Reference


@flow(CloseTask)
def close_task(tx: Tx, ask: CloseTask) -> dict[str, Any]:
    task = tasks.close(tx, tasks.find(tx, ask.task), ask.note)
    announce(tx, "task.closed", "task", task.id, kind=task.kind)
    return shown(task)


@flow(RetryJob)
def retry_job(tx: Tx, ask: RetryJob) -> dict[str, Any]:
    number = parse("job", ask.job)
    job = tx.get(JOBS, number) if number is not None else None
    if job is None:
        raise NotFound(Sentence("There is no job {name!r}.", name=ask.job))
    if job.status != "dead":
        raise NotDead(Sentence("This job is {status}.", status=word(job.status)))
    job = tx.put(JOBS, job._replace(status="waiting", attempts=0, run_at=tx.now, done_at=None))
    announce(tx, "job.retried", "job", job.id, kind=job.kind)
    return shown_job(job)
