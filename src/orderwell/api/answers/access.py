"""People, roles, rights and API keys."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict


class PersonAnswer(TypedDict):
    object: Literal["person"]
    id: str
    version: int
    name: str
    email: str
    status: str
    roles: list[str]
    created_at: str


class RoleAnswer(TypedDict):
    object: Literal["role"]
    id: str
    version: int
    code: str
    name: str
    rights: list[str]
    created_at: str


class KeyAnswer(TypedDict):
    """`last_used_at` is right to a minute."""

    object: Literal["api_key"]
    id: str
    version: int
    name: str
    person: str | None
    role: str | None
    scopes: list[str]
    mode: str
    api_version: str
    hint: str
    created_at: str
    created_by: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: NotRequired[str | None]


class NewKeyAnswer(KeyAnswer):
    """`secret` is there once: in the answer that made the key, and in no repetition of it."""

    secret: NotRequired[str]


class SessionAnswer(TypedDict):
    """Somebody's browser, signed in; `ended_at` is null while it is."""

    object: Literal["session"]
    id: str
    version: int
    person: str
    area: str
    agent: str
    made_at: str
    ends_at: str
    ended_at: str | None


class RightAnswer(TypedDict):
    right: str
    allows: str


class BuiltInRole(TypedDict):
    code: str
    rights: list[str]


class RightsAnswer(TypedDict):
    object: Literal["rights"]
    data: list[RightAnswer]
    built_in_roles: list[BuiltInRole]


class PinAnswer(TypedDict):
    """Whether a person can unlock a till. Of the PIN itself nothing is told."""

    object: Literal["pin"]
    person: str
    status: str


class PinCheckAnswer(TypedDict):
    object: Literal["pin_check"]
    person: str
    outcome: str
