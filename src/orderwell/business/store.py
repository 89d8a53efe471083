"""The business's one row."""

from ..kit.tables import Table
from .model import Business

BUSINESS = Table(
    "business",
    Business,
    key="id",
    lock="write",
    checks=["id = 1", "basis IN ('net', 'gross')", "invoice_on IN ('shipment', 'order')"],
)
