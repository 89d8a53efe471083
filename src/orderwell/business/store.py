"""The business's one row, and who it has been on documents."""

from ..kit.tables import Table
from .model import Business, Letterhead

BUSINESS = Table(
    "business",
    Business,
    key="id",
    lock="write",
    checks=["id = 1", "basis IN ('net', 'gross')", "invoice_on IN ('shipment', 'order')"],
)

LETTERHEADS = Table("letterheads", Letterhead, key="id", append_only=True, indexes=[("event_id",)])
