"""Finding the channel a request speaks for."""

from ..kit.errors import Conflict, Invalid
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from .model import Channel
from .store import CHANNEL_BY_CODE


class ChannelClosed(Conflict):
    code = "channel_closed"
    title = "This channel takes no orders"


def open_channel(tx: Tx, code: str) -> Channel:
    channel = tx.one(CHANNEL_BY_CODE, code)
    if channel is None:
        raise Invalid.at("/channel", Sentence("There is no channel {name!r}.", name=code), "unknown_channel")
    if channel.status != "open":
        raise ChannelClosed(Sentence("Channel {code!r} is closed.", code=code))
    return channel
