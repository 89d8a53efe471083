"""The business, its channels and its locations over HTTP."""

from collections.abc import Mapping
from typing import Any

from ..business.model import ONLY, Business, Letterhead
from ..business.store import BUSINESS, LETTERHEADS
from ..channels.store import CHANNELS
from ..flows.keep_catalog import AddChannel, AddLocation
from ..flows.keep_house import ChangeBusiness, ChangeChannel, ChangeLocation, shown_business
from ..flows.keep_letterhead import KeepLetterhead
from ..inventory.store import LOCATIONS
from ..kit.errors import NotFound
from .answers.business import BusinessAnswer, ChannelAnswer, LetterheadAnswer, LocationAnswer
from .lists import lists, one
from .operations import Look, Operation, read, verb

READ, WRITE = "business:read", "business:manage"
HIDDEN = ("id", "event_id")


def operations() -> list[Operation]:
    return [
        read(
            "/business", _business, name="get_business", right=READ, result=BusinessAnswer,
            summary="Who we are, and by which rules.",
        ),
        read(
            "/business/letterhead", _letterhead, name="get_letterhead", right=READ, result=LetterheadAnswer,
            summary="Who we are on invoices and credit notes issued from now on.",
        ),
        verb(
            "POST", "/business/letterhead", KeepLetterhead, right=WRITE, result=LetterheadAnswer,
            example={"name": "Example B.V.", "street": "Havenstraat 1", "postcode": "3011 TA", "city": "Rotterdam"},
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


def _letterhead(look: Look) -> Mapping[str, Any]:
    """Empty texts while nobody has written it down."""
    row = look.connection.execute(LETTERHEADS.sa.select().order_by(LETTERHEADS.c.id.desc()).limit(1)).first()
    members = {name: "" if row is None else getattr(row, name) for name in Letterhead._fields if name not in HIDDEN}
    return {"object": "letterhead", **members}
