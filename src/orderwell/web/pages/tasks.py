"""The exceptions inbox: everything that stopped, how long ago, and what is proposed."""

from collections.abc import Mapping
from typing import Any

from ...flows.keep_tasks import CloseTask, RetryJob
from ...flows.refund_payment import ApproveRefund, DropRefund
from ...kit.errors import Invalid
from ...reports import exceptions
from ..addresses import N_, Entry, WebAddress, form, page
from ..visit import Visit

READ, WRITE, REFUND = "tasks:read", "tasks:write", "payments:refund"
PER_PAGE = 50

BACK = N_("Give the money back, or keep it as the customer's credit.")

# Kind of task → what is said, and what to do about it.
KINDS = {
    "late_payment": (N_("Paid too late"), BACK),
    "expired_partly_paid": (N_("Expired, partly paid"), BACK),
    "overpaid": (N_("Paid twice"), BACK),
    "payment_mismatch": (N_("Payment does not fit"), N_("Look it up at the provider, and settle the difference.")),
    "unknown_payment": (N_("Payment of nobody we know"), N_("Find out what it is for; once known it is applied.")),
    "capture_failed": (N_("Money could not be collected"), N_("Ask the customer to pay in another way.")),
    "void_failed": (N_("Hold could not be released"), N_("Look it up at the provider.")),
    "refund_failed": (N_("Money could not be given back"), N_("Give it back in another way.")),
    "short_pick": (N_("Not found on the shelf"), N_("Count what lies there; tell the customer if it takes longer.")),
    "tracking_refused": (N_("Carrier tells what cannot be"), N_("Look it up at the carrier, and tell by hand.")),
    "unmatched_bank_line": (N_("Bank line without a match"), N_("Match it with what it pays, or set it aside.")),
}  # fmt: skip

# What a task is about → where it is settled, what the button says, and whose that is.
LEADS = {
    "bank_line": ("/accounting/bank_lines", N_("Match it"), "payments:read"),
    "payment": ("/accounting/payments", N_("Open the payment"), "payments:read"),
}

JOBS = {
    "mail.send": N_("A message"),
    "webhooks.deliver": N_("A webhook"),
    "provider.start": N_("Starting a payment at the provider"),
    "provider.instruct": N_("Collecting or giving back money"),
    "provider.cancel": N_("Withdrawing a payment"),
    "provider.look": N_("Looking a payment up"),
    "provider.resolve": N_("Looking a payment up"),
    "provider.reconcile": N_("Comparing with the provider"),
    "carrier.label": N_("Asking for a label"),
    "carrier.cancel": N_("Cancelling a label"),
    "carrier.follow": N_("Following parcels"),
    "banking.match": N_("Matching a bank statement"),
    "orders.expire": N_("Letting unpaid orders expire"),
    "purchasing.propose": N_("Looking what has to be ordered"),
}

NAVIGATION = [Entry(N_("Exceptions"), "/tasks", "inbox", READ, "Sell", "e")]


def addresses() -> list[WebAddress]:
    return [
        page("/tasks", inbox, right=READ, template="tasks/inbox.html"),
        form("/tasks/{task}/close", CloseTask, right=WRITE, done=N_("Closed."), prepare=_with_reason),
        form("/tasks/jobs/{job}/retry", RetryJob, right=WRITE, done=N_("It is tried again now.")),
        form("/tasks/refunds/{refund}/approve", ApproveRefund, right=REFUND, done=N_("The money goes back.")),
        form("/tasks/refunds/{refund}/drop", DropRefund, right=REFUND, done=N_("Kept as the customer's credit.")),
    ]


def inbox(visit: Visit) -> Mapping[str, Any]:
    closed = visit.ask("status") == "closed"
    kind = visit.ask("kind")
    found = exceptions.listed(visit.connection, kind=kind, closed=closed, limit=PER_PAGE, cursor=visit.ask("cursor"))
    return {
        "tasks": found["data"],
        "next_cursor": found["next_cursor"],
        "counts": exceptions.counts(visit.connection),
        "jobs": exceptions.given_up(visit.connection) if not closed and kind is None else [],
        "kinds": KINDS,
        "job_kinds": JOBS,
        "leads": LEADS,
        "closed": closed,
        "kind": kind,
        "filters": {name: value for name, value in (("kind", kind), ("status", "closed" if closed else "")) if value},
    }


def _with_reason(visit: Visit, members: dict[str, Any]) -> dict[str, Any]:
    if not str(members.get("note", "")).strip():
        raise Invalid.at("/note", "Say how it was settled.", "required")
    return members
