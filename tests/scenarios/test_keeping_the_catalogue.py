"""What the catalogue takes in, and what it refuses by name."""

from decimal import Decimal

import pytest

from orderwell.flows.adjust_stock import AdjustLine, AdjustStock
from orderwell.flows.keep_catalog import AddSku, PackAsk, SetTaxRate
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.kit.errors import Invalid
from tests.support.shop import Shop


@pytest.mark.parametrize("day", ["01-07-2026", "2026-02-30", "2026-W05-1", "tomorrow, "])
def test_a_tax_rate_holds_from_a_day_and_from_nothing_else(shop: Shop, day: str) -> None:
    with pytest.raises(Invalid, match="is no day"):
        shop.do(SetTaxRate("zero", Decimal(0), day))
    assert shop.rows("SELECT COUNT(*) FROM tax_rates WHERE tax_class = 'zero'") == [(0,)]


def test_packs_of_a_sku_have_names_of_their_own(shop: Shop) -> None:
    with pytest.raises(Invalid, match="the same name"):
        shop.do(AddSku("lamp", "Lamp", packs=[PackAsk("box", 12), PackAsk("box", 6)]))
    shop.do(AddSku("lamp", "Lamp", packs=[PackAsk("box", 12), PackAsk("tray", 6)]))


def test_an_order_of_more_than_all_money_is_refused_by_name(shop: Shop) -> None:
    shop.sku("lamp", kind="service", unit_decimals=3)
    with pytest.raises(Invalid, match="more than can be written down"):
        shop.do(PlaceOrder("web", [LineAsk("lamp", Decimal("1e9"), unit_price=Decimal("1e10"))]))
    assert shop.rows("SELECT COUNT(*) FROM orders") == [(0,)]


def test_the_note_of_an_adjustment_is_not_told_to_the_world(shop: Shop) -> None:
    shop.sku("lamp", stock=5)
    shop.do(AdjustStock("main", "lost", [AdjustLine("lamp", Decimal(-1))], note="Noor Bakker took it"))
    assert shop.rows("SELECT note FROM adjustments WHERE reason = 'lost'") == [("Noor Bakker took it",)]
    assert shop.rows("SELECT COUNT(*) FROM events WHERE data LIKE '%Noor%'") == [(0,)]
