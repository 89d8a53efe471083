"""Goods are put away into bins, taken from them, and counted there; at the location nothing changes by it."""

from decimal import Decimal
from typing import Any

import pytest

from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.count_stock import CountBelowPromised, CountLine, CountStock
from orderwell.flows.keep_bins import AddBin, ChangeBin
from orderwell.flows.keep_catalog import AddLocation, BarcodeAsk
from orderwell.flows.make_pick_list import MakePickList
from orderwell.flows.move_bins import BinMoveLine, MoveBetweenBins, PutAway, PutAwayLine
from orderwell.flows.pack_parcel import PackOrder
from orderwell.flows.pick_order import PickOrder
from orderwell.flows.receive_purchase import ReverseReceipt
from orderwell.flows.ship_order import ShipOrder
from orderwell.flows.transfer_stock import TransferLineAsk, TransferStock
from orderwell.inventory.bin_queries import to_put_away
from orderwell.inventory.bins import BinClosed, BinNotEmpty, BinTaken, NotInBin
from orderwell.inventory.queries import place_id
from orderwell.inventory.rules import OutOfStock
from orderwell.kit.errors import Invalid
from orderwell.values.ids import show
from tests.support.buying import buy, receive, supplier
from tests.support.shop import Shop


@pytest.fixture
def binned(shop: Shop) -> Shop:
    """Main has bins; one walks past B-1, A-1 and then A-2. Twelve lamps came in and lie in none."""
    shop.sku("lamp", stock=12, cost=300, barcodes=[BarcodeAsk("870001"), BarcodeAsk("870006", 6)])
    for code, sort in (("A-1", 20), ("A-2", 30), ("B-1", 10)):
        shop.do(AddBin("main", code, sort))
    return shop


def put(shop: Shop, code: str = "lamp", **units: int) -> dict[str, Any]:
    lines = [PutAwayLine(code, Decimal(quantity), name.replace("_", "-")) for name, quantity in units.items()]
    return shop.do(PutAway("main", lines))


def move(shop: Shop, units: int, source: str | None, target: str | None, code: str = "lamp") -> dict[str, Any]:
    return shop.do(MoveBetweenBins("main", [BinMoveLine(code, Decimal(units), source, target)]))


def lying(shop: Shop, code: str = "lamp", at: str = "main") -> dict[str, int]:
    """Units by bin, and those in none."""
    rows = shop.rows(
        "SELECT b.code, s.quantity FROM bin_stock s JOIN bins b ON b.id = s.bin_id JOIN skus k ON k.id = s.sku_id"
        " WHERE k.code = :code AND s.quantity > 0",
        code=code,
    )
    found = {name: int(units) for name, units in rows}
    loose = shop.stock_of(code, at)["on_hand"] - sum(found.values())
    return found | ({"none": loose} if loose else {})


def to_do(shop: Shop) -> list[tuple[str, str, list[str]]]:
    with shop.app.database.reading() as connection:
        rows = to_put_away(connection, place_id(connection, "main"))
    return [(row["sku_code"], row["quantity"], row["bins"]) for row in rows]


def test_goods_are_put_away_after_they_came_in(binned: Shop) -> None:
    supplier(binned, lamp="3.00")
    receive(binned, buy(binned, lamp=8))
    assert to_do(binned) == [("lamp", "20", [])]
    put(binned, A_2=5, B_1=10)
    assert to_do(binned) == [("lamp", "5", ["B-1", "A-2"])]
    put(binned, B_1=5)
    assert lying(binned) == {"A-2": 5, "B-1": 15}
    assert to_do(binned) == []
    assert binned.stock_of("lamp")["on_hand"] == 20
    binned.prove()


def test_a_pack_is_put_away_by_its_barcode(binned: Shop) -> None:
    assert put(binned, "870006", A_1=2)["lines"][0]["quantity"] == "12"
    assert lying(binned) == {"A-1": 12}


def test_moves_between_bins_are_taken_back_by_moving_back(binned: Shop) -> None:
    put(binned, A_1=7)
    move(binned, 3, "A-1", "B-1")
    assert lying(binned) == {"A-1": 4, "B-1": 3, "none": 5}
    move(binned, 3, "B-1", "A-1")
    move(binned, 7, "A-1", None)
    assert lying(binned) == {"none": 12}
    moves = binned.rows("SELECT quantity, reason FROM bin_moves ORDER BY event_id")
    assert moves == [(7, "put_away"), (3, "moved"), (3, "moved"), (7, "moved")]
    binned.prove()


def test_no_bin_gives_what_it_does_not_hold(binned: Shop) -> None:
    put(binned, A_1=7)
    with pytest.raises(NotInBin, match="lamp: 7 units lie in bin 'A-1', 8 were to leave it"):
        move(binned, 8, "A-1", "B-1")
    with pytest.raises(NotInBin, match="2 units lie in no bin"):
        put(binned, A_2=3, B_1=3)
    with pytest.raises(Invalid, match="no bin 'Z-9'"):
        put(binned, Z_9=1)
    with pytest.raises(Invalid, match="from one bin into another"):
        move(binned, 1, "A-1", "A-1")
    with pytest.raises(Invalid, match="no SKU or barcode"):
        put(binned, "unknown", A_1=1)
    assert lying(binned) == {"A-1": 7, "none": 5}


