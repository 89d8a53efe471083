"""Channels, by id and by code."""

from ..kit.tables import Table
from .model import KINDS, Channel

CHANNELS = Table(
    "channels",
    Channel,
    key="id",
    lock="write",
    checks=[f"kind IN {KINDS}", "basis IN ('net', 'gross')", "status IN ('open', 'closed')"],
)
CHANNEL_BY_CODE = CHANNELS.group("code", unique=True)
