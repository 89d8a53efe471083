"""One header of a request, without building a mapping of them all: every request asks for five."""

from starlette.requests import Request


def header(request: Request, name: bytes) -> str | None:
    """The first one of this name, which is in small letters."""
    for each, value in request.scope["headers"]:
        if each == name:
            text: str = value.decode("latin-1")
            return text
    return None
