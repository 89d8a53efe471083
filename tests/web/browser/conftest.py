"""The running system in a real browser: Debian's Chromium, driven by Playwright, on the demonstration business.

    def test_something(opened: Opened) -> None:
        page = opened("/orders", role="warehouse", width=390, theme="dark", language="nl")
        page.press("Control+k")
        assert page.counted.keys == 1

Every page that a test opens is watched for free: an error in the console, a request to another house, or a text that
is still English on a Dutch page fails the test. `axe(page)` finds what keeps people out.
"""

import asyncio
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, sync_playwright

from orderwell.access.rules import hash_of_token, new_token
from orderwell.app import App, open_app
from orderwell.cli.demonstrating import prepare_demo
from orderwell.cli.ways_in import DEMO_PEOPLE, demo_owner
from orderwell.demo.portal import open_portal
from orderwell.flows.sign_in import MakeLink, SetPreference, StartSession
from orderwell.web.asgi import create_site
from orderwell.web.language import translations
from orderwell.worker import Worker

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = (Path(__file__).parents[1] / "vendored" / "axe.min.js").read_text()
HERE = Path(__file__).parent
LOCALES = {"en": "en-GB", "nl": "nl-NL"}
WAIT_MS = 10_000  # so long nothing may hang


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them take their time: `make check` leaves them out, `make test` runs them."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)


# -- the system


class House(NamedTuple):
    """A server that runs, and the application behind it."""

    url: str
    app: App

    def session(self, role: str) -> str:
        """The cookie of the demonstration's person with this role."""
        person = next(email for _, email, each in DEMO_PEOPLE if each == role)
        token, link = new_token(), new_token()
        self.app.writer.ask(MakeLink("sign_in", hash_of_token(link), person))
        self.app.writer.ask(StartSession(person, hash_of_token(token), link_hash=hash_of_token(link)))
        return token

    def prefer(self, role: str, name: str, value: str) -> None:
        person = next(email for _, email, each in DEMO_PEOPLE if each == role)
        self.app.writer.ask(SetPreference(person, name, value))


@contextmanager
def serving(url: str) -> Iterator[House]:
    """Everything that `orderwell serve` runs, in this process: the writer, the worker, the HTTP server."""
    from granian.server.embed import Server

    app = open_app(url)
    app.writer.start()
    worker = Worker(app)
    worker.start()
    site = create_site(app)
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server: Any = Server(site, port=port, interface="asgi", log_enabled=False, websockets=False, http="1")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(server.serve()), daemon=True)
    thread.start()
    demo_owner(app)
    open_portal(app)
    try:
        yield House(f"http://localhost:{port}", app)
    finally:
        loop.call_soon_threadsafe(site.face.stop)
        loop.call_soon_threadsafe(server.stop)
        thread.join(15)
        worker.stop()
        app.close()
        assert not thread.is_alive(), "the server does not stop"
        loop.close()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration business, made once; each module of tests works on a copy."""
    path = tmp_path_factory.mktemp("demonstration") / "demo.db"
    prepare_demo(f"sqlite:///{path}", None, small=True)
    return path


@pytest.fixture(scope="module")
def house(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    path = tmp_path_factory.mktemp("house") / "demo.db"
    shutil.copyfile(demonstration, path)
    with serving(f"sqlite:///{path}") as house:
        yield house


# -- the browser


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's own; where there is none this fails, loudly."""
    path = shutil.which("chromium")
    assert path is not None, "Chromium is missing. On Debian: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Counted:
    """What somebody did so far: keys other than free text and scans, clicks or taps, scans."""

    def __init__(self) -> None:
        self.keys = self.clicks = self.scans = 0

    def within(self, *, keys: int = 0, clicks: int = 0, scans: int = 0) -> None:
        """The budget of a flow (UX.md D2)."""
        done = (self.keys, self.clicks, self.scans)
        assert all(a <= b for a, b in zip(done, (keys, clicks, scans), strict=True)), f"took {done} keys, clicks, scans"


