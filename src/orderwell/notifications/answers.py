"""An endpoint as it is shown. Its secret is shown once, by the request that made it."""

from typing import Any

from ..values.calendar import instant_text
from ..values.ids import show


def shown(endpoint: Any) -> dict[str, Any]:
    return {
        "object": "webhook_endpoint",
        "id": show("webhook_endpoint", endpoint.id),
        "version": endpoint.version,
        "url": endpoint.url,
        "description": endpoint.description,
        "types": endpoint.types.split(),
        "status": endpoint.status,
        "reason": endpoint.reason,
        "created_at": instant_text(endpoint.created_at),
    }
