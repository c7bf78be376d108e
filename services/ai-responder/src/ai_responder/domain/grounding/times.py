"""Reads times of day as minutes after midnight. Where am or pm is not said, both are possible."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from ai_responder.domain.grounding.amounts import bare, numbers
from ai_responder.domain.grounding.findings import Finding, Key

_HALF = r"(?:a\.? ?m\b\.?|p\.? ?m\b\.?|in the (?:morning|afternoon|evening)|de la (?:manana|tarde|noche))"
_HOUR = r"(?<![\d.,:$€£#])§?(\d{1,2})"
_TO = r" ?(?:-|to|and|until|till|through|a|y|hasta|or) ?(?:las? )?"
_CLOCK = re.compile(rf"{_HOUR}(?: ?[:h] ?|\.(?=\d\d ?[ap]\.?m))(\d\d)(?!\d) ?(?:h(?:rs?|oras)?\b)? ?({_HALF})?")
_HOURS_TO_HALF = re.compile(rf"{_HOUR}(?:[:.](\d\d))? ?({_HALF})?{_TO}§?(\d{{1,2}})(?:[:.](\d\d))? ?({_HALF})")
_WITH_HALF = re.compile(rf"{_HOUR} ?({_HALF})")
_NAMED = re.compile(r"\b(?:noon|midday|mediodia|midnight|medianoche)\b")
_PAST = re.compile(
    rf"\b(?:(half|quarter|§?\d{{1,2}}) (past|after)|(quarter) (to)) §?(\d{{1,2}})\b(?! ?%)(?: ?({_HALF}))?"
)
_SHARP = re.compile(rf"{_HOUR} ?(?:o'? ?clock|en punto|sharp)(?: ({_HALF}))?")
_SPOKEN = re.compile(rf"§(\d{{1,2}}) §(\d\d)\b(?: ?({_HALF}))?")
_LAS = re.compile(
    rf"\b(?:a|de|desde|hasta|entre|son|sobre|y) las? §?(\d{{1,2}})(?:[:.](\d\d))?"
    rf"( y media| y cuarto| menos cuarto)?(?: ?h\b)?(?: ({_HALF}))?"
)
_PAIR = re.compile(
    r"(?<![\d.,:$€£#/-])§?(\d{1,2})(?: ?- ?| to | a | until | till )§?(\d{1,2})(?![\d%:/-]|[.,]\d| ?[$€£])"
)
_GOES_ON = (
    r"on|in|if|for|or|and|but|to|each|every|today|tonight|tomorrow|mon|tue|wed|thu|fri|sat|sun|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
)
_TO_CLOCK = re.compile(rf"{_HOUR}{_TO}(?=\d{{1,2}}:\d\d)")
_FROM_CLOCK = re.compile(rf"(?<=:\d\d){_TO}(\d{{1,2}})(?![\d%:]|[.,]\d| ?[ap]\.?m)")
_AT = re.compile(
    r"\b(?:at|from|until|till|before|after|around|about|by) §?(\d{1,2})(?![\d%:/]|[.,]\d|-\d)"
    rf"(?= *[.,!?;)\n\x1f]|$| (?:{_GOES_ON})\b)"
)
_NOON = 720
_QUARTERS = {"half": 30, "quarter": 15}
_ADDED = {" y media": 30, " y cuarto": 15, " menos cuarto": -15}


def times(text: str) -> Iterator[Finding]:
    """Times that cannot be anything else."""
    for found in _HOURS_TO_HALF.finditer(text):
        early, late = _half(found[3]), _half(found[6])
        yield _time(found, found[4], found[5], late)
        yield _time(found, found[1], found[2], early)
    for found in chain(_TO_CLOCK.finditer(text), _FROM_CLOCK.finditer(text)):
        yield _time(found, found[1], None, "")
    for found in _CLOCK.finditer(text):
        yield _time(found, found[1], found[2], _half(found[3]))
    for found in _SHARP.finditer(text):
        yield _time(found, found[1], None, _half(found[2]))
    for found in _WITH_HALF.finditer(text):
        yield _time(found, found[1], None, _half(found[2]))
    for found in _NAMED.finditer(text):
        minutes = 0 if found[0] in ("midnight", "medianoche") else _NOON
        yield Finding(*found.span(), "time", frozenset({("time", minutes)}))
    for found in _PAST.finditer(text):
        yield from _past(found)
    for found in _LAS.finditer(text):
        yield _las(found)
    for found in _SPOKEN.finditer(text):
        if int(found[2]) < 60:
            yield _time(found, found[1], found[2], _half(found[3]))


def hours(text: str) -> Iterator[Finding]:
    """Bare numbers where an hour may be meant; read after durations and prices."""
    for found in _PAIR.finditer(text):
        for number in (found[1], found[2]):
            yield _maybe_hour(found, number)
    for found in _AT.finditer(text):
        yield _maybe_hour(found, found[1])


def _half(words: str | None) -> str:
    if not words:
        return ""
    letters = words.replace(".", "").replace(" ", "")
    return "am" if letters in ("am", "inthemorning", "delamanana") else "pm"


def _possible(hour: int, minute: int, half: str) -> frozenset[Key]:
    if hour > 24 or minute > 59:
        return frozenset()
    if half and hour <= 12:
        hours = {hour % 12 + (12 if half == "pm" else 0)}
    elif 1 <= hour <= 12 and not half:
        hours = {hour % 12, hour % 12 + 12}
    else:
        hours = {hour % 24}
    return frozenset[Key](("time", each * 60 + minute) for each in hours)


def _time(found: re.Match[str], hour: str, minute: str | None, half: str) -> Finding:
    text = hour.lstrip("§")
    exact = text.startswith("0") and len(text) == 2  # 07:30 is the morning
    times = _possible(int(text), int(minute or 0), "am" if exact and not half else half)
    return Finding(*found.span(), "time", times)


def _past(found: re.Match[str]) -> Iterator[Finding]:
    counted = found[1] or found[3]
    some = _QUARTERS.get(counted) or int(counted.lstrip("§"))
    half, hour = _half(found[6]), int(found[5])
    if some > 59 or not 1 <= hour <= 12:
        return
    shift = -some if found[4] else some
    base = _possible(hour, 0, half)
    yield Finding(*found.span(), "time", frozenset[Key](("time", (int(key[1]) + shift) % 1440) for key in base))


def _las(found: re.Match[str]) -> Finding:
    half, hour = _half(found[4]), int(found[1])
    minute = int(found[2] or 0)
    shift = _ADDED.get(found[3] or "", 0)
    base = _possible(hour, minute, half)
    times = frozenset[Key](("time", (int(key[1]) + shift) % 1440) for key in base)
    return Finding(*found.span(), "time", times)


def _maybe_hour(found: re.Match[str], number: str) -> Finding:
    """An hour, or a number of anything; as a source it prices nothing."""
    meant = _possible(int(number), 0, "") | numbers(number)
    return Finding(*found.span(), "time", meant | bare(number), meant)
