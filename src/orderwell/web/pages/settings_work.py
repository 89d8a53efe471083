"""Settings, what goes on behind: jobs, the audit trail, and whether all is well."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ...flows.keep_proofs import AskProof
from ...flows.keep_tasks import RetryJob
from ...kit import jobs as all_jobs
from ...reports import audit, health
from ...values.calendar import instant, is_day
from ...values.ids import show
from ..addresses import N_, WebAddress, form, page
from ..visit import Visit

PER_PAGE = 50
MAX_PEOPLE = 200
STATUSES = ("waiting", "dead", "done")


KINDS = {  # how types of events begin, and what they are about
    "order": N_("Orders"),
    "invoice": N_("Invoices"),
    "payment": N_("Payments"),
    "payout": N_("Payouts"),
    "provider": N_("Payment providers"),
    "customer": N_("Customers"),
    "portal_account": N_("People in the portal"),
    "message": N_("Messages"),
    "credit_note": N_("Credit notes"),
    "sku": N_("SKUs"),
    "product": N_("Products"),
    "adjustment": N_("Corrections of stock"),
    "count": N_("Counts"),
    "transfer": N_("Transfers"),
    "bin": N_("Bins"),
    "pick_list": N_("Pick lists"),
    "purchase_order": N_("Purchase orders"),
    "proposal": N_("Proposals"),
    "supplier": N_("Suppliers"),
    "return": N_("Returns"),
    "manual_entry": N_("Manual entries"),
    "books": N_("Books"),
    "bank_statement": N_("Bank statements"),
    "bank_line": N_("Bank lines"),
    "task": N_("Tasks"),
    "job": N_("Jobs"),
    "business": N_("The business"),
    "channel": N_("Channels"),
    "location": N_("Locations"),
    "tax_rate": N_("Tax rates"),
    "carrier": N_("Carriers"),
    "delivery_method": N_("Methods of delivery"),
    "closed_day": N_("Days closed"),
    "till": N_("Tills"),
    "drawer_session": N_("Drawers"),
    "person": N_("People"),
    "role": N_("Roles"),
    "session": N_("Sessions"),
    "api_key": N_("API keys"),
    "webhook_endpoint": N_("Webhooks"),
    "view": N_("Views"),
    "proof": N_("Proofs"),
}


def addresses() -> list[WebAddress]:
    return [
        page("/settings/jobs", jobs, right="tasks:read", template="settings/jobs.html"),
        form("/settings/jobs/{job}/retry", RetryJob, right="tasks:write", done=N_("It is tried again now.")),
        page("/settings/audit", trail, right="events:read", template="settings/audit.html"),
        page("/settings/health", well, right="business:read", template="settings/health.html"),
        form("/settings/health/prove", AskProof, right="business:manage", done=N_("Everything is looked at.")),
    ]


def jobs(visit: Visit) -> Mapping[str, Any]:
    status = visit.ask("status", allowed=STATUSES)
    found = all_jobs.listed(visit.connection, status=status, limit=PER_PAGE, cursor=visit.cursor("job"))
    return {
        "jobs": found["data"], "next_cursor": found["next_cursor"], "status": status, "statuses": STATUSES,
        "counts": health.jobs_by_status(visit.connection),
    }  # fmt: skip


def trail(visit: Visit) -> Mapping[str, Any]:
    text = visit.ask("about") or ""
    number = audit.wanted_thing(text)
    wanted = audit.Wanted(
        who=visit.ask("who"),
        type=visit.ask("type"),
        subject_id=number,
        request_id=text if number is None and text.startswith("req_") else None,
        from_at=_start_of(visit.ask("from"), visit),
        to_at=_start_of(visit.ask("to"), visit, days=1),
    )
    nothing = bool(text) and wanted.subject_id is None and wanted.request_id is None
    found = (
        {"data": [], "next_cursor": None, "looked_at_all": True}
        if nothing
        else audit.events(visit.connection, wanted, limit=PER_PAGE, cursor=visit.cursor("event"))
    )
    return {
        "events": found["data"], "next_cursor": found["next_cursor"], "looked_at_all": found["looked_at_all"],
        "no_id": nothing, "kinds": KINDS,
        "filters": {name: value for name, value in visit.query.items() if name != "cursor"},
        "people": [(show("person", each.id), each.name) for each in audit.people(visit.connection, MAX_PEOPLE)],
    }  # fmt: skip


def well(visit: Visit) -> Mapping[str, Any]:
    return health.state(visit.connection, visit.now, visit.database.kind)


def _start_of(text: str | None, visit: Visit, *, days: int = 0) -> int | None:
    """Midnight of a day where the business is; None for what is no day."""
    if text is None or not is_day(text) or visit.house is None:
        return None
    day = datetime.fromisoformat(text) + timedelta(days=days)
    return instant(day.replace(tzinfo=ZoneInfo(visit.house.time_zone)))
