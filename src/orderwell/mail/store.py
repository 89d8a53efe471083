"""Messages: delivery state with its text, not history."""

from ..kit.tables import Table
from .model import Message

MESSAGES = Table(
    "messages", Message, key="id", lock="write", indexes=[("status", "id")],
    checks=["status IN ('waiting', 'sent', 'shown')"],
)  # fmt: skip
MESSAGES_FOR = MESSAGES.group("account_id")
