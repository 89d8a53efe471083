"""The two areas that pages are in, told apart by address: the back-office, and the customers' portal.

Each has sessions, cookies and a frame of its own: whoever is signed in to one is nobody in the other.
"""

from typing import NamedTuple


class Area(NamedTuple):
    name: str
    home: str
    sign_in: str
    session: str  # names of cookies
    before: str
    told: str
    shell: str  # templates around a page: for who is signed in, and for who is not
    plain: str


BACK_OFFICE = Area(
    "back_office", "/", "/sign-in", "orderwell", "orderwell_before", "orderwell_told", "shell.html", "plain.html"
)
PORTAL = Area(
    "portal", "/portal", "/portal/sign-in", "orderwell_portal", "orderwell_portal_before", "orderwell_portal_told",
    "portal/shell.html", "portal/plain.html",
)  # fmt: skip


def area_at(path: str) -> Area:
    return PORTAL if path == PORTAL.home or path.startswith(f"{PORTAL.home}/") else BACK_OFFICE
