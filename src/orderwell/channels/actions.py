"""Finding the channel a request speaks for."""

from ..kit.errors import Conflict, Invalid
from ..kit.picture import Tx
from .model import Channel
from .store import CHANNEL_BY_CODE


class ChannelClosed(Conflict):
    code = "channel_closed"
    title = "This channel takes no orders"


def open_channel(tx: Tx, code: str) -> Channel:
    channel = tx.one(CHANNEL_BY_CODE, code)
    if channel is None:
        raise Invalid.at("/channel", f"There is no channel {code!r}.", "unknown_channel")
    if channel.status != "open":
        raise ChannelClosed(f"Channel {code!r} is closed.")
    return channel
