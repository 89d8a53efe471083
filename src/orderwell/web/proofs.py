"""What a form carries to show that it came from a page of ours, once, and what the next page is to tell.

Each rendered form has a key (so that a double click does it once) and a proof that only whoever holds the session's
cookie can make for that key. Another site can neither read the page nor make the proof, and what a browser says about
where a request comes from is checked as well.
"""

import base64
import hmac
import json
import secrets
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from ..access.rules import new_token
from ..api.headers import header
from .areas import area_at
from .refusals import Forged
from .sessions import cookie, drop_cookie, put_cookie

KEY_BYTES = 16


class Pair(NamedTuple):
    key: str
    proof: str


class Proofs:
    """The proofs of one browser: of its session, or before there is one of a cookie that only carries forms."""

    def __init__(self, request: Request, *, secure: bool) -> None:
        self._secure = secure
        self._area = area_at(request.url.path)
        self._session = cookie(request, self._area.session)
        self._before = cookie(request, self._area.before)
        self._made: str | None = None
        self._told_text = cookie(request, self._area.told)
        self._told_read = False

    @property
    def _secret(self) -> str:
        found = self._session or self._before or self._made
        if found is None:
            found = self._made = new_token()
        return found

    def fresh(self) -> Pair:
        key = secrets.token_hex(KEY_BYTES)
        return Pair(key, self._proof(key))

    def _proof(self, key: str) -> str:
        return hmac.new(self._secret.encode(), b"form " + key.encode(), sha256).hexdigest()

    def check(self, request: Request, fields: Mapping[str, str]) -> str:
        """The form's key. Raises Forged in one sentence for all reasons."""
        site = header(request, b"sec-fetch-site")
        if site is not None and site not in ("same-origin", "none"):
            raise Forged("The browser says that another site sent it.")
        origin, host = header(request, b"origin"), header(request, b"host")
        if origin is not None and (origin == "null" or urlsplit(origin).netloc != host):
            raise Forged("The browser says that another site sent it.")
        key, proof = fields.get("_key", ""), fields.get("_proof", "")
        known = self._session or self._before
        if known is None or not key or not hmac.compare_digest(proof.encode(), self._proof(key).encode()):
            raise Forged("It was made before you signed in, or by somebody else.")
        return key

    # -- what the next page tells

    @property
    def told(self) -> Mapping[str, Any] | None:
        """What was just done, once: a text to translate, and perhaps the act that takes it back."""
        if self._told_text is None:
            return None
        self._told_read = True
        return self._opened(self._told_text)

    def _opened(self, text: str) -> Mapping[str, Any] | None:
        body, _, proof = text.partition(".")
        if not hmac.compare_digest(proof.encode(), self._proof(body).encode()):
            return None
        found = json.loads(base64.urlsafe_b64decode(body.encode()))
        return found if isinstance(found, dict) else None

    def tell_now(self, what: Mapping[str, Any]) -> None:
        """On the page that is made now."""
        self._told_text = self._closed(what)

    def tell_next(self, response: Response, what: Mapping[str, Any]) -> None:
        put_cookie(response, self._area.told, self._closed(what), secure=self._secure, seconds=60)

    def _closed(self, what: Mapping[str, Any]) -> str:
        body = base64.urlsafe_b64encode(json.dumps(what).encode()).decode()
        return f"{body}.{self._proof(body)}"

    def dress(self, response: Response) -> None:
        """Set what the forms of this page rest on, and take away what has been told."""
        if self._made is not None:
            put_cookie(response, self._area.before, self._made, secure=self._secure, seconds=3_600)
        if self._told_read:
            drop_cookie(response, self._area.told, secure=self._secure)
