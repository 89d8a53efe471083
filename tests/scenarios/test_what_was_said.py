"""What people type and partners answer may be about somebody: it is shown with what happened, and can be erased."""

from decimal import Decimal
from typing import Any

from orderwell.flows.cancel_order import CancelOrder
from orderwell.flows.carry_parcel import AskLabel, KeepCarrier, RecordLabelRefused
from orderwell.flows.deliver_parcel import FailDelivery
from orderwell.flows.keep_books import PostManualEntry, TransferAsk
from orderwell.flows.keep_providers import KeepProvider
from orderwell.flows.keep_suppliers import SetReorderRule
from orderwell.flows.keep_webhooks import AddWebhookEndpoint, ChangeWebhookEndpoint
from orderwell.flows.ordered_units import UnitsAsk
from orderwell.flows.pack_parcel import PackOrder
from orderwell.flows.place_order import AddressAsk, LineAsk, PlaceOrder
from orderwell.flows.place_purchase import CancelPurchase
from orderwell.flows.propose_purchases import DropProposal, Propose
from orderwell.flows.provider_jobs import RecordDecline
from orderwell.flows.receive_payment import ReceivePayment
from orderwell.flows.receive_purchase import ReverseReceipt
from orderwell.flows.refund_payment import RefundOrder
from orderwell.flows.return_goods import AnnounceReturn
from orderwell.flows.start_payment import StartPayment
from orderwell.notifications.rules import new_secret
from orderwell.orders import queries as orders
from orderwell.payments import queries as payments
from orderwell.purchasing import queries as purchasing
from orderwell.values.ids import parse
from orderwell.verify.proof import verify
from tests.support.buying import buy, receive, supplier
from tests.support.shop import Shop

SAID = "Mrs Jones of Kade 1 has moved to her sister"
HOME = AddressAsk("Jo Jones", street="Kade 1", postcode="1011 AB", city="Amsterdam", country="NL")


def said_of(shop: Shop, order: str) -> dict[str, str]:
    """By type of event, as the order's timeline tells it."""
    with shop.app.database.reading() as connection:
        timeline = orders.one(connection, order)["timeline"]
    return {each["type"]: each["note"] for each in timeline if each["note"] is not None}


def test_why_an_order_was_cancelled_is_on_its_timeline_and_nowhere_in_history(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=2)
    shop.do(CancelOrder(order, lines=[UnitsAsk(1, Decimal(1))]))
    shop.do(CancelOrder(order, reason=SAID))
    assert said_of(shop, order) == {"order.cancelled": SAID}
    assert in_events(shop) == []

    with shop.app.database.changing() as connection:
        connection.exec_driver_sql("DELETE FROM event_notes")
    assert said_of(shop, order) == {}
    assert verify(shop.app.database).breaks == []


def in_events(shop: Shop) -> list[Any]:
    return shop.rows("SELECT type, data FROM events WHERE data LIKE '%Jones%'")


def test_what_goes_wrong_with_a_parcel_is_said_on_the_timeline_of_its_order(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    shop.do(KeepCarrier("swift", "http://127.0.0.1:9", "us"))
    order = shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal(1))], ship_to=HOME))["id"]
    parcel = shop.do(PackOrder(order))["parcels"][0]
    shop.do(AskLabel(parcel, "swift"))
    shop.do(RecordLabelRefused(parcel, SAID))
    [gone] = shop.ship(shop.order(lamp=1))["parcels"]
    shop.do(FailDelivery(gone, reason=SAID))
    assert said_of(shop, order) == {"order.label_refused": SAID}
    assert [text for (text,) in shop.rows("SELECT text FROM event_notes")] == [SAID, SAID]
    assert in_events(shop) == []


def test_what_a_provider_and_a_supplier_hear_and_answer_is_kept_with_the_thing_itself(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    shop.do(KeepProvider("simulated", "http://127.0.0.1:9", "us"))
    payment = shop.do(StartPayment(shop.order(lamp=1), "simulated", "redirect"))["id"]
    shop.do(RecordDecline(payment, "", SAID))
    supplier(shop, lamp="4.00")
    bought = buy(shop, lamp=4)
    came = receive(shop, bought, lamp=2)["id"]
    shop.do(ReverseReceipt(came, reason=SAID))
    shop.do(CancelPurchase(bought, reason=SAID))
    shop.do(SetReorderRule("lamp", "main", Decimal(50), Decimal(90)))
    [proposal] = shop.do(Propose())["proposals"]
    shop.do(DropProposal(proposal["id"], reason=SAID))
    with shop.app.database.reading() as connection:
        paid = payments.payment(connection, parse("payment", payment) or 0)
        ordered = purchasing.purchase_order(connection, bought)
        dropped = purchasing.proposals(connection, status="dropped")["data"]
    assert paid is not None
    said = [(each["type"], each["note"]) for each in (*paid["notes"], *ordered["notes"], *dropped[0]["notes"])]
    assert said == [(kind, SAID) for kind in
                    ("payment.failed", "purchase.sent_back", "purchase.cancelled", "proposal.dropped")]  # fmt: skip
    assert in_events(shop) == []


def test_no_free_text_of_any_other_request_gets_into_an_event(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    shop.customer("jo", terms_days=14, name=SAID, email="jones@example.com")
    order = shop.order(lamp=2, customer="jo")
    shop.do(ReceivePayment("bank_transfer", 5_000, order=order, reference=SAID))
    shop.do(RefundOrder(order, reason=SAID))
    shop.ship(order)
    shop.do(AnnounceReturn(order, [UnitsAsk(1, Decimal(1))], reason=SAID))
    shop.do(PostManualEntry([TransferAsk("provider_fees", "bank", 100)], SAID))
    hook = shop.do(AddWebhookEndpoint("https://example.com/hook", new_secret(), description=SAID))["id"]
    shop.do(ChangeWebhookEndpoint(hook, status="disabled", reason=SAID))
    assert in_events(shop) == []
