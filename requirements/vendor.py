"""Makes the files of others that the pages use, out of npm packages. By hand, when one of them is to be renewed:

    mkdir packed && (cd packed && npm pack htmx.org@4.0.1 @tabler/core@1.6.1 @tabler/icons@3.51.0 axe-core@4.14.1)
    .venv/bin/python requirements/vendor.py packed

Nothing of it runs when Orderwell is built, tested or served. VENDORED.md, which it writes, holds every file's hash, and
`tests/web/test_vendored.py` compares them.
"""

from __future__ import annotations

import re
import sys
import tarfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "src" / "orderwell" / "web" / "static"
TESTS = ROOT / "tests" / "web" / "vendored"

# Parts of Tabler that no page here is made of: their classes begin with one of these words.
UNUSED = (
    "navbar", "offcanvas", "carousel", "ribbon", "markdown", "otp", "popover", "signal", "calendar", "sparkline",
    "sortable", "chart", "layout", "mention", "chat", "signature", "tracking", "strength", "progressbg", "social",
    "theme", "object", "column", "columns", "order", "offset", "float", "ratio", "io-", "steps", "legend", "tag",
    "accordion", "link-", "switch-icon", "tooltip", "bs-", "img-", "hr-text", "space-", "drop", "placeholder",
    "list-timeline", "datepicker", "litepicker", "ts-", "tom-select", "flatpickr", "noUi", "plyr", "jvm", "dropzone",
    "fslightbox", "apexcharts", "jqstooltip", "star", "clr-", "tox", "footer", "demo", "callout", "form-imagecheck",
    "form-colorinput", "avatar-", "btn-facebook", "btn-twitter", "btn-google", "btn-youtube", "btn-vimeo",
    "btn-dribbble", "btn-github", "btn-instagram", "btn-pinterest", "btn-vk", "btn-rss", "btn-flickr", "btn-bitbucket",
    "btn-tabler", "btn-x", "bg-facebook", "bg-twitter", "bg-google", "text-facebook", "text-twitter", "text-google",
    "btn-loading", "btn-floating", "nav-segmented", "card-sponsor", "card-rotate", "card-stacked", "card-img",
    "table-responsive-", "modal-fullscreen", "list-group-horizontal", "container-", "page-cover", "page-tab",
)  # fmt: skip
SIZES = re.compile(r"\.[\w-]+-(sm|xl|xxl|print)-[\w-]+")  # variants of utilities for widths nothing here is tuned for

ICONS = """
activity adjustments alert-circle alert-triangle archive arrow-back-up arrow-down arrow-forward-up arrow-left
arrow-narrow-right arrow-right arrow-up arrows-exchange arrows-sort ban barcode basket bell bolt book bookmark
box briefcase building building-bank building-factory-2 building-store building-warehouse bulb calculator
calendar calendar-due camera camera-off cash cash-banknote cash-register certificate chart-bar chart-line check checkbox
checklist chevron-down chevron-left chevron-right chevron-up chevrons-right circle circle-check circle-x clipboard
clipboard-check clipboard-list clock clock-exclamation cloud-off coin coins columns-3 command copy corner-down-left
credit-card credit-card-refund database device-desktop device-floppy device-mobile device-tablet discount dots
dots-vertical download edit exclamation-circle external-link eye eye-off file-export file-invoice file-text filter
fingerprint flag forklift gift hand-stop heart-handshake help history home hourglass id inbox info-circle invoice key
keyboard language layout-columns layout-grid layout-list book-2 lifebuoy link list list-check list-details loader lock
lock-open login logout mail map-pin maximize menu-2 message message-circle minus moon note notes numbers package
package-export package-import package-off packages paperclip password-fingerprint pencil percentage phone photo pin
player-pause player-play player-stop plug plus point printer progress-check puzzle qrcode question-mark receipt
receipt-2 receipt-refund receipt-tax refresh reload report report-analytics report-money rocket rotate route scale scan
search send server settings shield shield-check shield-lock shopping-bag shopping-cart shopping-cart-plus sort-ascending
sort-descending square-check star sun sun-moon switch-horizontal table table-export tag tags target tool transfer
transfer-in transfer-out trash trending-down trending-up truck truck-delivery truck-loading truck-off truck-return
user user-check user-circle user-cog user-off user-plus users users-group versions wallet webhook wifi-off world x
zoom-question
""".split()

