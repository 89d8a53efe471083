"""Suppliers, replenishment, purchase orders, receipts, and goods that go back."""

from decimal import Decimal
from typing import Any

import pytest

from orderwell.catalog.rules import NotWhole
from orderwell.flows.keep_suppliers import AddSupplier, SetReorderRule, SetSupplierSku, SupplierExists
from orderwell.flows.place_purchase import CancelPurchase, NothingDue, PlacePurchaseOrder, PurchaseLineAsk
from orderwell.flows.propose_purchases import DropProposal, NoSupplier, OrderProposals, Propose, ProposedQuantity
from orderwell.flows.receive_purchase import NothingToSendBack, ReceivePurchase, ReverseReceipt
from orderwell.inventory.rules import OutOfStock
from orderwell.kit.calls import Call
from orderwell.kit.errors import Invalid
from orderwell.purchasing.actions import PurchaseExists
from orderwell.purchasing.rules import MoreThanOrdered, MoreThanReceived, ProposalClosed
from orderwell.values.ids import show
from orderwell.worker import Worker
from tests.support.buying import buy, receive, some, supplier
from tests.support.shop import Shop


def rule(shop: Shop, code: str, point: int, target: int, **more: Any) -> None:
    shop.do(SetReorderRule(code, "main", Decimal(point), Decimal(target), **more))


def quantities(answer: dict[str, Any]) -> list[str]:
    return [each["quantity"] for each in answer["proposals"]]


# Suppliers and their terms


def test_a_supplier_is_known_by_our_own_number_once(shop: Shop) -> None:
    supplier(shop)
    with pytest.raises(SupplierExists):
        supplier(shop)
    with pytest.raises(Invalid, match="EUR only"):
        shop.do(AddSupplier("other", "Other", currency="USD"))


def test_terms_are_for_goods_and_the_last_ones_hold(shop: Shop) -> None:
    shop.sku("lamp")
    shop.sku("postage", kind="service")
    supplier(shop, lamp="4.00")
    with pytest.raises(Invalid, match="service"):
        shop.do(SetSupplierSku("acme", "postage", Decimal(1)))
    shop.do(SetSupplierSku("acme", "lamp", Decimal("4.2525"), lot=Decimal(6), minimum=Decimal(12)))
    assert shop.rows("SELECT cost_e4, lot, minimum FROM supplier_skus") == [(42525, 6, 12)]


# Replenishment


@pytest.mark.parametrize(("minimum", "proposed"), [(-5, []), (0, ["13"]), (5, ["18"])])
def test_what_is_missing_is_proposed_once(shop: Shop, minimum: int, proposed: list[str]) -> None:
    """Case S19: none in stock, three awaited, nothing on order."""
    shop.sku("lamp", backorder="yes")
    supplier(shop, lamp="4.00")
    shop.order(lamp=3)
    rule(shop, "lamp", minimum, minimum + 10)

    assert quantities(shop.do(Propose())) == proposed
    assert quantities(shop.do(Propose())) == []
    assert len(shop.rows("SELECT 1 FROM proposals")) == len(proposed)


def test_each_night_what_is_missing_is_proposed_by_itself(shop: Shop) -> None:
    shop.sku("lamp", stock=1)
    supplier(shop, lamp="4.00")
    rule(shop, "lamp", 5, 20)
    worker = Worker(shop.app)
    try:
        worker.tick()  # schedules are written down
        assert shop.rows("SELECT quantity FROM proposals") == []
        shop.days_pass(1)
        worker.tick()
        assert shop.rows("SELECT quantity, status FROM proposals") == [(19, "open")]
        shop.days_pass(1)
        worker.tick()
        assert len(shop.rows("SELECT quantity FROM proposals")) == 1
    finally:
        worker.stop()


def test_proposals_are_net_of_what_is_on_order_and_come_in_whole_lots(shop: Shop) -> None:
    shop.sku("lamp", stock=2)
    supplier(shop, lamp="4.00")
    shop.do(SetSupplierSku("acme", "lamp", Decimal(4), lot=Decimal(6), minimum=Decimal(12)))
    buy(shop, lamp=3)
    rule(shop, "lamp", 6, 20)
    assert quantities(shop.do(Propose(["lamp"], "main"))) == ["18"]  # 20 less 5, in lots of 6
    rule(shop, "lamp", 30, 30)
    assert quantities(shop.do(Propose())) == ["30"]  # the open proposal is raised, not doubled
    assert shop.rows("SELECT quantity FROM proposals") == [(30,)]


