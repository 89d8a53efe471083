"""Sending one delivery: where the name leads is looked up and checked here, and that very address is called."""

import ipaddress
import socket
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import httpx2

from ..kit.jobs import GiveUp, Unreachable
from .rules import is_public

ANSWER_BYTES = 64 * 1024  # nobody needs to tell us more than that


class Told(NamedTuple):
    status: int
    headers: Mapping[str, str]


class NotPublic(GiveUp):
    """The name leads to an address inside: no delivery goes there, now or later."""


def send(http: Any, url: str, headers: Mapping[str, str], body: bytes, *, strict: bool) -> Told:
    """POST to the address the name leads to now; raises Unreachable when no answer comes, NotPublic unless outside."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    address = resolve(host, parts.port or (443 if parts.scheme == "https" else 80))
    if strict and not is_public(address):
        raise NotPublic(f"{host} leads to {address}, which is not on the internet")
    shown = f"[{address}]" if ipaddress.ip_address(address).version == 6 else address
    place = shown if parts.port is None else f"{shown}:{parts.port}"
    pinned = urlunsplit((parts.scheme, place, parts.path or "/", parts.query, ""))
    name = host if parts.port is None else f"{host}:{parts.port}"
    try:
        with http.stream(
            "POST", pinned, content=body, headers={**headers, "host": name}, extensions={"sni_hostname": host}
        ) as answer:
            read = 0
            for chunk in answer.iter_raw():
                read += len(chunk)
                if read > ANSWER_BYTES:
                    break
            return Told(answer.status_code, answer.headers)
    except httpx2.HTTPError as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error


def resolve(host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{host}: {error}") from error
    return str(found[0][4][0])
