"""A batch of orders is picked along the walk, scan by scan; and what happens when something is not there."""

from decimal import Decimal
from typing import Any

import pytest

from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.cancel_order import CancelOrder
from orderwell.flows.keep_bins import AddBin
from orderwell.flows.keep_catalog import AddLocation, BarcodeAsk
from orderwell.flows.make_pick_list import MakePickList, NothingToPick
from orderwell.flows.move_bins import PutAway, PutAwayLine
from orderwell.flows.ordered_units import NothingReady
from orderwell.flows.pack_parcel import PackOrder
from orderwell.flows.pick_from_list import ClosePickList, PickFromList, PutBack
from orderwell.flows.pick_order import UnpickOrder
from orderwell.flows.pick_short import NothingMissing, PickShort
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.receive_payment import ReceivePayment
from orderwell.inventory.bins import NotInBin
from orderwell.inventory.queries import place_id
from orderwell.kit.errors import Invalid
from orderwell.kit.writer import Call
from orderwell.picking.rules import ListEnded, MoreThanAsked, NotPicked, WrongItem
from orderwell.reports.lookup import KINDS, lookup
from orderwell.reports.picking import to_pick
from orderwell.values.ids import parse
from tests.scenarios.test_bins import lying
from tests.support.buying import buy, supplier
from tests.support.shop import Shop


@pytest.fixture
def walked(shop: Shop) -> Shop:
    """One walks past B-1 with five lamps, then A-1 with ten bulbs and three lamps; two lamps lie in no bin."""
    shop.sku("lamp", stock=10, cost=300, barcodes=[BarcodeAsk("870001"), BarcodeAsk("870003", 3)])
    shop.sku("bulb", stock=10, cost=100)
    for code, sort in (("A-1", 20), ("B-1", 10)):
        shop.do(AddBin("main", code, sort))
    for sku, units, code in (("lamp", 5, "B-1"), ("lamp", 3, "A-1"), ("bulb", 10, "A-1")):
        shop.do(PutAway("main", [PutAwayLine(sku, Decimal(units), code)]))
    return shop


def listed(shop: Shop, *orders: str) -> dict[str, Any]:
    return shop.do(MakePickList("main", list(orders)))


def pick(shop: Shop, pick_list: dict[str, Any], item: str, units: int = 1, **more: Any) -> dict[str, Any]:
    return shop.do(PickFromList(pick_list["id"], item, Decimal(units), **more))


def proposed(shop: Shop, at: str = "main") -> list[str]:
    with shop.app.database.reading() as connection:
        return [row["order"] for row in to_pick(connection, place_id(connection, at), limit=20)]


def walk(shop: Shop, made: dict[str, Any]) -> list[tuple[str, str, str]]:
    codes = dict(shop.rows("SELECT id, code FROM bins"))
    names = {sku_id: code for sku_id, code in shop.rows("SELECT id, code FROM skus")}
    return [
        (codes[parse("bin", line["bin"])] if line["bin"] else "", names[parse("sku", line["sku"])], line["left"])
        for line in made["lines"]
    ]


def test_a_batch_is_picked_along_the_walk(walked: Shop) -> None:
    first, second = walked.order(bulb=2, lamp=4), walked.order(lamp=3)
    assert proposed(walked) == [first, second]
    made = listed(walked, first, second)
    assert walk(walked, made) == [
        ("B-1", "lamp", "4"),
        ("B-1", "lamp", "1"),
        ("A-1", "bulb", "2"),
        ("A-1", "lamp", "2"),
    ]
    assert proposed(walked) == []

    answer = pick(walked, made, "870003")  # a box of three
    assert (answer["lines"][0]["picked"], answer["lines_left"], answer["next"]["line"]) == ("3", 4, 1)
    pick(walked, made, "lamp", 2, bin="B-1")  # the last for the first order, and one for the second
    assert walked.units(first) == {"picked": 4, "promised": 2}
    assert walked.units(second) == {"picked": 1, "promised": 2}
    pick(walked, made, "bulb", 2)
    done = pick(walked, made, "870001", 2, bin="A-1")
    assert (done["status"], done["next"]) == ("done", None)
    assert lying(walked) == {"A-1": 1, "none": 9}  # seven picked and two never put away
    walked.do(PackOrder(first))
    walked.ship(second)
    with pytest.raises(ListEnded):
        pick(walked, made, "lamp")
    walked.prove()


def test_a_location_without_bins_has_lists_all_the_same(shop: Shop) -> None:
    shop.sku("lamp", stock=3)
    order = shop.order(lamp=2)
    made = listed(shop, order)
    assert walk(shop, made) == [("", "lamp", "2")]
    assert pick(shop, made, "lamp", 2)["status"] == "done"
    assert shop.units(order) == {"picked": 2}
    assert shop.rows("SELECT COUNT(*) FROM bin_moves") == [(0,)]


