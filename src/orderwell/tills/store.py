"""Tables of tills. A till stands for its sessions: who sells at it and who closes its drawer take turns."""

from ..kit.tables import Table
from .model import KINDS, METHODS, CashMovement, DrawerMove, DrawerSession, Till

TILLS = Table(
    "tills",
    Till,
    key="id",
    lock="read",
    references={"location_id": "locations.id"},
    checks=["status IN ('open', 'closed')", "sessions >= 0"],
)
TILL_BY_CODE = TILLS.group("code", unique=True)

DRAWER_SESSIONS = Table(
    "drawer_sessions",
    DrawerSession,
    key="id",
    root=("tills", "till_id"),
    references={"till_id": "tills.id", "person_id": "people.id", "closed_person_id": "people.id"},
    unique=[("till_id", "number")],
    checks=[
        "float_minor >= 0",
        "(status = 'open' AND counted_minor IS NULL AND expected_minor IS NULL AND deposited_minor IS NULL"
        " AND closed_at IS NULL AND closed_on IS NULL)"
        " OR (status = 'closed' AND expected_minor IS NOT NULL AND closed_at IS NOT NULL AND closed_on IS NOT NULL"
        " AND counted_minor >= 0 AND deposited_minor BETWEEN 0 AND counted_minor)",
    ],
)
OPEN_SESSION_OF = DRAWER_SESSIONS.group(
    "till_id", unique=True, where="status = 'open'", keep=lambda session: session.status == "open"
)


def _signed() -> str:
    """As SQL: every kind moves money the way it says."""
    ways = {1: " AND amount_minor > 0", -1: " AND amount_minor < 0", 0: ""}
    return " OR ".join(f"(kind = '{kind}'{ways[sign]})" for kind, sign in KINDS.items())


DRAWER_MOVES = Table(
    "drawer_moves",
    DrawerMove,
    key="id",
    append_only=True,
    references={"session_id": "drawer_sessions.id"},
    indexes=[("session_id", "id"), ("event_id",)],
    checks=["amount_minor <> 0", f"method IN {METHODS}", _signed(), "method = 'cash' OR kind IN ('payment', 'refund')"],
)

CASH_MOVEMENTS = Table(
    "cash_movements",
    CashMovement,
    key="id",
    references={"session_id": "drawer_sessions.id"},
    indexes=[("session_id",)],
    checks=["kind IN ('paid_in', 'paid_out')", "amount_minor > 0"],
)
