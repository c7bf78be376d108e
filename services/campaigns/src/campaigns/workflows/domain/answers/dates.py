"""A date in an answer: common forms of English and Spanish, and words like tomorrow, on the recipient's calendar.

A date without year is the next such day, today included; a weekday is the next one after today ("friday" and "next
friday" alike). `03/04` could be two days and is asked again, and so is an answer with two dates ("monday or tuesday").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from campaigns.workflows.domain.answers.words import plain

FURTHEST = 100
"""Years from today: a date outside of that is a mistake."""
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene",
            "february feb febrero",
            "march mar marzo",
            "april apr abril abr",
            "may mayo",
            "june jun junio",
            "july jul julio",
            "august aug agosto ago",
            "september sep sept septiembre setiembre",
            "october oct octubre",
            "november nov noviembre",
            "december dec diciembre dic",
        ),
        start=1,
    )
    for name in names.split()
}
_DAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon lunes",
            "tuesday tue tues martes",
            "wednesday wed weds miercoles",
            "thursday thu thur thurs jueves",
            "friday fri viernes",
            "saturday sat sabado",
            "sunday sun domingo",
        )
    )
    for name in names.split()
}
_SMALL = {
    name: number
    for number, names in enumerate(
        (
            "one a an uno un una",
            "two dos",
            "three tres",
            "four cuatro",
            "five cinco",
            "six seis",
            "seven siete",
            "eight ocho",
            "nine nueve",
            "ten diez",
        ),
        start=1,
    )
    for name in names.split()
}
_UNITS = {"day": 1, "days": 1, "dia": 1, "dias": 1, "week": 7, "weeks": 7, "semana": 7, "semanas": 7}
_RELATIVE = {
    "day after tomorrow": 2,
    "the day after tomorrow": 2,
    "pasado manana": 2,
    "tomorrow": 1,
    "tomorow": 1,
    "tmrw": 1,
    "tmr": 1,
    "manana": 1,
    "today": 0,
    "tonight": 0,
    "hoy": 0,
}


def _any(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_MONTH = rf"(?P<month>{_any(_MONTHS)})"
_YEAR = r"(?:,? (?:de |del |of )?(?P<year>\d{4})\b)?"
_TH = r"(?:st|nd|rd|th)"
_COUNT = rf"(?P<count>\d{{1,3}}|{_any(_SMALL)})"
_PATTERNS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("iso", r"(?<![\d/.-])(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?![\d/-])"),
        (
            "figures",
            r"(?<![\d/.-])(?P<one>\d{1,2})(?P<mark>[-/.])(?P<two>\d{1,2})(?:(?P=mark)(?P<year>\d{4}|\d{2}))?(?![\d/:-])",
        ),
        ("month_first", rf"\b{_MONTH}\.? (?:the )?(?P<day>\d{{1,2}}){_TH}?\b(?!:){_YEAR}"),
        ("day_first", rf"(?<![\d/:.-])(?P<day>\d{{1,2}}){_TH}?[ -]?(?:of |de )?{_MONTH}\b\.?{_YEAR}"),
        ("relative", rf"\b(?P<words>{_any(_RELATIVE)})\b"),
        ("ahead", rf"\b(?:in|within|en|dentro de) {_COUNT} (?P<unit>{_any(_UNITS)})\b"),
        ("weekday", rf"\b(?P<weekday>{_any(_DAYS)})\b"),
        ("ordinal", rf"\b(?P<day>\d{{1,2}}){_TH}\b"),
    )
)
_AMBIGUOUS = date.min


def read_date(reply: str, today: date) -> date | None:
    """None if there is none, more than one, or one that could mean two days."""
    found: set[date] = set()
    weekdays: set[date] = set()
    for kind, day in _dates_in(plain(reply), today):
        (weekdays if kind == "weekday" else found).add(day)
    if found and weekdays and {day.weekday() for day in weekdays} != {day.weekday() for day in found}:
        return None
    meant = found or weekdays
    only = meant.pop() if len(meant) == 1 else None
    if only is None or only == _AMBIGUOUS or abs(only.year - today.year) > FURTHEST:
        return None
    return only


def _dates_in(text: str, today: date) -> Iterator[tuple[str, date]]:
    """Each pattern takes its words away, so that "the 5th of may" is no second "the 5th"."""
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield kind, _date(kind, {key: value for key, value in match.groupdict().items() if value}, today)
        text = pattern.sub(" ; ", text)


def _date(kind: str, parts: dict[str, str], today: date) -> date:
    if kind == "relative":
        return today + timedelta(days=_RELATIVE[parts["words"]])
    if kind == "ahead":
        count = int(parts["count"]) if parts["count"].isdigit() else _SMALL[parts["count"]]
        return today + timedelta(days=count * _UNITS[parts["unit"]])
    if kind == "weekday":
        return today + timedelta(days=(_DAYS[parts["weekday"]] - today.weekday() - 1) % 7 + 1)
    if kind == "ordinal":
        return _next_of_month(int(parts["day"]), today)
    if kind == "figures":
        return _in_figures(int(parts["one"]), int(parts["two"]), parts.get("year"), today)
    month = int(parts["month"]) if parts["month"].isdigit() else _MONTHS[parts["month"]]
    return _calendar(parts.get("year"), month, int(parts["day"]), today)


def _in_figures(one: int, two: int, year: str | None, today: date) -> date:
    """12/25 and 25/12 are clear, 3/3 is, 3/4 is not."""
    readings = {_calendar(year, month, day, today) for month, day in ((one, two), (two, one))} - {_AMBIGUOUS}
    return readings.pop() if len(readings) == 1 else _AMBIGUOUS


def _calendar(year: str | None, month: int, day: int, today: date) -> date:
    """`_AMBIGUOUS` for a day that does not exist."""
    if year is not None:
        full = int(year) if len(year) > 2 else int(year) + 2000
        return _existing(full, month, day)
    this = _existing(today.year, month, day)
    if this != _AMBIGUOUS and this >= today:
        return this
    later = (_existing(today.year + ahead, month, day) for ahead in range(1, 9))
    return next((found for found in later if found != _AMBIGUOUS), _AMBIGUOUS)


def _next_of_month(day: int, today: date) -> date:
    months = (divmod(today.year * 12 + today.month - 1 + ahead, 12) for ahead in range(3))
    days = (_existing(year, month + 1, day) for year, month in months)
    return next((found for found in days if found >= today), _AMBIGUOUS)


def _existing(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return _AMBIGUOUS
