"""Who we are on invoices: what the law wants a document to say of who sends it."""

from dataclasses import dataclass
from typing import Any

from ..business import actions as business
from ..business.model import Letterhead
from ..business.store import LETTERHEADS
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.writer import flow
from ..values.fields import Name, Text


@dataclass(frozen=True, slots=True)
class KeepLetterhead:
    """What documents say of us from now on; those issued before keep what they were issued under.

    `name` is the registered one. The country is the business's own.
    """

    name: Name
    street: Name
    postcode: Name
    city: Name
    vat_number: Text = ""
    registration_number: Text = ""
    bank_account: Text = ""
    email: Text = ""
    phone: Text = ""


@flow(KeepLetterhead)
def keep_letterhead(tx: Tx, ask: KeepLetterhead) -> dict[str, Any]:
    house = business.current(tx)
    row = Letterhead(
        tx.new_id(), tx.cause, ask.name, ask.street, ask.postcode, ask.city, house.country, ask.vat_number,
        ask.registration_number, ask.bank_account, ask.email, ask.phone,
    )  # fmt: skip
    tx.add(LETTERHEADS, row)
    announce(tx, "business.letterhead_kept", "business", house.id, name=ask.name)
    members = {name: value for name, value in row._asdict().items() if name not in ("id", "event_id")}
    return {"object": "letterhead", **members}
