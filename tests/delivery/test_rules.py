"""Zones, cut-off times and days on which nothing moves: plain values."""

import pytest

from orderwell.delivery.model import Dispatch, Method, Zone
from orderwell.delivery.rules import Dates, dates, open_day, zone_for

COUNTRY = Zone(1, 1, "NL", "", "", 49500, "gross", None, 1, "open")
CITY = Zone(1, 2, "NL", "1000", "1199", 39500, "gross", None, 1, "open")
STREET = Zone(1, 3, "NL", "1012AB", "1012AB", 29500, "gross", None, 1, "open")
SHUT = Zone(1, 4, "NL", "1012ABC", "1012ABC", 0, "gross", None, 1, "closed")
ZONES = [COUNTRY, CITY, STREET, SHUT]

METHOD = Method(1, 1, "parcel", "Parcel", "", 1, "123456", "open")
MAIN = Dispatch(1, 1, "16:00", "12345")


@pytest.mark.parametrize(
    ("country", "postcode", "zone"),
    [
        ("NL", "9999 ZZ", COUNTRY),
        ("NL", "", COUNTRY),
        ("NL", "1000 AA", CITY),
        ("NL", "1199 zz", CITY),
        ("NL", "1200 AA", COUNTRY),
        ("NL", "119", COUNTRY),  # shorter than the prefix
        ("NL", "1012 ab", STREET),
        ("BE", "1000", None),
    ],
)
def test_the_narrowest_zone_that_is_open_counts(country: str, postcode: str, zone: Zone | None) -> None:
    assert zone_for(ZONES, country=country, postcode=postcode) == zone


def found(ready_on: str, minute: int, *, lead: int = 1, closed: tuple[str, ...] = ()) -> Dates | None:
    return dates(
        ready_on=ready_on, minute=minute, today="2026-01-08", dispatch=MAIN, method=METHOD, lead_days=lead,
        closed=closed,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ready_on", "minute", "lead", "closed", "expected"),
    [  # 8 January 2026 is a Thursday
        ("2026-01-08", 16 * 60 - 1, 1, (), Dates("2026-01-08", "2026-01-09")),
        ("2026-01-08", 16 * 60, 1, (), Dates("2026-01-09", "2026-01-10")),  # too late for today; Saturday delivers
        ("2026-01-08", 600, 3, (), Dates("2026-01-08", "2026-01-12")),  # Sunday does not
        ("2026-01-10", 1_439, 1, (), Dates("2026-01-12", "2026-01-13")),  # awaited: the clock of today says nothing
        ("2026-01-08", 600, 1, ("2026-01-08",), Dates("2026-01-09", "2026-01-10")),
        ("2026-01-08", 600, 1, ("2026-01-09", "2026-01-10"), Dates("2026-01-08", "2026-01-12")),
        ("2026-01-08", 600, 0, (), Dates("2026-01-08", "2026-01-08")),
    ],
)
def test_days_of_dispatch_and_delivery(
    ready_on: str, minute: int, lead: int, closed: tuple[str, ...], expected: Dates
) -> None:
    assert found(ready_on, minute, lead=lead, closed=closed) == expected


def test_a_day_that_never_comes_is_none() -> None:
    every = [
        f"{year}-{month:02d}-{day:02d}" for year in range(2026, 2037) for month in range(1, 13) for day in range(1, 32)
    ]
    assert open_day("2026-01-08", "4", set(every)) is None
