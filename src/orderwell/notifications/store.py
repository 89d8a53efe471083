"""Tables of webhooks. Deliveries themselves are jobs, with their retries and their dead letters: see kit.jobs."""

from ..kit.tables import Table
from .model import Endpoint, EndpointSecret, Progress, Replay

ENDPOINTS = Table(
    "webhook_endpoints",
    Endpoint,
    key="id",
    lock="write",
    checks=["status IN ('active', 'disabled', 'removed')"],
)

# In plain text, since signing needs them: who can read this table can sign in our name.
ENDPOINT_SECRETS = Table(
    "webhook_secrets", EndpointSecret, key="endpoint_id", references={"endpoint_id": "webhook_endpoints.id"}
)

PROGRESS = Table("webhook_progress", Progress, key="endpoint_id", references={"endpoint_id": "webhook_endpoints.id"})

REPLAYS = Table("webhook_replays", Replay, key="id", checks=["first > 0 AND last >= first"])
