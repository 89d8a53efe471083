"""To whom the demonstration business sells, and who works there. All of it is made up, and looks it on a second look.

Mail addresses end in `.example` and in the example domains of RFC 2606; telephone numbers are of ranges that nobody
has, or that are kept for films.
"""

import random
import unicodedata
from typing import NamedTuple


class Country(NamedTuple):
    code: str
    locale: str
    first: str
    last: str
    streets: str
    towns: str  # postcode and name
    phone: str


class Customer(NamedTuple):
    reference: str
    name: str
    kind: str
    email: str
    phone: str
    country: str
    locale: str
    street: str
    postcode: str
    city: str
    terms_days: int
    vat_number: str


NETHERLANDS = Country(
    "NL", "nl",
    "Sanne Daan Emma Lucas Fatima Jeroen Noor Thijs Lieke Ruben Anouk Bram Femke Sem Yara Joris Lotte Milan Iris Koen"
    " Sophie Mees Julia Teun Roos Gijs Eva Stijn Nina Pieter Mila Hugo Esra Youssef Marit Wouter Tess Floris Arjen",
    "de Vries|Bakker|Visser|Smit|El Amrani|Mulder|Dekker|Kok|van Dam|Post|Jansen|van den Berg|de Boer|Bos|Vos|Peters"
    "|Hendriks|van Leeuwen|Kuipers|Veenstra|Yilmaz|Scholten|van Wijk|Postma|Blom|Prins|Huisman|Kramer|Timmermans|Groen",
    "Dorpsstraat|Kerkweg|Molenlaan|Lindenlaan|Stationsstraat|Schoolstraat|Parkweg|Havenkade|Oranjestraat|Beukenlaan",
    "3511 AA Utrecht|2011 BB Haarlem|8011 CC Zwolle|9711 DD Groningen|3011 EE Rotterdam|6711 GG Ede|4811 HH Breda"
    "|2311 JJ Leiden|2611 KK Delft|9401 LL Assen|1011 MM Amsterdam|5611 NN Eindhoven|6811 PP Arnhem|3811 RR Amersfoort"
    "|6511 SS Nijmegen|7311 TT Apeldoorn|8911 VV Leeuwarden|5211 WW Den Bosch",
    "+31 6 0000 ",
)  # fmt: skip
BELGIUM = Country(
    "BE", "nl",
    "Marie Jonas Louise Arthur Elise Wout Camille Jules Hanne Maxime Nele Victor Amber Seppe",
    "Peeters|Claes|Dubois|Janssens|Maes|Jacobs|Mertens|Willems|Lambert|Goossens|De Smet|Wouters",
    "Kerkstraat|Stationslaan|Veldstraat|Nieuwstraat|Molenstraat",
    "9000 Gent|3000 Leuven|2000 Antwerpen|8000 Brugge|2800 Mechelen|3500 Hasselt", "+32 400 00 ",
)  # fmt: skip
GERMANY = Country(
    "DE", "de", "Anna Felix Clara Jonas Lena Paul Hannah Moritz Greta Emil Leonie Anton",
    "Schneider|Wagner|Hoffmann|Becker|Krüger|Schäfer|Koch|Richter|Wolf|Neumann|Vogel",
    "Hauptstraße|Bahnhofstraße|Gartenweg|Lindenstraße|Schulstraße",
    "50667 Köln|28195 Bremen|04109 Leipzig|48143 Münster|40213 Düsseldorf|20095 Hamburg", "+49 30 23125 ",
)  # fmt: skip
BRITAIN = Country(
    "GB", "en", "Olivia Harry Amelia Jack Isla George Freya Oscar",
    "Hughes|Walker|Wright|Green|Hall|Clarke|Turner|Ward",
    "High Street|Church Lane|Mill Road|Station Road", "LS1 1AA Leeds|BS1 1AA Bristol|YO1 1AA York|NR1 1AA Norwich",
    "+44 1632 960",
)  # fmt: skip
SHARES = [(NETHERLANDS, 74), (BELGIUM, 13), (GERMANY, 9), (BRITAIN, 4)]