class Watched:
    """A page that counts what is done on it and remembers what went wrong. `page` is Playwright's own."""

    def __init__(self, page: Page, house: House, language: str) -> None:
        self.page, self.house, self.language = page, house, language
        self.counted = Counted()
        self.wrong: list[str] = []
        self.refusals = 0  # expected: answers of 4xx, which the browser reports as errors
        page.set_default_timeout(WAIT_MS)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrong.append(f"script failed: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if message.text.startswith("Failed to load resource") and re.search(r"status of 4\d\d", message.text):
            self.refusals += 1
        else:
            self.wrong.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != self.house.url:
            self.wrong.append(f"asked another house: {request.url}")

    # what people do, counted

    def press(self, key: str) -> None:
        self.counted.keys += 1
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Free text; it is not counted."""
        self.page.keyboard.type(text)

    def click(self, what: str | Locator) -> None:
        self.counted.clicks += 1
        (self.page.locator(what) if isinstance(what, str) else what).click()

    def scan(self, code: str) -> None:
        """As a keyboard-wedge scanner does it: the code and Enter, fast."""
        self.counted.scans += 1
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")

    # what there is

    def go(self, path: str) -> None:
        self.page.goto(self.house.url + path)

    def see(self, text: str) -> Locator:
        """Wait for a text to be seen."""
        found = self.page.get_by_text(text).first
        found.wait_for(state="visible")
        return found

    def listening(self) -> None:
        """Wait until the event stream is there."""
        deadline = time.monotonic() + 30
        while not self.page.evaluate("document.querySelector('#live')?._htmx?.sse?.status === 200"):
            assert time.monotonic() < deadline, "there is no stream"
            self.page.wait_for_timeout(
                20
            )  # asked from here: a script that polls in the page would be no script of ours

    def english_left(self) -> list[str]:
        """Texts on a page in another language that are still as the source says them."""
        if self.language == "en":
            return []
        said = self.page.evaluate(
            "() => { const found = []; const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);"
            " while (walk.nextNode()) if (!walk.currentNode.parentElement.closest('code, [translate=no]'))"
            " found.push(walk.currentNode.textContent.trim()); return found; }"
        )
        texts = translations(self.language)._texts
        with self.house.app.database.reading() as connection:
            given = {row[0] for row in connection.exec_driver_sql("SELECT name FROM channels")}  # as the business says
        left = {text for text in said if text in texts and texts[text] != text and text not in texts.values()}
        return sorted(left - given)

    def check(self) -> None:
        if not self.page.is_closed():
            left = self.english_left()
            if left:
                self.wrong.append(f"still English: {left}")
        assert not self.wrong, self.wrong


Opened = Callable[..., Watched]


@pytest.fixture
def opened(chromium: Browser, house: House) -> Iterator[Opened]:
    """`opened(path, role=…, width=…, height=…, theme=…, language=…, scripts=…)`: a page in a browser of its own."""
    contexts: list[BrowserContext] = []
    pages: list[Watched] = []

    def open_(
        path: str = "/", *, role: str | None = "owner", width: int = 1366, height: int = 768, theme: str = "light",
        language: str = "en", scripts: bool = True,
    ) -> Watched:  # fmt: skip
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale=LOCALES[language], java_script_enabled=scripts,
            color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce",
        )  # fmt: skip
        contexts.append(context)
        if role is not None:
            context.add_cookies([{"name": "orderwell", "value": house.session(role), "url": house.url}])
        watched = Watched(context.new_page(), house, language)
        pages.append(watched)
        watched.go(path)
        return watched

    yield open_
    for watched in pages:
        watched.check()
    for context in contexts:
        context.close()


def axe(watched: Watched) -> list[str]:
    """What axe-core finds wrong with a page, a line each; nothing is the only good answer."""
    watched.page.evaluate(f"{AXE}; null")  # its value would be handed over: all that axe knows
    found = watched.page.evaluate(
        "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [
        f"{each['id']}: {each['help']}: {node['html'][:120]} {node['failureSummary'][:300]}"
        for each in found["violations"]
        for node in each["nodes"][:3]
    ]
