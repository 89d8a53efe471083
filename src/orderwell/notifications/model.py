"""Endpoints that hear of events, their secrets, how far each has got, and what was asked to be sent again."""

from typing import NamedTuple


class Endpoint(NamedTuple):
    """An address of somebody else's that events are sent to."""

    id: int
    version: int
    url: str
    description: str
    types: str  # 'order.placed order.* …', words apart by a blank; '' for all
    status: str  # 'active', 'disabled' or 'removed'
    reason: str  # why it is disabled: 'gone', 'failing', or what a person wrote
    added_by: int  # event of its adding: it hears what comes after that
    created_at: int


class EndpointSecret(NamedTuple):
    """Shown once, when it was made. Kept apart, so that it is in no list, page or report by accident."""

    endpoint_id: int
    secret: str


class Progress(NamedTuple):
    """Delivery state, not history: how far the feed was handed to an endpoint, and since when nothing gets through."""

    endpoint_id: int
    position: int
    failing_since: int | None


class Replay(NamedTuple):
    """Somebody asked for a stretch of the feed once more; gone when it has been handed over."""

    id: int
    endpoint_id: int
    first: int
    last: int