def test_what_was_ordered_is_proposed_anew_by_whoever_waits_for_the_same_commit(shop: Shop) -> None:
    """One open proposal a SKU: the old one has to be out of the way before the new one is written."""
    shop.sku("lamp")
    rule(shop, "lamp", 1, 10)
    supplier(shop, "acme", days=7, lamp="4.00")
    shop.do(Propose())
    raised = SetReorderRule("lamp", "main", Decimal(20), Decimal(40))
    before = shop.app.writer.batches
    outcomes = shop.app.writer.run([Call(OrderProposals()), Call(raised), Call(Propose())])
    assert quantities(outcomes[-1].value()) == ["30"]
    assert shop.app.writer.batches == before + 1


def test_proposals_become_one_purchase_order_per_supplier(shop: Shop) -> None:
    for code in ("lamp", "shade", "bulb"):
        shop.sku(code)
        rule(shop, code, 1, 10)
    supplier(shop, "acme", days=7, lamp="4.00", shade="2.00", bulb="0.55")
    supplier(shop, "best", days=2, lamp="4.00", bulb="0.50")
    assert len(shop.do(Propose())["proposals"]) == 3

    placed = shop.do(OrderProposals())["data"]

    by_supplier = {
        each["expected_on"]: {line["sku_code"]: line["unit_cost"] for line in each["lines"]} for each in placed
    }
    assert by_supplier == {"2026-01-07": {"lamp": "4.00", "bulb": "0.50"}, "2026-01-12": {"shade": "2.00"}}
    assert shop.stock_of("lamp")["incoming"] == 10
    assert shop.do(Propose())["proposals"] == []
    assert shop.do(OrderProposals())["data"] == []


def test_other_quantities_are_ordered_than_those_proposed_in_whole_lots_all_the_same(shop: Shop) -> None:
    for code in ("lamp", "shade", "bulb"):
        shop.sku(code)
        rule(shop, code, 1, 10)
    supplier(shop, lamp="4.00", shade="2.00", bulb="0.50")
    shop.do(SetSupplierSku("acme", "bulb", Decimal("0.50"), lot=Decimal(6)))
    ids = {each["sku"]: each["id"] for each in shop.do(Propose())["proposals"]}
    skus = {code: show("sku", id_) for code, id_ in shop.rows("SELECT code, id FROM skus")}
    lines = [ProposedQuantity(ids[skus[code]], Decimal(n)) for code, n in (("bulb", 7), ("lamp", 3))]
    for wrong in (
        OrderProposals(list(ids.values()), lines=lines),
        OrderProposals(lines=[lines[0], lines[0]]),
        OrderProposals(lines=[ProposedQuantity(lines[0].proposal, Decimal("0.5"))]),
    ):
        with pytest.raises((Invalid, NotWhole)):
            shop.do(wrong)

    (purchase,) = shop.do(OrderProposals(lines=lines))["data"]

    assert {line["sku_code"]: line["quantity"] for line in purchase["lines"]} == {"bulb": "12", "lamp": "3"}
    assert shop.stock_of("lamp")["incoming"] == 3
    assert shop.rows("SELECT status, quantity FROM proposals ORDER BY quantity, status") == [
        ("open", 10), ("ordered", 10), ("ordered", 12),
    ]  # fmt: skip
    with pytest.raises(ProposalClosed):
        shop.do(OrderProposals(lines=lines))


def test_a_proposal_nobody_can_deliver_waits_for_a_supplier(shop: Shop) -> None:
    shop.sku("lamp")
    rule(shop, "lamp", 1, 10)
    (proposal,) = shop.do(Propose())["proposals"]
    assert proposal["supplier"] is None
    assert shop.do(OrderProposals())["data"] == []
    with pytest.raises(NoSupplier, match="lamp"):
        shop.do(OrderProposals([proposal["id"]]))
    supplier(shop, lamp="4.00")
    (purchase,) = shop.do(OrderProposals([proposal["id"]]))["data"]
    assert purchase["lines"][0]["quantity"] == "10"
    with pytest.raises(ProposalClosed):
        shop.do(OrderProposals([proposal["id"]]))


