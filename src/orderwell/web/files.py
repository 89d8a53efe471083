"""Style sheets, scripts and icons: compressed once at start, named by what they hold, kept by browsers for a year."""

import gzip
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from ..api.face import Face
from ..kit.errors import NotFound

FOLDER = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
}
KEPT = "public, max-age=31536000, immutable"


class File(NamedTuple):
    content: bytes
    compressed: bytes
    media_type: str


class Files:
    """`address("orderwell.css")` is `/static/orderwell.1a2b3c4d5e6f.css`."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._by_name: dict[str, File] = {}
        self._addresses: dict[str, str] = {}
        for path in sorted(folder.iterdir()):
            if path.suffix in TYPES:
                content = path.read_bytes()
                name = f"{path.stem}.{sha256(content).hexdigest()[:12]}{path.suffix}"
                self._by_name[name] = File(content, gzip.compress(content, 9, mtime=0), TYPES[path.suffix])
                self._addresses[path.name] = f"/static/{name}"

    def address(self, name: str) -> str:
        return self._addresses[name]

    def named(self, name: str) -> File | None:
        return self._by_name.get(name)


async def serve(face: Face, request: Request, caller: Any) -> Response:
    from .site import site_of

    file = site_of(face).files.named(request.path_params["file"])
    if file is None:
        raise NotFound("There is nothing at this address.")
    headers = {"cache-control": KEPT, "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.compressed, 200, {**headers, "content-encoding": "gzip"}, file.media_type)
    return Response(file.content, 200, headers, file.media_type)
