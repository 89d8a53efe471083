"""The business, its channels and its locations over HTTP."""

from collections.abc import Mapping
from typing import Any

from ..business.model import ONLY, Business
from ..business.store import BUSINESS
from ..channels.store import CHANNELS
from ..flows.keep_catalog import AddChannel, AddLocation
from ..flows.keep_house import ChangeBusiness, ChangeChannel, ChangeLocation, shown_business
from ..inventory.store import LOCATIONS
from ..kit.errors import NotFound
from .answers.business import BusinessAnswer, ChannelAnswer, LocationAnswer
from .lists import lists, one
from .operations import Look, Operation, read, verb

READ, WRITE = "business:read", "business:manage"


def operations() -> list[Operation]:
    return [
        read(
            "/business", _business, name="get_business", right=READ, result=BusinessAnswer,
            summary="Who we are, and by which rules.",
        ),
        verb(
            "POST", "/channels", AddChannel, right=WRITE, result=ChannelAnswer, status=201,
            example={"code": "web", "name": "Web shop", "kind": "web"},
        ),
        lists(
            "/channels", CHANNELS, kind="channel", right=READ, result=ChannelAnswer, filters=("code", "kind", "status"),
        ),
        verb(
            "POST", "/business/change", ChangeBusiness, right=WRITE, result=BusinessAnswer,
            example={"unpaid_expires_hours": 48},
        ),
        verb(
            "POST", "/channels/{channel}/change", ChangeChannel, right=WRITE, result=ChannelAnswer,
            example={"status": "closed"},
        ),
        verb(
            "POST", "/locations/{location}/change", ChangeLocation, right=WRITE, result=LocationAnswer,
            example={"name": "Main street"},
        ),
        one("/channels/{channel}", CHANNELS, kind="channel", right=READ, result=ChannelAnswer),
        verb(
            "POST", "/locations", AddLocation, right=WRITE, result=LocationAnswer, status=201,
            example={"code": "main", "name": "Store"},
        ),
        lists(
            "/locations", LOCATIONS, kind="location", right=READ, result=LocationAnswer, filters=("code", "status"),
            where={"kind": "stock"},
        ),
        one(
            "/locations/{location}", LOCATIONS, kind="location", right=READ, result=LocationAnswer,
            where={"kind": "stock"},
        ),
    ]  # fmt: skip


def _business(look: Look) -> Mapping[str, Any]:
    row = look.connection.execute(BUSINESS.sa.select().where(BUSINESS.c.id == ONLY)).first()
    if row is None:
        raise NotFound("There is no business in this database yet; run `orderwell init`.")
    return shown_business(Business._make(row))