def test_a_dropped_proposal_is_not_ordered_and_may_come_again(shop: Shop) -> None:
    shop.sku("lamp")
    supplier(shop, lamp="4.00")
    rule(shop, "lamp", 1, 10)
    (proposal,) = shop.do(Propose())["proposals"]
    shop.do(DropProposal(proposal["id"]))
    assert shop.do(OrderProposals())["data"] == []
    with pytest.raises(ProposalClosed):
        shop.do(DropProposal(proposal["id"]))
    assert quantities(shop.do(Propose())) == ["10"]


# Purchase orders


def test_goods_on_order_are_incoming_and_nothing_else(shop: Shop) -> None:
    """Case S18."""
    shop.sku("lamp", stock=10)
    supplier(shop, lamp="4.00")
    buy(shop, lamp=20)
    assert shop.stock_of("lamp") == {"on_hand": 10, "promised": 0, "available": 10, "awaited": 0, "incoming": 20}


def test_a_purchase_order_needs_a_cost_and_a_reference_of_its_own(shop: Shop) -> None:
    shop.sku("lamp")
    shop.sku("shade")
    supplier(shop, lamp="4.00")
    buy(shop, lamp=1, reference="PO-1")
    with pytest.raises(PurchaseExists):
        buy(shop, lamp=1, reference="PO-1")
    with pytest.raises(Invalid, match="no cost for shade"):
        buy(shop, shade=1)
    with pytest.raises(Invalid, match="is over"):
        shop.do(PlacePurchaseOrder("acme", "main", [PurchaseLineAsk("lamp", Decimal(1))], expected_on="2026-01-04"))
    with pytest.raises(Invalid, match="no day"):
        shop.do(PlacePurchaseOrder("acme", "main", [PurchaseLineAsk("lamp", Decimal(1))], expected_on="2026-02-30"))
    assert shop.stock_of("lamp")["incoming"] == 1


def test_what_comes_in_parts_costs_what_was_ordered_to_the_cent(shop: Shop) -> None:
    shop.sku("bulb")
    supplier(shop, bulb="0.3333")
    purchase = buy(shop, bulb=10)

    first = receive(shop, purchase, bulb=4)
    assert first["purchase_order"]["status"] == "partly_received"
    assert shop.stock_of("bulb") == {"on_hand": 4, "promised": 0, "available": 4, "awaited": 0, "incoming": 6}
    rest = receive(shop, purchase)
    assert rest["purchase_order"]["status"] == "received"

    assert shop.journal() == "\n".join(
        ["goods_received: inventory <- goods_received 1.33", "goods_received: inventory <- goods_received 2.00"]
    )


def test_more_than_was_ordered_is_refused_by_name(shop: Shop) -> None:
    shop.sku("lamp")
    shop.sku("shade")
    supplier(shop, lamp="4.00", shade="2.00")
    purchase = buy(shop, lamp=10, shade=5)
    receive(shop, purchase, lamp=8)
    with pytest.raises(MoreThanOrdered, match=r"lamp: 3 were to be received, 2 are left") as refused:
        receive(shop, purchase, shade=5, lamp=3)
    assert refused.value.facts == {"items": [{"sku": "lamp", "wanted": "3", "left": "2"}]}
    assert shop.stock_of("shade")["on_hand"] == 0
    receive(shop, purchase)
    with pytest.raises(NothingDue):
        receive(shop, purchase)


def test_who_waited_longest_is_served_first(shop: Shop) -> None:
    shop.sku("lamp", backorder="yes")
    supplier(shop, lamp="4.00")
    first, second = shop.order(lamp=3), shop.order(lamp=3)
    purchase = buy(shop, lamp=10)

    receive(shop, purchase, lamp=4)
    assert (shop.units(first), shop.units(second)) == ({"promised": 3}, {"promised": 1, "awaited": 2})
    receive(shop, purchase)
    assert shop.units(second) == {"promised": 3}
    assert shop.stock_of("lamp") == {"on_hand": 10, "promised": 6, "available": 4, "awaited": 0, "incoming": 0}


