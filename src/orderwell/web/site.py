"""What all pages of one process share: sessions, templates, the event stream, and the list of what there is."""

from collections.abc import Mapping
from typing import Any

from ..api.face import Face
from .addresses import Entry, Finder, Form, Page, WebAddress
from .areas import BACK_OFFICE, Area
from .files import Files
from .live import Hub
from .passwords import Passwords
from .sessions import Sessions
from .showing import Shown


class Site:
    def __init__(self, face: Face) -> None:
        from .pages import entries, finders

        self.face = face
        self.files = Files()
        self.sessions = Sessions(face)
        self.passwords = Passwords(face)
        self.hub = Hub(face)
        self.shown = Shown(self.files)
        self.entries: list[Entry] = entries()
        self.finders: list[Finder] = finders()
        self.pages = [(each.pattern, each) for each in face.operations if isinstance(each, Page)]
        self.forms = [each for each in face.operations if isinstance(each, Form)]
        face.on_stop.append(self.hub.close)

    def page_at(self, path: str) -> tuple[Page, Mapping[str, str]] | None:
        """The page at an address of ours; fixed addresses come before those with parameters."""
        for pattern, page in sorted(self.pages, key=lambda each: each[1].path.count("{")):
            match = pattern.match(path)
            if match:
                return page, match.groupdict()
        return None


def site_of(face: Face) -> Site:
    """Made when it is first asked for, and kept with the face."""
    site = face.cache.get("site")
    if site is None:
        site = face.cache["site"] = Site(face)
    assert isinstance(site, Site)
    return site


def web_addresses(operations: Any, area: Area = BACK_OFFICE) -> list[WebAddress]:
    return [each for each in operations if isinstance(each, WebAddress) and each.area is area]
