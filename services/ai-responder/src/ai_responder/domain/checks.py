"""What must not leave in an answer: links and phone numbers nobody gave the assistant, and its own instructions.

Filters do not make a model safe; they bound the damage. What holds by construction: an answer goes to the customer who
asked and nobody else. What is caught here: a web address whose host the business never wrote, a phone number that is
neither the business's nor the customer's own words, and reciting. What is not: instructions retold, translated or
encoded. Nothing secret belongs in a prompt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import phonenumbers

from ai_responder.domain.prompt import RULES

_TOP_LEVEL = (
    "com|net|org|info|biz|io|co|ai|app|dev|me|ly|gl|gd|to|tv|cc|ru|cn|tk|ml|xyz|top|shop|store|online|site|link|click|"
    "live|club|us|uk|ca|de|fr|es|it|nl|eu|au|nz|in|br|mx|ie|ch|at|be|se|no|dk|fi|pl|pt|jp"
)
_LINK = re.compile(
    rf"(?:\b[a-z][a-z0-9+.-]{{0,30}}://|\bwww\.)[^\s<>\"']+"
    rf"|(?<![@\w.-])(?![\w.+-]{{0,64}}@)(?:[\w-]+\.)+(?:{_TOP_LEVEL})\b(?:[:/?#][^\s<>\"']*)?",
    re.IGNORECASE,
)
_LOCAL_PART = re.compile(r"[\w.+-]++(?:@(?:[\w-]+\.)+[a-z]{2,})?", re.IGNORECASE)
"""A run of characters that may stand before an @, with the host where one follows. It also matches runs without a host,
so that the search never starts again inside a run: that is what keeps it linear."""
_WORD = re.compile(r"\w+")
_NOT_DIGIT = re.compile(r"\D")
_SHORTENERS = frozenset({"bit.ly", "t.co", "goo.gl", "tinyurl.com", "ow.ly", "is.gd", "buff.ly", "rb.gy", "cutt.ly"})
"""On these hosts anybody may have a link: only the very same address counts as known."""

_DIGITS = 10
"""Fewer, and not a valid number of the region either: a price, a date, an order."""

_RULE_RUN, _PROMPT_RUN = 25, 45
"""So many words in a row as in our rules (no rule alone is that long), or in the tenant's prompt, are reciting."""


@dataclass(frozen=True)
class Known:
    """What an answer may mention. `ours` are texts of the business, `theirs` the customer's own."""

    ours: list[str]
    theirs: list[str] = field(default_factory=list[str])
    region: str = "US"


def unknown_link(text: str, known: Known) -> str | None:
    """The first web or e-mail address in `text` that the business never wrote, or None."""
    allowed = {key for source in known.ours for link in _links(source) for key in (_host(link), _exact(link))}
    for link in _links(text):
        host = _host(link)
        if host not in allowed or (host in _SHORTENERS and _exact(link) not in allowed):
            return link
    mail = {address.casefold() for source in [*known.ours, *known.theirs] for address in _addresses(source)}
    return next((address for address in _addresses(text) if address.casefold() not in mail), None)


def unknown_number(text: str, known: Known) -> str | None:
    """The first phone number in `text` that stands neither in our texts nor in the customer's, or None."""
    digits = [_NOT_DIGIT.sub("", source) for source in [*known.ours, *known.theirs]]
    for match in phonenumbers.PhoneNumberMatcher(text, known.region, phonenumbers.Leniency.POSSIBLE):
        if len(_NOT_DIGIT.sub("", match.raw_string)) < _DIGITS and not phonenumbers.is_valid_number(match.number):
            continue
        national = str(match.number.national_number)
        if not any(national in source for source in digits):
            return match.raw_string
    return None


def recites(text: str, prompt: str, mark: str) -> bool:
    """Whether the answer gives our rules, or long stretches of the prompt, away word for word."""
    if mark and mark.casefold() in text.casefold():
        return True
    said = _words(text)
    return _shares_run(said, _words(" ".join(RULES)), _RULE_RUN) or _shares_run(said, _words(prompt), _PROMPT_RUN)


def _links(text: str) -> list[str]:
    return [match.group().rstrip(".,;:!?)]}") for match in _LINK.finditer(text)]


def _addresses(text: str) -> list[str]:
    return [run for run in _LOCAL_PART.findall(text) if "@" in run]


def _split(link: str) -> tuple[str, str]:
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        return (parts.hostname or "").casefold().removeprefix("www."), f"{parts.path.rstrip('/')}?{parts.query}"
    except ValueError:  # e.g. a broken IPv6 host: known to nobody
        return link, ""


def _host(link: str) -> str:
    return _split(link)[0]


def _exact(link: str) -> str:
    host, rest = _split(link)
    return f"{host} {rest}"


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _shares_run(said: Iterable[str], source: Iterable[str], length: int) -> bool:
    runs = set(_runs(list(source), length))
    return any(run in runs for run in _runs(list(said), length))


def _runs(words: list[str], length: int) -> list[tuple[str, ...]]:
    return [tuple(words[start : start + length]) for start in range(len(words) - length + 1)]
