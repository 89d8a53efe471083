"""Versions of the API, by date: the header names one, else it is the one that the key was made under."""

from starlette.requests import Request

from ..access.model import API_VERSIONS
from ..kit.sentences import Sentence
from .errors import UnknownVersion
from .headers import header
from .keys import Caller

HEADER = "Orderwell-Version"
HEADER_NAME = HEADER.lower().encode()
NEWEST = API_VERSIONS[-1]


def version_of(request: Request, caller: Caller | None) -> str:
    """Raises UnknownVersion."""
    asked = header(request, HEADER_NAME)
    version = asked if asked is not None else caller.api_version if caller is not None else NEWEST
    if version not in API_VERSIONS:
        known = ", ".join(API_VERSIONS)
        raise UnknownVersion(
            Sentence("There is no version {version!r} of this API, only: {known}.", version=version[:40], known=known),
            known=known,
        )
    return version