COMPANIES = [
    ("Brouwer Interieur BV", "NL"), ("Kantoor & Co BV", "NL"), ("Hotel De Linde", "NL"), ("Basisschool De Eik", "NL"),
    ("Café Zuid", "NL"), ("Tuincentrum Van Rijn", "NL"), ("Studio Halte 9", "NL"), ("Restaurant De Sluis", "NL"),
    ("Woonwinkel Pluk", "NL"), ("Van Es Projectinrichting BV", "NL"), ("Pension Duinzicht", "NL"),
    ("Zorghuis Avondrood", "NL"), ("Boekhandel Bladzijde", "NL"), ("Kapsalon Kam & Krul", "NL"),
    ("Architecten Noord VOF", "NL"), ("Bakkerij Het Stoepje", "NL"), ("Yogastudio Adem", "NL"),
    ("Vergadercentrum De Kade", "NL"), ("Makelaardij Steen", "NL"), ("Bed & Breakfast Het Veer", "NL"),
    ("Theater De Vonk", "NL"), ("Fysiotherapie Beweeg", "NL"), ("Concept Store Zolder", "NL"),
    ("Atelier Janssens BV", "BE"), ("Maison Lambert SRL", "BE"), ("Hotel Ter Leie", "BE"), ("Brasserie De Brug", "BE"),
    ("Interieur Maes BV", "BE"), ("Becker Bürobedarf GmbH", "DE"), ("Hofladen Krüger", "DE"),
    ("Café Morgenrot GmbH", "DE"), ("Wohnstudio Elbe GmbH", "DE"), ("Ashford Interiors Ltd", "GB"),
    ("The Garden Room Ltd", "GB"),
]  # fmt: skip

# Name and role; the part of the mail address before the at is the first name.
STAFF = [
    ("Marijke Hoekstra", "owner"), ("Ahmed Aziz", "management"), ("Puck Verhoeven", "customer_service"),
    ("Jaap Winkel", "customer_service"), ("Selma Kaya", "shop_floor"), ("Rik Brands", "shop_floor"),
    ("Tomasz Nowak", "warehouse"), ("Wendy Palland", "warehouse"), ("Ilse Kamp", "purchasing"),
    ("Frank Cijfers", "accounting"),
]  # fmt: skip


def customers(chance: random.Random, count: int) -> list[Customer]:
    """So many of them, companies among the first; no two have one mail address."""
    companies = COMPANIES[: max(4, count * len(COMPANIES) // 600)]
    made = [_company(chance, n, *each) for n, each in enumerate(companies)]
    seen: set[str] = set()
    while len(made) < count:
        country = chance.choices([each for each, _ in SHARES], [share for _, share in SHARES])[0]
        name = f"{chance.choice(country.first.split())} {chance.choice(country.last.split('|'))}"
        if name not in seen:
            seen.add(name)
            made.append(_person(chance, len(made), name, country))
    return made


def _person(chance: random.Random, n: int, name: str, country: Country) -> Customer:
    domain = chance.choice(["example.com", "example.org", "example.net", "mail.example", "post.example"])
    return _customer(chance, n, name, "person", f"{plain(name)}@{domain}", country, 0, "")


def _company(chance: random.Random, n: int, name: str, code: str) -> Customer:
    country = next(each for each, _ in SHARES if each.code == code)
    email = f"inkoop@{plain(name).replace('.', '-')}.example"
    vat = {"NL": f"NL00000{n:04d}B01", "BE": f"BE000000{n:04d}", "DE": f"DE00000{n:04d}"}.get(code, f"GB00000{n:04d}")
    return _customer(chance, n, name, "company", email, country, 14 if n % 3 else 30, vat)


def _customer(
    chance: random.Random, n: int, name: str, kind: str, email: str, country: Country, terms: int, vat: str
) -> Customer:
    town = chance.choice(country.towns.split("|"))
    words = town.split()
    cut = 2 if country.code in ("NL", "GB") else 1
    street = chance.choice(country.streets.split("|"))
    number = chance.randrange(1, 180)
    return Customer(
        f"C{1001 + n}", name, kind, email, f"{country.phone}{n % 1000:03d}{n // 1000}", country.code, country.locale,
        f"{number} {street}" if country.code == "GB" else f"{street} {number}", " ".join(words[:cut]),
        " ".join(words[cut:]), terms, vat,
    )  # fmt: skip


def plain(name: str) -> str:
    """A name as the part of a mail address before the at."""
    letters = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return ".".join(word for word in "".join(c if c.isalnum() else " " for c in letters).split())
