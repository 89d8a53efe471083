"""Files of others are the ones that were looked at."""

import gzip
import re
from hashlib import sha256
from pathlib import Path

import pytest

from orderwell.web.files import FOLDER, TYPES

TESTS = Path(__file__).parent / "vendored"
OURS = {
    "orderwell.css", "portal.css", "orderwell.js", "early.js", "bank.js", "passkeys.js", "scan.js", "taking.js",
    "till.js", "mark.svg",
}  # fmt: skip


@pytest.mark.parametrize("folder", [FOLDER, TESTS], ids=["served", "for tests"])
def test_each_has_the_hash_that_is_written_down(folder: Path) -> None:
    text = (folder / "VENDORED.md").read_text()
    listed = dict(re.findall(r"^\| (\S+) \|.*`([0-9a-f]{64})` \|$", text, flags=re.MULTILINE))
    there = {path.name for path in folder.iterdir() if path.suffix in TYPES} - OURS
    assert set(listed) == there
    for name, digest in listed.items():
        assert sha256((folder / name).read_bytes()).hexdigest() == digest, name


def compressed(*endings: str) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in FOLDER.iterdir() if path.suffix in endings)


def test_what_a_page_loads_stays_small() -> None:
    assert compressed(".js") < 60_000
    assert compressed(".css") < 90_000


def test_nothing_refers_to_another_house() -> None:
    for path in FOLDER.iterdir():
        if path.suffix in (".css", ".js"):
            urls = re.findall(r"(?:url\(|@import )\s*['\"]?(?!data:|#)([^)'\"]+)", path.read_text())
            assert not [each for each in urls if path.suffix == ".css"], path.name