def test_cancelling_leaves_what_came_and_expects_no_more(shop: Shop) -> None:
    shop.sku("lamp")
    supplier(shop, lamp="4.00")
    purchase = buy(shop, lamp=10)
    receive(shop, purchase, lamp=4)
    with pytest.raises(MoreThanOrdered, match="lamp: 7 were to be cancelled, 6 are left"):
        shop.do(CancelPurchase(purchase, some({"lamp": 7})))
    assert shop.do(CancelPurchase(purchase, some({"lamp": 2})))["status"] == "partly_received"
    assert shop.do(CancelPurchase(purchase))["status"] == "received"
    assert shop.stock_of("lamp")["incoming"] == 0
    with pytest.raises(NothingDue):
        shop.do(CancelPurchase(purchase))
    unseen = buy(shop, lamp=1)
    assert shop.do(CancelPurchase(unseen))["status"] == "cancelled"


# Goods that go back


def test_goods_go_back_at_the_cost_they_came_for_and_are_to_come_again(shop: Shop) -> None:
    shop.sku("lamp", stock=10, cost=200)
    supplier(shop, lamp="4.00")
    purchase = buy(shop, lamp=10)
    receipt = receive(shop, purchase)["id"]

    back = shop.do(ReverseReceipt(receipt, some({"lamp": 4})))

    assert back["cost"] == -1600
    assert back["purchase_order"]["status"] == "partly_received"
    assert shop.stock_of("lamp") == {"on_hand": 16, "promised": 0, "available": 16, "awaited": 0, "incoming": 4}
    shop.do(ReverseReceipt(receipt))
    assert shop.journal(template="goods_sent_back") == "\n".join(
        [
            "goods_sent_back: goods_received <- inventory 16.00",
            "goods_sent_back: goods_received <- inventory 24.00",
        ]
    )
    assert shop.balance("inventory") == 2000
    assert shop.balance("goods_received") == 0
    with pytest.raises(NothingToSendBack):
        shop.do(ReverseReceipt(receipt))
    with pytest.raises(Invalid, match="cannot be reversed"):
        shop.do(ReverseReceipt(back["id"]))


def test_goods_that_are_gone_or_promised_cannot_go_back(shop: Shop) -> None:
    shop.sku("lamp")
    supplier(shop, lamp="4.00")
    receipt = receive(shop, buy(shop, lamp=5))["id"]
    shop.order(lamp=3)
    with pytest.raises(OutOfStock, match="lamp: 2 units are free at this location, 5 were to go back"):
        shop.do(ReverseReceipt(receipt))
    with pytest.raises(MoreThanReceived, match="lamp: 6 were to be sent back, 5 are left"):
        shop.do(ReverseReceipt(receipt, some({"lamp": 6})))


def test_goods_that_came_dearer_than_what_is_held_leave_a_difference(shop: Shop) -> None:
    shop.sku("lamp", stock=10, cost=100)
    supplier(shop, lamp="5.00")
    receipt = receive(shop, buy(shop, lamp=10))["id"]
    shop.ship(shop.order(lamp=10))  # at 3.00 each: what is left is worth 30.00, and came for 50.00
    shop.do(ReverseReceipt(receipt))
    assert shop.journal(template="goods_sent_back") == "\n".join(
        [
            "goods_sent_back: goods_received <- inventory 30.00",
            "goods_sent_back: goods_received <- stock_differences 20.00",
        ]
    )


def test_many_skus_cost_as_many_statements_as_one(shop: Shop) -> None:
    supplier(shop)

    def replenish(codes: list[str]) -> list[int]:
        for code in codes:
            shop.sku(code, backorder="yes")
            shop.do(SetSupplierSku("acme", code, Decimal(4)))
            shop.order(**{code: 2})
            rule(shop, code, 0, 5)
        counts = []
        for ask in (lambda: Propose(), lambda: OrderProposals(), lambda: ReceivePurchase(latest(shop))):
            before = shop.app.database.statements
            shop.do(ask())
            counts.append(shop.app.database.statements - before)
        return counts

    assert replenish(["first"]) == replenish([f"lamp{n}" for n in range(25)])
    assert shop.stock_of("lamp24") == {"on_hand": 7, "promised": 2, "available": 5, "awaited": 0, "incoming": 0}


def latest(shop: Shop) -> str:
    ((id_,),) = shop.rows("SELECT MAX(id) FROM purchase_orders")
    return show("purchase_order", id_)
