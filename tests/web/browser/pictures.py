"""Pictures for docs/guide, taken by the tests when ORDERWELL_PICTURES=1: what the guide shows is what was tested.

    picture(page, "portal-order")       # docs/guide/pictures/portal-order.png, as the window shows it now

They are written with at most 256 colours, which makes them small enough to be kept with the text.
"""

import os
import struct
import zlib
from collections import Counter
from pathlib import Path

from .conftest import Watched

FOLDER = Path(__file__).parents[3] / "docs" / "guide" / "pictures"
MAX_BYTES = 60_000


def picture(watched: Watched, name: str) -> None:
    if os.environ.get("ORDERWELL_PICTURES") != "1":
        return
    FOLDER.mkdir(exist_ok=True)
    small = fewer_colours(watched.page.screenshot(animations="disabled", caret="hide"))
    assert len(small) <= MAX_BYTES, f"{name} has {len(small)} bytes; show less of the page"
    (FOLDER / f"{name}.png").write_bytes(small)


def fewer_colours(png: bytes) -> bytes:
    """The picture with a palette: each colour is the nearest of those that are there most often."""
    width, height, rows = _pixels(png)
    colours = set().union(*map(set, rows))
    for steps in (255, 51, 31, 17, 15, 5):  # of each of red, green and blue, so that black and white stay what they are
        rounded = {each: bytes(round(part * steps / 255) * 255 // steps for part in each) for each in colours}
        seen = Counter(rounded[pixel] for row in rows for pixel in row)
        if len(seen) <= 256:
            break
    palette = [colour for colour, _ in seen.most_common()]
    number = {colour: n for n, colour in enumerate(palette)}
    indexed = b"".join(b"\0" + bytes(number[rounded[pixel]] for pixel in row) for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(indexed, 9)), (b"IEND", b""))
    return png[:8] + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _pixels(png: bytes) -> tuple[int, int, list[list[bytes]]]:
    """Width, height, and each row's pixels as three bytes each, of a PNG as Chromium writes it."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert (depth, kind) in ((8, 2), (8, 6)), "eight bits, with or without transparency"
    size, at, data = 3 if kind == 2 else 4, 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    raw, stride, before, rows = zlib.decompress(data), width * size, bytes(width * size), []
    for n in range(height):
        start = n * (stride + 1)
        before = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), before, size)
        rows.append([before[x : x + 3] for x in range(0, stride, size)])
    return width, height, rows


def _unfiltered(way: int, row: bytearray, above: bytes, size: int) -> bytes:
    """One row, of which only the difference to its neighbours was written down (PNG, section 9)."""
    for x in range(len(row)):
        left, up = row[x - size] if x >= size else 0, above[x]
        corner = above[x - size] if x >= size else 0
        if way == 1:
            guess = left
        elif way == 2:
            guess = up
        elif way == 3:
            guess = (left + up) // 2
        elif way == 4:
            near = left + up - corner
            guess = min((left, up, corner), key=lambda each: abs(near - each))
        else:
            return bytes(row)
        row[x] = (row[x] + guess) & 255
    return bytes(row)
