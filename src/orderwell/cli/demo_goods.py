"""What the demonstration business sells, and to whom. English names, the Dutch ones behind them."""

from typing import NamedTuple


class Goods(NamedTuple):
    code: str
    name: str
    product: str
    price: str  # in euros, tax included
    cost_minor: int
    tax_class: str = "standard"
    backorder: str = "no"


PRODUCTS = {
    "lighting": "Lighting · Verlichting",
    "kitchen": "Kitchen · Keuken",
    "office": "Office · Kantoor",
    "garden": "Garden · Tuin",
    "pantry": "Pantry · Voorraadkast",
    "books": "Books · Boeken",
}

GOODS = [
    Goods("lamp-desk", "Desk lamp · Bureaulamp", "lighting", "49.95", 2150),
    Goods("lamp-floor", "Floor lamp · Vloerlamp", "lighting", "119.00", 5480),
    Goods("lamp-wall", "Wall light · Wandlamp", "lighting", "64.50", 2790),
    Goods("lamp-table", "Table lamp · Tafellamp", "lighting", "39.95", 1725),
    Goods("bulb-e27", "LED bulb E27 · Ledlamp E27", "lighting", "4.95", 148),
    Goods("bulb-e14", "LED bulb E14 · Ledlamp E14", "lighting", "4.25", 131),
    Goods("cord-textile", "Textile cord 3 m · Textielsnoer 3 m", "lighting", "12.50", 410),
    Goods("lantern", "Lantern · Lantaarn", "lighting", "27.95", 1090, backorder="yes"),
    Goods("pan-cast", "Cast-iron pan · Gietijzeren pan", "kitchen", "89.00", 3960),
    Goods("pan-steel", "Steel frying pan · Stalen koekenpan", "kitchen", "44.95", 1880),
    Goods("knife-chef", "Chef's knife · Koksmes", "kitchen", "59.95", 2440),
    Goods("board-oak", "Oak cutting board · Eiken snijplank", "kitchen", "34.50", 1390),
    Goods("mug-blue", "Blue mug · Blauwe mok", "kitchen", "8.95", 265),
    Goods("mug-white", "White mug · Witte mok", "kitchen", "7.95", 240),
    Goods("teapot", "Teapot 1.2 l · Theepot 1,2 l", "kitchen", "32.95", 1275),
    Goods("towel-tea", "Tea towel · Theedoek", "kitchen", "6.95", 205),
    Goods("grinder", "Coffee grinder · Koffiemolen", "kitchen", "54.95", 2360, backorder="yes"),
    Goods("chair-desk", "Desk chair · Bureaustoel", "office", "249.00", 13200, backorder="yes"),
    Goods("desk-oak", "Oak desk · Eiken bureau", "office", "529.00", 28400, backorder="yes"),
    Goods("shelf-wall", "Wall shelf · Wandplank", "office", "29.95", 1080),
    Goods("notebook-a5", "Notebook A5 · Notitieboek A5", "office", "11.95", 385),
    Goods("pen-black", "Black pen · Zwarte pen", "office", "2.49", 62),
    Goods("paper-a4", "Paper A4, 500 sheets · Papier A4, 500 vel", "office", "6.49", 331),
    Goods("tray-letter", "Letter tray · Brievenbak", "office", "13.95", 470),
    Goods("pot-20", "Plant pot 20 cm · Bloempot 20 cm", "garden", "14.95", 520),
    Goods("pot-30", "Plant pot 30 cm · Bloempot 30 cm", "garden", "24.95", 905),
    Goods("can-water", "Watering can · Gieter", "garden", "19.95", 705),
    Goods("gloves", "Garden gloves · Tuinhandschoenen", "garden", "9.95", 310),
    Goods("shears", "Pruning shears · Snoeischaar", "garden", "29.95", 1165),
    Goods("bench", "Garden bench · Tuinbank", "garden", "189.00", 9350, backorder="yes"),
    Goods("seed-herbs", "Herb seeds · Kruidenzaden", "garden", "3.95", 95, "reduced"),
    Goods("coffee-1kg", "Coffee beans 1 kg · Koffiebonen 1 kg", "pantry", "18.95", 960, "reduced"),
    Goods("tea-green", "Green tea · Groene thee", "pantry", "7.95", 290, "reduced"),
    Goods("honey", "Honey 450 g · Honing 450 g", "pantry", "6.95", 315, "reduced"),
    Goods("stroopwafel", "Syrup waffles · Stroopwafels", "pantry", "3.49", 128, "reduced"),
    Goods("olive-oil", "Olive oil 750 ml · Olijfolie 750 ml", "pantry", "13.95", 640, "reduced"),
    Goods("book-bread", "Book: Bread · Boek: Brood", "books", "29.99", 1620, "reduced"),
    Goods("book-garden", "Book: A small garden · Boek: Een kleine tuin", "books", "24.99", 1340, "reduced"),
]
SERVICES = [
    ("postage", "Postage · Verzendkosten", "4.95", "delivery"),
    ("assembly", "Assembly at home · Montage aan huis", "39.00", "other"),
]

# Name, kind, country, place; companies pay within 14 or 30 days.
CUSTOMERS = [
    ("Sanne de Vries", "person", "NL", "Utrecht"),
    ("Daan Bakker", "person", "NL", "Haarlem"),
    ("Emma Visser", "person", "NL", "Zwolle"),
    ("Lucas Smit", "person", "NL", "Groningen"),
    ("Fatima El Amrani", "person", "NL", "Rotterdam"),
    ("Jeroen Mulder", "person", "NL", "Ede"),
    ("Noor Dekker", "person", "NL", "Breda"),
    ("Thijs Kok", "person", "NL", "Leiden"),
    ("Lieke van Dam", "person", "NL", "Delft"),
    ("Ruben Post", "person", "NL", "Assen"),
    ("Marie Peeters", "person", "BE", "Gent"),
    ("Jonas Claes", "person", "BE", "Leuven"),
    ("Louise Dubois", "person", "BE", "Namur"),
    ("Anna Schneider", "person", "DE", "Köln"),
    ("Felix Wagner", "person", "DE", "Bremen"),
    ("Clara Hoffmann", "person", "DE", "Leipzig"),
    ("Olivia Hughes", "person", "UK", "Leeds"),
    ("Harry Walker", "person", "UK", "Bristol"),
    ("Brouwer Interieur BV", "company", "NL", "Amsterdam"),
    ("Kantoor & Co BV", "company", "NL", "Eindhoven"),
    ("Hotel De Linde", "company", "NL", "Maastricht"),
    ("Basisschool De Eik", "company", "NL", "Amersfoort"),
    ("Café Zuid", "company", "NL", "Den Haag"),
    ("Tuincentrum Van Rijn", "company", "NL", "Apeldoorn"),
    ("Atelier Janssens BV", "company", "BE", "Antwerpen"),
    ("Maison Lambert SRL", "company", "BE", "Liège"),
    ("Becker Bürobedarf GmbH", "company", "DE", "Düsseldorf"),
    ("Hofladen Krüger", "company", "DE", "Münster"),
    ("Ashford Interiors Ltd", "company", "UK", "London"),
    ("The Garden Room Ltd", "company", "UK", "York"),
]
