"""Which way a parcel may go. Pure."""

from .model import NEXT


def may_follow(status: str, word: str) -> bool:
    """Whether a carrier's word is news for a parcel, and possible. What our own people said of it stands."""
    return word != status and word in NEXT[status]
