"""What the demonstration business sells: thirteen groups, some sixty products, about a hundred and sixty SKUs."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple


class SupplierFacts(NamedTuple):
    reference: str
    name: str
    lead_days: int
    terms_days: int
    groups: tuple[str, ...]


class Goods(NamedTuple):
    """One SKU. Prices are in euros, tax included; costs without."""

    code: str
    name: str
    product: str
    group: str
    price: Decimal
    cost: Decimal
    backorder: str
    barcode: str
    lot: int  # the supplier delivers whole lots of it


class Product(NamedTuple):
    code: str
    name: str
    group: str
    price: str
    variants: str  # separated by spaces
    cost_percent: int = 45
    backorder: str = "no"


GROUPS = {
    "desk": "Desk lamps", "floor": "Floor lamps", "pendant": "Pendant lamps", "wall": "Wall and ceiling lights",
    "outdoor": "Outdoor lights", "bulb": "Light bulbs", "switch": "Cords and switches", "textile": "Textiles",
    "kitchen": "Kitchen and table", "candle": "Candles and scents", "plant": "Pots and vases",
    "storage": "Baskets and storage", "furniture": "Small furniture",
}  # fmt: skip

SUPPLIERS = [
    SupplierFacts("S-101", "Lichtfabriek Oost BV", 5, 30, ("desk", "pendant")),
    SupplierFacts("S-102", "Van der Meulen Verlichting", 7, 30, ("floor", "wall")),
    SupplierFacts("S-103", "Nordlys Armaturen A/S", 14, 45, ("outdoor",)),
    SupplierFacts("S-104", "Lampenwerk Sauerland GmbH", 4, 14, ("bulb", "switch")),
    SupplierFacts("S-105", "Weverij De Schering", 10, 30, ("textile",)),
    SupplierFacts("S-106", "Aardewerk Makkum Import", 8, 30, ("kitchen", "plant")),
    SupplierFacts("S-107", "Bougies du Brabant SRL", 6, 14, ("candle",)),
    SupplierFacts("S-108", "Rotan & Riet Import", 21, 60, ("storage",)),
    SupplierFacts("S-109", "Houtatelier Achterhoek", 15, 30, ("furniture",)),
]

PRODUCTS = [
    Product("noor", "Noor desk lamp", "desk", "59.95", "black white brass sage", 44, "capped"),
    Product("pim", "Pim clip lamp", "desk", "34.95", "black white red"),
    Product("wieke", "Wieke reading lamp", "desk", "79.00", "brass nickel"),
    Product("toon", "Toon table lamp", "desk", "44.50", "sand rust slate"),
    Product("bolle", "Bolle glass table lamp", "desk", "69.95", "opal amber smoke", 44, "capped"),
    Product("staf", "Staf floor lamp", "floor", "139.00", "black brass", 47, "capped"),
    Product("buig", "Buig arc lamp", "floor", "229.00", "black nickel", 49, "yes"),
    Product("driepoot", "Driepoot tripod lamp", "floor", "169.00", "oak walnut", 48, "capped"),
    Product("leeslicht", "Leeslicht floor reader", "floor", "119.00", "white black sage", 46),
    Product("kap", "Kap pendant", "pendant", "89.00", "black white terracotta moss", 43, "capped"),
    Product("druppel", "Druppel glass pendant", "pendant", "74.95", "clear smoke amber", 44, "capped"),
    Product("ring", "Ring LED pendant", "pendant", "199.00", "60cm 90cm", 48, "capped"),
    Product("riet", "Riet rattan pendant", "pendant", "94.50", "40cm 55cm", 41),
    Product("trio", "Trio pendant bar", "pendant", "159.00", "black brass", 46),
    Product("wand", "Wand wall light", "wall", "64.50", "black white brass"),
    Product("spot", "Spot ceiling light", "wall", "29.95", "black white nickel"),
    Product("plafon", "Plafon ceiling light", "wall", "54.95", "30cm 40cm"),
    Product("spiegel", "Spiegel bathroom light", "wall", "72.00", "40cm 60cm"),
    Product("lantaarn", "Lantaarn outdoor lantern", "outdoor", "49.95", "black zinc", 44, "capped"),
    Product("pad", "Pad path light", "outdoor", "39.95", "black corten"),
    Product("snoer", "Snoer festoon lights", "outdoor", "44.95", "10m 20m"),
    Product("zon", "Zon solar stake", "outdoor", "14.95", "single set-of-3"),
    Product("gevel", "Gevel facade light", "outdoor", "69.00", "up-down sensor"),
    Product("e27", "LED bulb E27", "bulb", "5.95", "4W 7W 11W dimmable", 30),
    Product("e14", "LED bulb E14", "bulb", "4.95", "3W 5W dimmable", 30),
    Product("gu10", "LED spot GU10", "bulb", "5.50", "4W 6W dimmable", 31),
    Product("filament", "Filament bulb", "bulb", "9.95", "globe pear tube", 34),
    Product("slim", "Smart bulb E27", "bulb", "19.95", "white colour", 52),
    Product("koord", "Textile cord 3 m", "switch", "12.50", "black red mustard linen", 33),
    Product("pendel", "Pendant cord set", "switch", "22.50", "black brass"),
    Product("dimmer", "Cord dimmer", "switch", "16.95", "black white", 40),
    Product("fitting", "Porcelain lamp holder", "switch", "7.95", "E27 E14", 35),
    Product("plaid", "Wool throw", "textile", "59.00", "ecru ochre petrol", 46, "capped"),
    Product("kussen", "Linen cushion 45 cm", "textile", "29.95", "sand rust moss slate", 41),
    Product("theedoek", "Tea towel", "textile", "8.95", "check stripe", 30),
    Product("kleed", "Cotton rug", "textile", "89.00", "60x90 120x180", 49, "yes"),
    Product("mok", "Stoneware mug", "kitchen", "11.95", "blue white speckle", 31),
    Product("bord", "Stoneware plate", "kitchen", "15.95", "blue white speckle", 33),
    Product("schaal", "Serving bowl", "kitchen", "34.95", "small large", 40),
    Product("karaf", "Glass carafe 1 l", "kitchen", "24.95", "clear smoke", 36),
    Product("plank", "Oak cutting board", "kitchen", "32.50", "small large", 43),
    Product("koffie", "Pour-over coffee set", "kitchen", "42.95", "glass ceramic", 45),
    Product("kaars", "Scented candle", "candle", "18.95", "fig cedar orange linen", 32),
    Product("dinerkaars", "Dinner candles, box of 6", "candle", "9.95", "ivory terracotta green", 30),
    Product("kandelaar", "Brass candle holder", "candle", "21.50", "low high", 38),
    Product("geurstok", "Reed diffuser 200 ml", "candle", "26.95", "fig cedar", 34),
    Product("pot", "Terracotta pot", "plant", "12.95", "14cm 20cm 28cm", 34),
    Product("bloempot", "Glazed plant pot", "plant", "19.95", "white sage ink", 37),
    Product("vaas", "Ribbed glass vase", "plant", "27.95", "clear amber smoke", 38),
    Product("gieter", "Brass watering can", "plant", "36.50", "1l 2l", 44),
    Product("mand", "Seagrass basket", "storage", "24.95", "small medium large", 38, "capped"),
    Product("wasmand", "Rattan laundry basket", "storage", "69.95", "natural black", 43, "capped"),
    Product("doos", "Linen storage box", "storage", "17.95", "grey sand", 36),
    Product("haak", "Brass wall hooks, set of 3", "storage", "19.50", "brass black", 35),
    Product("kruk", "Oak stool", "furniture", "89.00", "natural black", 50, "yes"),
    Product("bijzet", "Side table", "furniture", "129.00", "oak marble", 51, "yes"),
    Product("plankje", "Wall shelf", "furniture", "34.95", "60cm 90cm", 43),
    Product("bankje", "Hall bench", "furniture", "219.00", "oak black", 53, "yes"),
]

# Code, name, price, revenue.
SERVICES = [
    ("postage", "Postage", Decimal("4.95"), "delivery"),
    ("postage-eu", "Postage abroad", Decimal("9.95"), "delivery"),
    ("gift-wrap", "Gift wrapping", Decimal("3.50"), "other"),
    ("assembly", "Assembly at home", Decimal("45.00"), "other"),
]
PRICES = {code: price for code, _, price, _ in SERVICES}

EAN_OURS = "29"  # EAN-13 keeps 20 to 29 for the numbers shops give out themselves: never anybody's real product
LARGER = ("large", "90cm", "120x180", "20m", "28cm", "set-of-3", "2l", "55cm", "60cm", "high", "dimmable", "colour")


def ean13(twelve: str) -> str:
    """Twelve digits and their check digit."""
    total = sum(int(digit) * (3 if n % 2 else 1) for n, digit in enumerate(twelve))
    return twelve + str(-total % 10)


def catalogue() -> list[Goods]:
    """Every SKU, in the order of the list above."""
    return list(_skus())


def _skus() -> Iterator[Goods]:
    number = 0
    for product in PRODUCTS:
        for n, variant in enumerate(product.variants.split()):
            number += 1
            price = Decimal(product.price)
            if n and variant in LARGER:
                price = (price * (100 + 35 * n) / 100).quantize(Decimal(1)) - Decimal("0.05")
            cost = (price / Decimal("1.21") * product.cost_percent / 100).quantize(Decimal("0.01"))
            yield Goods(
                f"{product.code}-{variant.lower()}", f"{product.name}, {variant.replace('-', ' ')}", product.code,
                product.group, price, cost, product.backorder, ean13(f"{EAN_OURS}{number * 7_919:010d}"),
                12 if price < 10 else 6 if price < 40 else 2 if price < 150 else 1,
            )  # fmt: skip
