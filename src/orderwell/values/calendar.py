"""Instants and days: an instant is whole microseconds since 1970 UTC, a day is `YYYY-MM-DD` in the business's zone."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
DAY = 86_400 * SECOND


def instant(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime, exactly."""
    assert moment.tzinfo is not None, "an instant needs a time zone"
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(instant_us: int) -> datetime:
    return EPOCH + timedelta(microseconds=instant_us)


def instant_text(instant_us: int | None) -> str | None:
    """RFC 3339 in UTC, microseconds only where there are any."""
    if instant_us is None:
        return None
    return moment(instant_us).isoformat().replace("+00:00", "Z")


@lru_cache(maxsize=4096)
def _minute_day(minute: int, zone: str) -> str:
    return (EPOCH + timedelta(minutes=minute)).astimezone(ZoneInfo(zone)).date().isoformat()


def day_of(instant_us: int, zone: str) -> str:
    """The business day of an instant. Offsets of zones are whole minutes since 1972, so the minute decides."""
    return _minute_day(instant_us // (60 * SECOND), zone)


def is_day(text: str) -> bool:
    """Whether it is a day written as `YYYY-MM-DD`: days are compared as texts, so nothing else will do."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def add_days(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def day_starts(day: str, zone: str) -> int:
    """The instant at which a business day begins."""
    return instant(datetime.combine(date.fromisoformat(day), datetime.min.time(), ZoneInfo(zone)).astimezone(UTC))


def minute_of(instant_us: int, zone: str) -> int:
    """Minutes since midnight on the clock of a zone."""
    there = moment(instant_us).astimezone(ZoneInfo(zone))
    return there.hour * 60 + there.minute
