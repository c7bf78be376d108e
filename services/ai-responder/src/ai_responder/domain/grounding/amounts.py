"""Reads prices, percentages and durations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from ai_responder.domain.grounding.findings import Finding, Key, plain, values_of

NUMBER = r"§?\d{1,9}(?:[.,]\d{1,9}){0,3}"
_TO = r" ?(?:-|to|a|y|and|or|o|until|hasta) ?"
_SYMBOLS = r"us\$|c\$|a\$|\$|€|£|usd|eur|gbp|mxn|cad"
_NAMES = (
    r"dollars?|bucks?|dolar(?:es)?|euros?|pounds?|quid|libras?|pesos?|usd|eur|gbp|mxn|cad|cents?|centavos?|centimos?|"
    r"\$|€|£"
)
_BEFORE = re.compile(rf"({_SYMBOLS}) ?({NUMBER})(k\b)?(?:{_TO}({NUMBER})(?! ?[%:a-z]))?")
_AFTER = re.compile(
    rf"(?<![\d.,§])({NUMBER})( ?k\b)?(?:{_TO}({NUMBER}))? ?(?:us )?({_NAMES})(?![a-z])"
    rf"(?: (?:and|y|con) ({NUMBER}) (?:cents?|centavos?|centimos?))?"
)
_DOLLAR = ("usd", "mxn", "cad", "$")
_CURRENCIES = {
    "$": _DOLLAR, "us$": ("usd",), "c$": ("cad",), "a$": ("aud",), "usd": ("usd",), "cad": ("cad",), "mxn": ("mxn",),
    "dol": ("usd", "cad"), "buc": ("usd",), "eur": ("eur",), "€": ("eur",), "gbp": ("gbp",), "£": ("gbp",),
    "pou": ("gbp",), "qui": ("gbp",), "lib": ("gbp",), "pes": ("mxn",), "cen": (*_DOLLAR, "eur"),
}  # fmt: skip
_FREE = re.compile(
    r"\b(?:for free|free of charge|no (?:extra )?charge|no cost|no fee|at no (?:extra )?cost|complimentary|"
    r"on the house|"
    r"gratis|gratuit[oa]s?|sin (?:costo|coste|cargo)(?: extra)?|(?:is|are|it's|that's) (?:always |completely )?free(?! "
    r"(?:to|from|of|at|on|then|tomorrow|today|for a))|free (?:delivery|shipping|parking|wi-?fi|refills?|returns?|"
    r"consultation|trial|quote|estimate|gift|cancellation|upgrade|pickup|assessment|samples?))\b"
)
_PERCENT = re.compile(rf"(?<![\d.,§])({NUMBER})(?:{_TO}({NUMBER}))? ?(?:%|percent\b|per ?cent\b|por ciento\b|pct\b)")
_HALF_PRICE = re.compile(r"\b(?:half[ -](?:price|off)|mitad de precio)\b")
_UNITS = (
    r"minutes?|mins?|minutos?|hours?|hrs?|horas?|h|days?|dias?|nights?|noches?|weeks?|semanas?|months?|mes(?:es)?|"
    r"years?|yrs?|anos?|fortnights?"
)
_BUSINESS = r"(?:(?:business|working|full|calendar|more|mas) )?"
_DURATION = re.compile(
    rf"(?<![\d.,§:])({NUMBER})(?:{_TO}({NUMBER}))?( and a half)?[ -]?{_BUSINESS}({_UNITS})(?![a-z])"
    rf"( and a half| y medi[oa])?"
)
_ARTICLE = re.compile(
    r"\b(?:in|within|takes?|lasts?|dura|for|after|every|per|en|dentro de|por|tarda|cada|about|just|only|than|under) "
    r"(?:an?|una?) (hour|day|week|month|year|fortnight|hora|dia|semana|mes|ano)( and a half| y medi[oa])?\b"
)
_HALF_HOUR = re.compile(r"\b(?:half an hour|half[ -]hour|media hora)\b")
_HOUR_AND_HALF = re.compile(r"\b(?:an hour and a half|§1 hour and a half|(?:una )?hora y media)\b")
_MINUTES = {"mi": 1, "h": 60, "ho": 60, "hr": 60, "da": 1440, "di": 1440, "ni": 1440, "no": 1440, "we": 10080,
            "se": 10080, "fo": 20160}  # fmt: skip
_MONTHS = {"mo": 1, "me": 1, "ye": 12, "yr": 12, "an": 12}


def prices(text: str) -> Iterator[Finding]:
    for found in _BEFORE.finditer(text):
        for number in (found[2], found[4]):
            if number:
                yield _price(found, number, found[1], thousands=bool(found[3]))
    for found in _AFTER.finditer(text):
        for number in (found[1], found[3]):
            if number:
                yield _price(found, number, found[4], thousands=bool(found[2]), cents=found[5])
    for found in _FREE.finditer(text):
        yield Finding(*found.span(), "price", frozenset({("free",), *(("price", c, "0") for c in _DOLLAR)}))


def percentages(text: str) -> Iterator[Finding]:
    for found in _PERCENT.finditer(text):
        for number in (found[1], found[2]):
            if number:
                keys = frozenset[Key](("percent", plain(value)) for value in values_of(number))
                yield Finding(*found.span(), "percentage", keys)
    for found in _HALF_PRICE.finditer(text):
        yield Finding(*found.span(), "percentage", frozenset({("percent", "50"), ("half",)}))


def durations(text: str) -> Iterator[Finding]:
    for found in _HOUR_AND_HALF.finditer(text):
        yield _lasting(found.span(), (90,))
    for found in _HALF_HOUR.finditer(text):
        yield _lasting(found.span(), (30,))
    for found in _DURATION.finditer(text):
        half = Decimal("0.5") if found[3] or found[5] else Decimal(0)
        for number in (found[1], found[2]):
            if number:
                yield _duration(found, [value + half for value in values_of(number)], found[4], number)
    for found in _ARTICLE.finditer(text):
        yield _duration(found, [Decimal("1.5") if found[2] else Decimal(1)], found[1], "")


def numbers(number: str) -> frozenset[Key]:
    return frozenset[Key](("number", plain(value)) for value in values_of(number))


def bare(number: str) -> frozenset[Key]:
    return frozenset[Key](("bare", plain(value)) for value in values_of(number))


def as_price(number: str) -> frozenset[Key]:
    """Of a number without its currency."""
    return frozenset[Key](
        ("price", name, plain(value)) for name in ("usd", "eur", "gbp", "mxn") for value in values_of(number)
    )


def _price(found: re.Match[str], number: str, currency: str, *, thousands: bool, cents: str | None = None) -> Finding:
    values = [value * 1000 if thousands else value for value in values_of(number)]
    if currency.startswith("cen"):
        values = [value / 100 for value in values]
    if cents:
        values = [value + values_of(cents)[0] / 100 for value in values]
    known = _CURRENCIES.get(currency) or _CURRENCIES[currency[:3]]
    keys = frozenset[Key](("price", name, plain(value)) for name in known for value in values)
    free = {("free",)} if 0 in values else set[Key]()
    unmarked = frozenset[Key](("bare", plain(value)) for value in values)
    return Finding(*found.span(), "price", keys | unmarked, keys | free)


def _duration(found: re.Match[str], values: list[Decimal], unit: str, number: str) -> Finding:
    if unit[:2] in _MONTHS and not unit.startswith("mi"):
        keys = frozenset[Key](("months", plain(value * _MONTHS[unit[:2]])) for value in values)
    else:
        keys = frozenset[Key](("minutes", plain(value * _MINUTES[unit[:2]])) for value in values)
    clock: frozenset[Key] = frozenset()
    if unit == "h" and number:
        clock = frozenset[Key](("time", int(value * 60)) for value in values if value < 24)
    says = keys | clock | (bare(number) if number else frozenset[Key]())
    return Finding(*found.span(), "duration", says, keys | clock)


def _lasting(span: tuple[int, int], minutes: tuple[int, ...]) -> Finding:
    return Finding(*span, "duration", frozenset[Key](("minutes", str(value)) for value in minutes))
