"""A shop behind its pages, in process: for all that needs no browser."""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from starlette.testclient import TestClient

from orderwell.access.rules import hash_of_token, new_token
from orderwell.flows.keep_access import AddPerson
from orderwell.flows.sign_in import MakeLink, StartSession
from orderwell.settings import Settings
from orderwell.web.asgi import create_site
from tests.support.shop import Shop

HTMX = {"hx-request": "true", "hx-request-type": "partial"}


class Browser:
    """What a browser without JavaScript does: follows links, fills forms in, keeps cookies."""

    def __init__(self, site: Any, token: str | None = None, language: str = "en") -> None:
        headers = {"accept-language": language, "user-agent": "A browser of the tests"}
        self.http = TestClient(site, raise_server_exceptions=False, headers=headers, follow_redirects=False)
        if token is not None:
            self.http.cookies.set("orderwell", token)

    def get(self, path: str, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.get(path, headers=named)

    def forms(self, path: str) -> dict[str, dict[str, str]]:
        """Each form on a page: its action, and the fields it holds."""
        answered = self.get(path)
        assert answered.status_code == 200, (path, answered.status_code)
        return forms_in(answered.text)

    def send(self, action: str, fields: Mapping[str, str], **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post(action, data=dict(fields), headers={"sec-fetch-site": "same-origin", **named})

    def submit(self, path: str, action: str, **typed: str) -> Any:
        """Open a page, fill its form in, send it."""
        return self.send(
            action, {**self.forms(path)[action], **{name.replace("__", "."): typed[name] for name in typed}}
        )


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self._fields: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = dict(attrs)
        if tag == "form" and at.get("method") == "post":
            self._fields = self.found.setdefault(at["action"] or "", {})
        elif tag == "input" and self._fields is not None and at.get("name"):
            if at.get("type") not in ("checkbox", "radio") or "checked" in at:
                self._fields[at["name"] or ""] = at.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None


def forms_in(html: str) -> dict[str, dict[str, str]]:
    parser = _Forms()
    parser.feed(html)
    return parser.found


def text_of(html: str) -> str:
    """What can be read on a page, in one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


class WebShop(Shop):
    """A shop whose writer runs, with its pages. `people` have a role each and a password nobody knows."""

    def __init__(self, url: str, settings: Settings | None = None, **business: Any) -> None:
        super().__init__(url, **business)
        self.site = create_site(self.app, settings)
        self.app.writer.start()
        self.people: dict[str, str] = {}

    def person(self, role: str) -> str:
        if role not in self.people:
            added = self.do(AddPerson(role.capitalize(), f"{role}@example.com", [role]))
            self.people[role] = added["id"]
        return self.people[role]

    def session(self, role: str) -> str:
        """A signed-in person's cookie."""
        token, link = new_token(), new_token()
        self.do(MakeLink("sign_in", hash_of_token(link), self.person(role)))
        self.do(StartSession(self.person(role), hash_of_token(token), link_hash=hash_of_token(link)))
        return token

    def browser(self, role: str | None = "owner", language: str = "en") -> Browser:
        return Browser(self.site, self.session(role) if role is not None else None, language)


@pytest.fixture
def shop(database_url: str) -> Iterator[WebShop]:
    shop = WebShop(database_url)
    yield shop
    shop.close()
