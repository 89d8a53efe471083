"""How a message is told."""

from typing import Any

from ..values.calendar import instant_text
from ..values.ids import show


def shown(message: Any) -> dict[str, Any]:
    return {
        "object": "message",
        "id": show("message", message.id),
        "kind": message.kind,
        "account": show("portal_account", message.account_id),
        "recipient": message.recipient,
        "subject": message.subject,
        "body": message.body,
        "status": message.status,
        "created_at": instant_text(message.created_at),
        "sent_at": instant_text(message.sent_at),
    }