def test_a_bin_is_closed_once_it_is_empty(binned: Shop) -> None:
    put(binned, A_1=2)
    ids = dict(binned.rows("SELECT code, id FROM bins"))
    name = show("bin", ids["A-1"])
    with pytest.raises(BinTaken):
        binned.do(AddBin("main", "A-1"))
    with pytest.raises(BinNotEmpty, match="1 SKUs"):
        binned.do(ChangeBin(name, status="closed"))
    move(binned, 2, "A-1", "A-2")
    assert binned.do(ChangeBin(name, status="closed"))["status"] == "closed"
    with pytest.raises(BinClosed):
        put(binned, A_1=1)
    assert binned.do(ChangeBin(name, sort=5, status="open"))["sort"] == 5
    put(binned, A_1=1)


def test_what_leaves_unnamed_comes_from_no_bin_first_and_then_along_the_walk(binned: Shop) -> None:
    put(binned, A_2=4, A_1=3, B_1=3)
    binned.ship(binned.order(lamp=6))  # two that lie in no bin, three of B-1, one of A-1
    assert lying(binned) == {"A-1": 2, "A-2": 4}
    binned.do(AdjustStock("main", "damaged", [AdjustLine("lamp", Decimal(-1))]))
    assert lying(binned) == {"A-1": 1, "A-2": 4}
    binned.do(AddLocation("north", "North"))
    binned.do(TransferStock("main", "north", [TransferLineAsk("lamp", Decimal(2))]))
    assert lying(binned) == {"A-2": 3}
    supplier(binned, lamp="3.00")
    receipt = receive(binned, buy(binned, lamp=2))["id"]
    put(binned, A_2=2)
    binned.do(ReverseReceipt(receipt))
    assert lying(binned) == {"A-2": 3}
    binned.prove()


def test_picked_and_packed_goods_are_not_put_away_again(binned: Shop) -> None:
    put(binned, A_1=12)
    move(binned, 3, "A-1", None)
    first = binned.order(lamp=1)
    binned.do(PickOrder(first))
    binned.do(PackOrder(binned.order(lamp=1)))
    assert to_do(binned) == [("lamp", "1", ["A-1"])]


def test_one_bin_is_counted_by_itself(binned: Shop) -> None:
    put(binned, A_1=5, B_1=5)
    counted = binned.do(CountStock("main", [CountLine("lamp", Decimal(3))], bin="A-1"))
    assert (counted["value"], counted["lines"][0]["difference"]) == (-600, "-2")
    assert lying(binned) == {"A-1": 3, "B-1": 5, "none": 2}
    binned.do(CountStock("main", [CountLine("lamp", Decimal(6))], bin="A-1"))
    assert lying(binned) == {"A-1": 6, "B-1": 5, "none": 2}
    assert binned.balance("inventory") == 13 * 300
    binned.order(lamp=10)
    with pytest.raises(CountBelowPromised, match="9 counted, 10 promised"):
        binned.do(CountStock("main", [CountLine("lamp", Decimal(2))], bin="A-1"))
    binned.do(CountStock("main", [CountLine("lamp", Decimal(10))]))  # all of the location
    assert lying(binned) == {"A-1": 6, "B-1": 4}
    binned.prove()


def test_bins_do_not_hold_more_than_is_promised_apart(binned: Shop) -> None:
    """What is promised may lie anywhere: orders look at the location alone."""
    put(binned, A_1=12)
    order = binned.order(lamp=12)
    with pytest.raises(OutOfStock):
        binned.order(lamp=1)
    move(binned, 12, "A-1", "B-1")
    binned.ship(order)
    assert lying(binned) == {}


def test_a_location_without_bins_knows_nothing_of_them(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    shop.ship(shop.order(lamp=5))
    assert shop.rows("SELECT layout FROM locations WHERE code = 'main'") == [("whole",)]
    assert shop.rows("SELECT COUNT(*) FROM bin_moves") == [(0,)]
    with pytest.raises(Invalid, match="no bin"):
        shop.do(CountStock("main", [CountLine("lamp", Decimal(0))], bin="A-1"))


def test_sixty_skus_in_sixty_bins_are_handled_in_one_request_each(shop: Shop) -> None:
    """What a request looks for is loaded together: one look for each bin would be too many."""
    codes = [f"sku-{n}" for n in range(60)]
    for code in codes:
        shop.sku(code, stock=10, cost=100)
        shop.do(AddBin("main", f"bin-{code}", 0))
        shop.do(AddBin("main", f"other-{code}", 0))
    shop.do(AddLocation("shop", "Shop"))
    shop.do(PutAway("main", [PutAwayLine(code, Decimal(9), f"bin-{code}") for code in codes]))
    moved = [BinMoveLine(code, Decimal(4), f"bin-{code}", f"other-{code}") for code in codes]
    shop.do(MoveBetweenBins("main", moved))
    first, second = shop.order(**dict.fromkeys(codes, 2)), shop.order(**dict.fromkeys(codes, 1))
    assert len(shop.do(MakePickList("main", [second]))["lines"]) == 60
    shop.do(ShipOrder(first))
    shop.do(TransferStock("main", "shop", [TransferLineAsk(code, Decimal(2)) for code in codes]))
    shop.do(AdjustStock("main", "lost", [AdjustLine(code, Decimal(-1)) for code in codes]))
    shop.do(CountStock("main", [CountLine(code, Decimal(4)) for code in codes]))
    shop.do(CountStock("main", [CountLine(code, Decimal(0)) for code in codes], bin="bin-sku-0"))
    assert sum(units for code in codes for name, units in lying(shop, code).items() if name != "none") <= 240
    shop.prove()