FILES = {  # where it goes: package, the file in it
    STATIC / "htmx.min.js": ("htmx.org", "dist/htmx.min.js"),
    STATIC / "hx-sse.min.js": ("htmx.org", "dist/ext/hx-sse.min.js"),
    STATIC / "tabler.css": ("@tabler/core", "dist/css/tabler.min.css"),
    STATIC / "icons.svg": ("@tabler/icons", "icons/outline"),
    TESTS / "axe.min.js": ("axe-core", "axe.min.js"),
}
LICENCES = {"htmx.org": "0BSD", "@tabler/core": "MIT", "@tabler/icons": "MIT", "axe-core": "MPL-2.0"}
TABLER = """Copyright 2018-2026 The Tabler Authors, codecalm.net Paweł Kuna

Its package holds no text of its own; the MIT licence says what the one above for @tabler/icons says.
"""
HEADER = """# Files of others

Made by `requirements/vendor.py` out of npm packages; `tests/web/test_vendored.py` holds them to these hashes (SHA-256).
`tabler.css` is Tabler without the parts that no page uses; `icons.svg` holds the outline icons that are named there.

| File | Package | Version | Licence | Hash of the file |
| --- | --- | --- | --- | --- |
"""


def main(folder: Path) -> None:
    rows: dict[Path, list[str]] = {STATIC: [], TESTS: []}
    texts: dict[Path, dict[str, str]] = {STATIC: {}, TESTS: {}}
    for target, (package, inside) in FILES.items():
        archive = next(folder.glob(f"{package.removeprefix('@').replace('/', '-')}-[0-9]*.tgz"))
        version = re.sub(r".*?-(\d[\w.]*)\.tgz", r"\1", archive.name)
        content = make(target.name, archive, inside)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        digest = sha256(content).hexdigest()
        rows[target.parent].append(f"| {target.name} | {package} | {version} | {LICENCES[package]} | `{digest}` |")
        licence = read(archive, "LICENSE").decode() if package != "@tabler/core" else TABLER
        texts[target.parent][package] = f"{package} {version}, {LICENCES[package]}\n\n{licence}"
    for place, listed in rows.items():
        (place / "VENDORED.md").write_text(HEADER + "\n".join(listed) + "\n")
        (place / "LICENCES.txt").write_text("\n\n".join(texts[place].values()))


def make(name: str, archive: Path, inside: str) -> bytes:
    if name == "icons.svg":
        return sprite(archive, inside).encode()
    content = read(archive, inside)
    return trimmed(content.decode()).encode() if name == "tabler.css" else content


def read(archive: Path, inside: str) -> bytes:
    with tarfile.open(archive) as packed:
        found = packed.extractfile(f"package/{inside}")
        assert found is not None, f"{archive} has no {inside}"
        return found.read()


def sprite(archive: Path, folder: str) -> str:
    """One file with every icon as a symbol; drawn as Tabler draws them: lines in the colour of the text."""
    symbols = []
    with tarfile.open(archive) as packed:
        there = set(packed.getnames())
        for name in sorted(set(ICONS)):
            path = f"package/{folder}/{name}.svg"
            if path not in there:
                print(f"no icon {name}", file=sys.stderr)
                continue
            found = packed.extractfile(path)
            assert found is not None
            inner = re.sub(r".*?<svg[^>]*>|</svg>.*", "", found.read().decode(), flags=re.DOTALL)
            inner = re.sub(r'<path stroke="none"[^>]*>', "", inner)
            symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(inner.split())}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def trimmed(css: str) -> str:
    return "".join(kept(css)).replace("/*# sourceMappingURL=tabler.min.css.map */", "")


def kept(css: str) -> Iterator[str]:
    for block in blocks(css):
        head, brace, body = block.partition("{")
        if head.startswith("@media print") or not brace:
            yield block
        elif head.startswith(("@media", "@supports")):
            inner = "".join(kept(body[:-1]))
            if inner:
                yield f"{head}{{{inner}}}"
        elif head.startswith("@"):
            yield block
        else:
            selectors = [each for each in split_selectors(head) if not unused(each)]
            if selectors:
                yield f"{','.join(selectors)}{{{body}"


def unused(selector: str) -> bool:
    if SIZES.search(selector) or "data-vc" in selector or "[dir=rtl]" in selector:
        return True
    return any(name.startswith(UNUSED) for name in re.findall(r"\.([a-zA-Z][\w-]*)", selector))


def split_selectors(head: str) -> list[str]:
    """At commas, but not inside brackets."""
    parts, depth, start = [], 0, 0
    for n, letter in enumerate(head):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            parts.append(head[start:n])
            start = n + 1
    return [*parts, head[start:]]


def blocks(css: str) -> Iterator[str]:
    """The rules of a style sheet, each with all that is inside it."""
    depth = start = n = 0
    while n < len(css):
        letter = css[n]
        if letter in "\"'":
            n = css.index(letter, n + 1)
        elif letter == "{":
            depth += 1
        elif letter == "}" or (letter == ";" and depth == 0):
            depth -= letter == "}"
            if depth == 0:
                yield css[start : n + 1]
                start = n + 1
        n += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]))