def test_a_wrong_scan_changes_nothing(walked: Shop) -> None:
    made = listed(walked, walked.order(lamp=2))
    with pytest.raises(WrongItem, match="bulb is not asked for on this list"):
        pick(walked, made, "bulb")
    with pytest.raises(MoreThanAsked, match="3 units were picked, 2 are asked for"):
        pick(walked, made, "870003")
    with pytest.raises(Invalid, match="no SKU or barcode"):
        pick(walked, made, "871111")
    with pytest.raises(Invalid, match="no bin"):
        pick(walked, made, "lamp", bin="Z-9")
    walked.do(AddBin("main", "C-1"))
    with pytest.raises(NotInBin, match="0 units lie in bin 'C-1'"):
        pick(walked, made, "lamp", bin="C-1")
    assert lying(walked) == {"B-1": 5, "A-1": 3, "none": 2}
    assert pick(walked, made, "lamp", bin="A-1")["lines_left"] == 1  # from another bin that holds it


def test_a_scan_sent_twice_is_one(walked: Shop) -> None:
    made = listed(walked, walked.order(lamp=2))
    scan = PickFromList(made["id"], "lamp")

    def send() -> Any:
        return walked.app.writer.call(Call(scan, actor="scanner", key="scan-1", input_hash="lamp"))

    first, again = send(), send()
    assert (first.replayed, again.replayed) == (False, True)
    assert again.body == first.body
    assert walked.rows("SELECT SUM(picked) FROM pick_lines") == [(1,)]


def test_what_is_not_ready_is_left_out_and_says_why(open_shop: Any) -> None:
    shop = open_shop(unpaid_expires_hours=48)
    shop.sku("lamp", stock=5, backorder="yes")
    shop.customer("jones", terms_days=30)
    unpaid, on_terms = shop.order(lamp=1), shop.order(customer="jones", lamp=1)
    paid, short, gone = shop.order(lamp=1), shop.order(customer="jones", lamp=9), shop.order(customer="jones", lamp=1)
    shop.do(ReceivePayment("cash", order=paid))
    shop.do(CancelOrder(gone))
    assert proposed(shop) == [on_terms, paid]
    made = listed(shop, unpaid, on_terms, paid, short, gone)
    assert {each["order"]: each["why"] for each in made["left_out"]} == {
        unpaid: "it is not paid", short: "some of it is awaited", gone: "it is cancelled",
    }  # fmt: skip
    assert len(made["lines"]) == 2
    with pytest.raises(NothingToPick) as refused:
        listed(shop, on_terms)
    assert refused.value.facts["left_out"][0]["why"] == "nothing of it is to be picked here"


def test_what_was_picked_is_put_back(walked: Shop) -> None:
    order = walked.order(lamp=2)
    made = listed(walked, order)
    pick(walked, made, "lamp")
    with pytest.raises(NotPicked, match="1 picked units of line 1 are here, 2 were to go back"):
        walked.do(PutBack(made["id"], 1, Decimal(2)))
    back = walked.do(PutBack(made["id"], 1, Decimal(1)))
    assert (back["lines"][0]["left"], walked.units(order)) == ("2", {"promised": 2})
    assert lying(walked) == {"B-1": 5, "A-1": 3, "none": 2}
    pick(walked, made, "lamp", 2)
    late = walked.do(PutBack(made["id"], 1, Decimal(1), bin="A-1"))  # the list is done: another one asks for it
    assert (late["lines"][0]["left"], late["lines"][0]["dropped"]) == ("0", "1")
    assert lying(walked) == {"B-1": 3, "A-1": 4, "none": 3}
    assert walk(walked, listed(walked, order)) == [("B-1", "lamp", "1")]
    walked.prove()


def test_a_list_that_is_closed_frees_what_was_not_picked(walked: Shop) -> None:
    order, other = walked.order(lamp=2), walked.order(bulb=1)
    made = listed(walked, order, other)
    pick(walked, made, "lamp")
    walked.do(CancelOrder(other))
    with pytest.raises(Exception, match="cancelled"):
        pick(walked, made, "bulb")
    closed = walked.do(ClosePickList(made["id"], "end of shift"))
    assert (closed["status"], [line["dropped"] for line in closed["lines"]]) == ("closed", ["1", "1"])
    assert proposed(walked) == [order]
    with pytest.raises(ListEnded):
        walked.do(ClosePickList(made["id"]))
    walked.do(UnpickOrder(order))
    walked.prove()


def test_units_that_went_another_way_are_not_picked_again(walked: Shop) -> None:
    order = walked.order(lamp=2)
    made = listed(walked, order)
    walked.ship(order)
    with pytest.raises(NothingReady, match="0 are still promised to it here; put it back"):
        pick(walked, made, "lamp")
    walked.do(ClosePickList(made["id"]))


