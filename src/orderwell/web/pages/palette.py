"""The palette: orders, customers, SKUs, pages and acts by what is typed, from every area that has something to find."""

from collections.abc import Mapping
from typing import Any

from ..addresses import PERSON, WebAddress, page
from ..visit import Visit

PER_KIND = 6


def addresses() -> list[WebAddress]:
    return [page("/palette", palette, right=PERSON, template="palette.html")]


def palette(visit: Visit) -> Mapping[str, Any]:
    """Pages are found by the template, which knows what they are called in the viewer's language."""
    from . import finders

    text = visit.ask("q") or ""
    groups = []
    for finder in finders():
        if text and visit.may(finder.right):
            groups.append({"title": finder.title, "found": finder.find(visit.connection, text[:100], PER_KIND)})
    found = [each for each in groups if each["found"]]
    return {"text": text, "groups": sorted(found, key=lambda each: not any(one.exact for one in each["found"]))}
