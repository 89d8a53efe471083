"""Amounts, quantities, days and times as a language writes them; used by templates as filters."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, get_decimal_symbol, get_group_symbol

from ..values.calendar import moment
from ..values.money import digits
from .language import LOCALES

PLAIN = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?\Z")


@lru_cache(maxsize=8192)
def money(minor: int | None, currency: str, language: str) -> str:
    """`money(123456, "EUR", "nl")` is `€ 1.234,56`."""
    if minor is None:
        return "–"
    amount = Decimal(minor).scaleb(-digits(currency))
    return format_currency(amount, currency, locale=LOCALES[language])


@lru_cache(maxsize=8192)
def number(value: Any, language: str) -> str:
    """A whole number or decimal string, without needless zeros."""
    return format_decimal(Decimal(str(value)), locale=LOCALES[language], decimal_quantization=False)


def exact(value: Decimal, language: str) -> str:
    """A decimal with all the places that it has: `12.50` stays an amount."""
    places = max(0, -int(value.as_tuple().exponent))
    return format_decimal(value, f"#,##0.{'0' * places}", locale=LOCALES[language])


@lru_cache(maxsize=8192)
def price(value: Any, language: str) -> str:
    """Of one: with two decimals, and more where it has them."""
    amount = Decimal(str(value))
    places = max(2, -int(amount.normalize().as_tuple().exponent))
    return format_decimal(amount, format="#,##0." + "0" * places, locale=LOCALES[language])


def day(text: str | None, language: str, style: str = "d MMM y") -> str:
    if not text:
        return "–"
    return format_date(date.fromisoformat(text[:10]), style, locale=LOCALES[language])


def local(instant: int | str | None, zone: str) -> datetime | None:
    """An instant, as microseconds or RFC 3339, on the business's clock."""
    if instant is None:
        return None
    found = moment(instant) if isinstance(instant, int) else datetime.fromisoformat(instant)
    return found.astimezone(ZoneInfo(zone))


def when(instant: int | str | None, zone: str, language: str, today: str) -> str:
    """The time today, else the day and the time."""
    found = local(instant, zone)
    if found is None:
        return "–"
    if found.date().isoformat() == today:
        return format_time(found, "HH:mm", locale=LOCALES[language])
    style = "d MMM HH:mm" if found.date().isoformat()[:4] == today[:4] else "d MMM y HH:mm"
    return format_datetime(found, style, locale=LOCALES[language])


def ago(instant: int | str | None, now: int, language: str) -> str:
    """How long ago, in the largest unit that tells it: `3 h`, `2 d`."""
    if instant is None:
        return "–"
    found = moment(instant) if isinstance(instant, int) else datetime.fromisoformat(instant)
    return str(
        format_timedelta(moment(now) - found, granularity="second", threshold=1, format="narrow",
                         locale=LOCALES[language])
    )  # fmt: skip


def symbols(language: str) -> tuple[str, str]:
    """How decimals are marked and thousands grouped."""
    locale = Locale.parse(LOCALES[language])
    return get_decimal_symbol(locale), get_group_symbol(locale)


def decimal_typed(text: str, language: str) -> str:
    """What somebody typed, as a plain decimal string; as it is where it is no number. `1.234,5` is `1234.5` in Dutch.

    A single mark is a decimal mark whichever it is, unless three digits follow where the language groups that way.
    """
    plain = text.strip().replace(" ", "").replace("\u00a0", "").replace("€", "")
    mark, group = symbols(language)
    if mark in plain:
        plain = plain.replace(group, "").replace(mark, ".")
    elif group in plain and (plain.count(group) > 1 or len(plain.rpartition(group)[2]) == 3):
        plain = plain.replace(group, "")
    else:
        plain = plain.replace(group, ".")
    return plain if PLAIN.match(plain) else text
