"""A PIN terminal or provider paid out to the bank what it had collected for us, less its fee."""

from dataclasses import dataclass
from typing import Any, Literal

from ..business import actions as business
from ..kit.errors import Conflict, Invalid
from ..kit.events import announce
from ..kit.picture import Tx
from ..kit.sentences import Sentence
from ..kit.writer import flow
from ..ledger import actions as ledger
from ..ledger import templates
from ..payments.model import Payout
from ..payments.store import PAYOUT_BY_REFERENCE, PAYOUTS
from ..values.fields import Day, Minor, Reference
from ..values.ids import show
from .receive_payment import business_day


class PayoutExists(Conflict):
    code = "payout_exists"
    title = "This payout was recorded before"


@dataclass(frozen=True, slots=True)
class RecordPayout:
    """`amount` reached the bank, `fee` was kept back; `reference` is the partner's own and unique."""

    account: Literal["pin", "provider"]
    reference: Reference
    amount: Minor
    fee: Minor = 0
    paid_on: Day | None = None


@flow(RecordPayout)
def record_payout(tx: Tx, ask: RecordPayout) -> dict[str, Any]:
    if ask.amount + ask.fee == 0:
        raise Invalid.at("/amount", "A payout of nothing is none.")
    there = tx.one(PAYOUT_BY_REFERENCE, (ask.account, ask.reference))
    if there is not None:
        id_ = show("payout", there.id)
        raise PayoutExists(
            Sentence(
                "Payout {reference!r} of {account} is {id} already.",
                reference=ask.reference,
                account=ask.account,
                id=id_,
            ),
            payout=id_,
        )
    currency, day = business.current(tx).currency, business_day(tx, ask.paid_on)
    row = tx.add(PAYOUTS, Payout(tx.new_id(), tx.cause, ask.account, ask.reference, currency, ask.amount, ask.fee, day))
    ledger.post(
        tx, "payout", templates.payout(account=ask.account, amount_minor=ask.amount, fee_minor=ask.fee), day=day,
        currency=currency, document="payout", document_id=row.id,
    )  # fmt: skip
    announce(tx, "payout.recorded", "payout", row.id, account=ask.account, amount=ask.amount, fee=ask.fee)
    return {
        "object": "payout", "id": show("payout", row.id), "account": ask.account, "reference": ask.reference,
        "currency": currency, "amount": ask.amount, "fee": ask.fee, "paid_on": day,
    }  # fmt: skip