def short(shop: Shop, made: dict[str, Any], line: int = 1, found: int = 0) -> dict[str, Any]:
    return shop.do(PickShort(made["id"], line, Decimal(found)))


def test_a_short_pick_is_promised_from_what_is_free_here(walked: Shop) -> None:
    order = walked.order(lamp=4)
    made = listed(walked, order)
    answer = short(walked, made, found=3)
    assert (answer["status"], answer["short"], answer["promised_again"], answer["awaited"]) == ("done", "1", "1", "0")
    assert walked.units(order) == {"picked": 3, "promised": 1}
    assert walked.stock_of("lamp") == {"on_hand": 9, "promised": 4, "available": 5, "awaited": 0, "incoming": 0}
    assert lying(walked) == {"B-1": 1, "A-1": 3, "none": 5}
    assert walked.journal(template="stock_difference") == "stock_difference: stock_differences <- inventory 3.00"
    ((kind, detail),) = walked.rows("SELECT kind, detail FROM tasks")
    assert kind == "short_pick"
    assert "1 of lamp for order" in detail
    assert "in bin B-1 at main" in detail
    assert walk(walked, listed(walked, order)) == [("B-1", "lamp", "1")]
    walked.prove()


def test_a_short_pick_is_promised_elsewhere_and_the_rest_awaited(walked: Shop) -> None:
    walked.do(AddLocation("north", "North", priority=9))
    walked.stock("lamp", 2, at="north")
    walked.order(lamp=2)  # another order holds what lies in no bin
    order = walked.order(lamp=8)
    made = listed(walked, order)
    (line,) = [each["line"] for each in made["lines"] if each["left"] == "5"]
    answer = short(walked, made, line)
    assert (answer["promised_again"], answer["awaited"]) == ("2", "3")
    assert walked.units(order) == {"promised": 5, "awaited": 3}
    assert walked.stock_of("lamp", "north")["promised"] == 2
    assert walked.stock_of("lamp")["awaited"] == 3
    walked.do(AdjustStock("main", "found", [AdjustLine("lamp", Decimal(3))]))  # they were behind the shelf
    assert walked.units(order) == {"promised": 8}
    walked.prove()


def test_only_what_is_missing_is_short(walked: Shop) -> None:
    made = listed(walked, walked.order(lamp=2))
    with pytest.raises(NothingMissing, match="asks for 2 more"):
        short(walked, made, found=2)
    with pytest.raises(Invalid, match="no line 9"):
        short(walked, made, 9)
    assert walked.rows("SELECT COUNT(*) FROM tasks") == [(0,)]


def test_an_order_to_be_fetched_waits_where_it_is_fetched(walked: Shop) -> None:
    walked.do(AddLocation("north", "North", priority=9))
    walked.stock("lamp", 5, at="north")
    order = walked.do(PlaceOrder("web", [LineAsk("lamp", Decimal(10))], collect_at="main"))["id"]
    made = listed(walked, order)
    short(walked, made, 1)
    assert walked.units(order) == {"promised": 5, "awaited": 5}
    assert walked.stock_of("lamp", "north")["promised"] == 0
    walked.prove()


def looked_up(shop: Shop, code: str, *rights: str) -> list[tuple[str, str]]:
    allowed = rights or tuple(each.right for each in KINDS)
    with shop.app.database.reading() as connection:
        return [(each["object"], each["id"]) for each in lookup(connection, code, rights=allowed)]


def test_one_look_tells_what_was_scanned(walked: Shop) -> None:
    order = walked.order(reference="W-1", lamp=1)
    made = listed(walked, order)
    (parcel,) = walked.ship(walked.order(bulb=1), carrier="van", tracking="3SABC")["parcels"]
    supplier(walked, lamp="2.00")
    bought = buy(walked, reference="P-1", lamp=3)
    with walked.app.database.reading() as connection:
        every = [each.right for each in KINDS]
        box = lookup(connection, "870003", rights=every)[0]
        assert (box["object"], box["code"], box["barcode"], box["quantity"]) == ("sku", "lamp", "870003", "3")
        assert lookup(connection, "lamp", rights=every)[0]["quantity"] == "1"
        (found,) = lookup(connection, "A-1", rights=every)
        assert (found["object"], found["location"]) == ("bin", "main")
    for code, expected in (
        ("W-1", ("order", order)), (order, ("order", order)), ("3SABC", ("parcel", parcel)),
        (parcel, ("parcel", parcel)), ("P-1", ("purchase_order", bought)), (made["id"], ("pick_list", made["id"])),
    ):  # fmt: skip
        assert looked_up(walked, code) == [expected]
    assert looked_up(walked, "nothing") == []
    assert looked_up(walked, "W-1", "catalog:read") == []
    walked.do(AddBin("main", "W-1"))
    assert [kind for kind, _ in looked_up(walked, "W-1")] == ["bin", "order"]  # what carries the same code is all told
