"""Days and months where the tenant is: what a spend cap counts in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def day_of(moment: datetime, zone: ZoneInfo) -> str:
    """`2026-03-10`; its first seven letters are the month."""
    return moment.astimezone(zone).date().isoformat()


def month_of(day: str) -> str:
    return day[:7]


def day_begins(day: str, zone: ZoneInfo) -> datetime:
    return _midnight(date.fromisoformat(day), zone)


def day_ends(day: str, zone: ZoneInfo) -> datetime:
    return _midnight(date.fromisoformat(day) + timedelta(days=1), zone)


def month_begins(month: str, zone: ZoneInfo) -> datetime:
    return _midnight(date.fromisoformat(f"{month}-01"), zone)


def month_ends(month: str, zone: ZoneInfo) -> datetime:
    some_day_of_the_next = date.fromisoformat(f"{month}-01") + timedelta(days=32)
    return _midnight(some_day_of_the_next.replace(day=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
