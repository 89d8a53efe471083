"""Named points at which a test may make something fail. In production nothing is armed: one check of an empty dict."""

from collections.abc import Callable


class Injected(Exception):
    """A fault that a test asked for."""


armed: dict[str, Callable[[], None]] = {}


def point(name: str) -> None:
    if armed and name in armed:
        armed[name]()
