"""Reads dates, days of the week and words such as "tomorrow"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain

from ai_responder.domain.grounding.findings import Finding, Key

_MONTHS = (
    ("jan(?:uary)?", "enero"), ("feb(?:ruary)?", "febrero"), ("mar(?:ch)?", "marzo"), ("apr(?:il)?", "abril"),
    ("may", "mayo"), ("june?", "junio"), ("july?", "julio"), ("aug(?:ust)?", "agosto"),
    ("sept?(?:ember)?", "sep?tiembre"), ("oct(?:ober)?", "octubre"), ("nov(?:ember)?", "noviembre"),
    ("dec(?:ember)?", "diciembre"),
)  # fmt: skip
_DAYS = (
    ("mon(?:days?)?", "lunes|lun"), ("tue(?:s(?:days?)?)?", "martes"), ("wed(?:nesdays?)?", "miercoles|mie"),
    ("thu(?:rs?(?:days?)?)?", "jueves|jue"), ("fri(?:days?)?", "viernes|vie"), ("sat(?:urdays?)?", "sabados?|sab"),
    ("sun(?:days?)?", "domingos?"),
)  # fmt: skip
_EACH_MONTH = tuple(re.compile("|".join(names)) for names in _MONTHS)
_EACH_DAY = tuple(re.compile("|".join(names)) for names in _DAYS)
_MONTH = "|".join(f"{english}|{spanish}" for english, spanish in _MONTHS)
_DAY = "|".join(f"{english}|{spanish}" for english, spanish in _DAYS)
_TO = r" ?(?:-|to|through|thru|until|till|a|hasta|al) ?(?:el )?"
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d\d?)-(\d\d?)(?!\d)")
_SLASHED = re.compile(r"(?<![\d/.])(\d\d?)([/.])(\d\d?)(?:\2(\d{4}|\d\d))?(?![\d/%]|\.\d)")
_MONTH_FIRST = re.compile(
    rf"\b({_MONTH})\.? (?:the )?§?(\d\d?)(?:st|nd|rd|th)?\b(?!:|-?\d| ?[ap]\.?m)(?:,? (\d{{4}})(?!\d))?"
)
_DAY_FIRST = re.compile(
    rf"(?<![\d:.])§?(\d\d?)(?:st|nd|rd|th)?(?: of| de)? ({_MONTH})\b(?:,?(?: de| del)? (\d{{4}})(?!\d))?"
)
_BEFORE_DATE = re.compile(rf"\b({_DAY})\.?,? (?:the |el )?\Z")
_ENDING = r"(?:st|nd|rd|th)?"
_IN_YEAR = r"(?:,?(?: de| del)? (?P<year>\d{4})(?!\d))?"
_MONTH_RANGE = re.compile(
    rf"\b(?P<month>{_MONTH})\.? (?P<first>\d\d?){_ENDING}{_TO}(?P<last>\d\d?){_ENDING}\b(?![:\d%]){_IN_YEAR}"
)
_DAYS_RANGE = re.compile(
    rf"(?<![\d:.])(?P<first>\d\d?){_ENDING}{_TO}(?P<last>\d\d?){_ENDING}(?: of| de)? (?P<month>{_MONTH})\b{_IN_YEAR}"
)
_OF_MONTH = re.compile(
    r"(?<![\d:.,])(\d\d?)(?:st|nd|rd|th)\b|\b(?:el|dia|hasta el|para el) §?(\d\d?)\b(?! ?[%:/$€]|[.,]\d)"
)
_BARE_MONTH = re.compile(rf"\b(?:in|until|since|of|next|this|from|by|en|desde|hasta|de) ({_MONTH})\b")
_FULL_MONTH = re.compile(
    r"\b(january|february|april|june|july|august|september|october|november|december|enero|febrero|abril|mayo|junio|"
    r"julio|agosto|sep?tiembre|octubre|noviembre|diciembre)\b"
)
_RANGE = re.compile(rf"\b({_DAY})\.?{_TO}({_DAY})\b")
_WEEKDAY = re.compile(rf"\b({_DAY})\b")
_WEEKEND = re.compile(r"\b(?:weekends?|fin(?:es)? de semana)\b")
_WORKDAYS = re.compile(r"\b(?:weekdays?|entre semana)\b")
_DAILY = re.compile(
    r"\b(?:every ?day|daily|(?:7|§7|§6 and|all §?7) days a week|seven days|todos los dias|a diario|"
    r"diariamente)\b|\b24/7\b"
)
_RELATIVE = re.compile(r"\b(today|tonight|tomorrow|yesterday|hoy|ayer|esta noche|manana)\b")
_SHIFTS = {"today": 0, "tonight": 0, "hoy": 0, "esta noche": 0, "tomorrow": 1, "manana": 1, "yesterday": -1, "ayer": -1}
_NOT_A_DAY = re.compile(r"(?:you|help|assist|ayudar\w{0,2}|how|here|la|esta|por la|buena|texting|us) \Z")
_SHORT_WORDS = frozenset({"sun", "sat", "wed", "mon", "mar", "may"})
ALL = 7


def dates(text: str, today: date | None) -> Iterator[Finding]:
    for found in _ISO.finditer(text):
        yield from _dated(found, [(int(found[2]), int(found[3]))], int(found[1]), today)
    for found in _SLASHED.finditer(text):
        if found[2] == "/" or found[4]:
            first, second = int(found[1]), int(found[3])
            yield from _dated(found, [(first, second), (second, first)], _year(found[4]), today)
    for found in chain(_MONTH_RANGE.finditer(text), _DAYS_RANGE.finditer(text)):
        month, year = _month(found["month"]), _year(found["year"])
        yield from _dated(found, [(month, int(found["first"]))], year, today)
        yield from _dated(found, [(month, int(found["last"]))], year, today, named=False)
    for found in _MONTH_FIRST.finditer(text):
        yield from _dated(found, [(_month(found[1]), int(found[2]))], _year(found[3]), today)
    for found in _DAY_FIRST.finditer(text):
        yield from _dated(found, [(_month(found[2]), int(found[1]))], _year(found[3]), today)


def every_day(text: str) -> Iterator[Finding]:
    for found in _DAILY.finditer(text):
        given = frozenset[Key]({("daily",), *(("day", each) for each in range(ALL))})
        yield Finding(*found.span(), "day", frozenset({("daily",)}), given)


def days(text: str, today: date | None) -> Iterator[Finding]:
    for found in _RANGE.finditer(text):
        yield from _span(found, _weekday(found[1]), _weekday(found[2]))
    for found in _WEEKEND.finditer(text):
        yield Finding(*found.span(), "day", frozenset({("day", 5), ("day", 6)}))
    for found in _WORKDAYS.finditer(text):
        yield Finding(*found.span(), "day", frozenset({("workdays",)}), _workdays(set(range(5))))
    for found in _WEEKDAY.finditer(text):
        yield Finding(*found.span(), "day", frozenset({("day", _weekday(found[1]))}))
    for found in _RELATIVE.finditer(text):
        if not _NOT_A_DAY.search(text[max(0, found.start() - 12) : found.start()]):
            yield _relative(found, today)
    for found in chain(_BARE_MONTH.finditer(text), _FULL_MONTH.finditer(text)):
        yield Finding(*found.span(), "date", frozenset({("month", _month(found[1]))}))


def days_of_month(text: str) -> Iterator[Finding]:
    for found in _OF_MONTH.finditer(text):
        number = found[1] or found[2]
        if 1 <= int(number) <= 31:
            yield Finding(*found.span(), "date", frozenset({("of_month", int(number))}))


def is_short_word(word: str) -> bool:
    """Whether a small-letter "sat" or "sun" is more likely the word than the day."""
    return word in _SHORT_WORDS


def _dated(
    found: re.Match[str], possible: list[tuple[int, int]], year: int | None, today: date | None, *, named: bool = True
) -> Iterator[Finding]:
    says: set[Key] = set()
    fitting: set[int] = set()
    gives: set[Key] = set()
    for month, day in possible:
        if not (1 <= month <= 12 and 1 <= day <= 31):
            continue
        says |= {("dated", year, month, day), ("undated", month, day)} if year else {("date", month, day)}
        gives |= {("date", month, day), ("of_month", day), ("month", month)}
        gives |= {("dated", year, month, day)} if year else {("undated", month, day)}
        if exact := _on(year, month, day, today):
            fitting.add(exact.weekday())
            gives |= {("day", exact.weekday()), ("dated", exact.year, month, day)}
    if says:
        yield Finding(*found.span(), "date", frozenset(says), frozenset(gives))
        if named:
            yield from _named_day(found, fitting)


def _named_day(found: re.Match[str], fitting: set[int]) -> Iterator[Finding]:
    """The day of the week before a date: wrong whatever the sources say if the calendar has another."""
    named = _BEFORE_DATE.search(found.string, max(0, found.start() - 24), found.start())
    if named and fitting and _weekday(named[1]) not in fitting:
        yield Finding(*named.span(1), "day", frozenset({("wrong",)}), frozenset({("nothing",)}))


def _on(year: int | None, month: int, day: int, today: date | None) -> date | None:
    """The date; without a year the next one from today on."""
    try:
        if year:
            return date(year, month, day)
        if today is None:
            return None
        this = date(today.year, month, day)
        return this if this >= today - timedelta(days=60) else date(today.year + 1, month, day)
    except ValueError:
        return None


def _span(found: re.Match[str], first: int, last: int) -> Iterator[Finding]:
    inside = [(first + step) % ALL for step in range((last - first) % ALL + 1)]
    given = _workdays(set(inside)) | frozenset[Key]({("daily",)} if len(inside) == ALL else ())
    for each in inside:
        yield Finding(*found.span(), "day", frozenset({("day", each)}), given)


def _workdays(inside: set[int]) -> frozenset[Key]:
    whole = {("workdays",)} if inside >= set(range(5)) else set[Key]()
    return frozenset[Key]({*(("day", each) for each in inside), *whole})


def _relative(found: re.Match[str], today: date | None) -> Finding:
    shift = _SHIFTS[found[1]]
    keys: set[Key] = {("relative", shift)}
    if today:
        then = today + timedelta(days=shift)
        keys |= {("day", then.weekday()), ("date", then.month, then.day), ("of_month", then.day)}
    return Finding(*found.span(), "day", frozenset(keys))


def _month(word: str) -> int:
    return next(at for at, names in enumerate(_EACH_MONTH, 1) if names.fullmatch(word))


def _weekday(word: str) -> int:
    return next(at for at, names in enumerate(_EACH_DAY) if names.fullmatch(word))


def _year(digits: str | None) -> int | None:
    return None if not digits else int(digits) + (2000 if len(digits) == 2 else 0)
