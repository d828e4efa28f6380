"""Minutes, moments and local clocks. Minute 0 is a Monday, 00:00 UTC. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_MONDAY: Final = datetime(2020, 1, 6, tzinfo=UTC)
DAY: Final = 24 * 60

# The clock by which a terminal's day begins. Where a country has several, that of its main railway.
ZONES: Final = {
    "AE": "Asia/Dubai", "AF": "Asia/Kabul", "AM": "Asia/Yerevan", "AZ": "Asia/Baku", "BG": "Europe/Sofia", "BY": "Europe/Minsk",
    "CN": "Asia/Shanghai", "DE": "Europe/Berlin", "GE": "Asia/Tbilisi", "HU": "Europe/Budapest", "IN": "Asia/Kolkata", "IR": "Asia/Tehran",
    "IT": "Europe/Rome", "KG": "Asia/Bishkek", "KZ": "Asia/Almaty", "MN": "Asia/Ulaanbaatar", "NL": "Europe/Amsterdam",
    "PK": "Asia/Karachi", "PL": "Europe/Warsaw", "RO": "Europe/Bucharest", "RU": "Europe/Moscow", "TJ": "Asia/Dushanbe",
    "TM": "Asia/Ashgabat", "TR": "Europe/Istanbul", "UA": "Europe/Kyiv", "UZ": "Asia/Tashkent",
}  # fmt: skip


def zone_of(country: str) -> ZoneInfo:
    return ZoneInfo(ZONES.get(country, "UTC"))


def minute_of(moment: datetime) -> int:
    """Return the minutes from a Monday, 00:00 UTC."""
    return int((moment - _MONDAY).total_seconds() // 60)


def moment_of(minute: int) -> datetime:
    return _MONDAY + timedelta(minutes=minute)


def offset_minutes(country: str, near: datetime) -> int:
    """Return how far a country's clock is before UTC at a moment."""
    offset = near.astimezone(zone_of(country)).utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0
