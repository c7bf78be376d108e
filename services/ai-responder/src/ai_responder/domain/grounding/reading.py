"""Reads every finding of a text, the most definite first; what one reader has taken, the next does not see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from ai_responder.domain.grounding.amounts import as_price, bare, durations, numbers, percentages, prices
from ai_responder.domain.grounding.days import dates, days, days_of_month, every_day, is_short_word
from ai_responder.domain.grounding.findings import Finding, Key
from ai_responder.domain.grounding.normal_text import NormalText
from ai_responder.domain.grounding.times import hours, times

_ADDRESS = re.compile(r"(?<!\S)\S+")
_DOMAINS = (
    ".com",
    ".org",
    ".net",
    ".io",
    ".co",
    ".uk",
    ".es",
    ".mx",
    ".de",
    ".app",
    ".shop",
    ".example",
    ".us",
    ".info",
)
_PHONE = re.compile(r"(?<![\d.,])\+?\(?\d[\d ().-]{5,20}\d(?![\d%])")
_PHONE_DIGITS, _PHONE_TAIL = 7, 7
_DIGITS = re.compile(r"\d{1,15}")
_CODE = re.compile(r"\b(?=[a-z]{0,12}\d)[a-z0-9]{2,24}\b")
_BARE = re.compile(r"(?<![\w.,])(§?\d{1,15}(?:[.,]\d{1,9}){0,3})")
_NO_FACT = re.compile(r"(?:reply|press|text|option|step|answer|opcion|responda) (?:with )?['\"]?\Z")
_COUNTED = re.compile(r" ?(?!(?:per|each|a|an|for|and|or|por|cada|la|el|y|o|de|is|to|on|in|with)\b)[a-z]")
"""A thing that is counted follows: such a number is no price."""
_LIST_MARK = re.compile(r"[.)] ")
_BLANK = "\x1f"


def findings(page: NormalText, today: date | None) -> list[Finding]:
    text = _without_addresses(page.text)
    readers: tuple[Callable[[str], Iterable[Finding]], ...] = (
        every_day, lambda rest: dates(rest, today), prices, percentages, times, _phones, durations,
        lambda rest: _sure_days(page, rest, today), hours, days_of_month, _numbers, _codes,
    )  # fmt: skip
    found: list[Finding] = []
    for read in readers:
        text = _taken(text, read, found)
    return found


def _taken(text: str, read: Callable[[str], Iterable[Finding]], found: list[Finding]) -> str:
    """The text without what this reader finds. Of findings that overlap the first counts, all of one stretch do."""
    letters: list[str] | None = None
    spans: set[tuple[int, int]] = set()
    for finding in read(text):
        span = (finding.start, finding.end)
        letters = list(text) if letters is None else letters
        if span not in spans and _BLANK in letters[span[0] : span[1]]:
            continue
        spans.add(span)
        found.append(finding)
        letters[span[0] : span[1]] = _BLANK * (span[1] - span[0])
    return text if letters is None else "".join(letters)


def _without_addresses(text: str) -> str:
    """Web and e-mail addresses are checked elsewhere; their digits state nothing."""

    def blanked(token: re.Match[str]) -> str:
        word = token[0].strip(".,;:!?()")
        host = word.partition("/")[0]
        is_address = "@" in word or "://" in word or word.startswith("www.") or host.endswith(_DOMAINS)
        return _BLANK * len(token[0]) if is_address else token[0]

    return _ADDRESS.sub(blanked, text)


def _phones(text: str) -> Iterator[Finding]:
    for found in _PHONE.finditer(text):
        digits = "".join(filter(str.isdigit, found[0]))
        if len(digits) >= _PHONE_DIGITS:
            tail = digits[-_PHONE_TAIL:]
            yield Finding(
                *found.span(), "phone_number", frozenset({("digits", tail)}), numbers(digits[:15]) | {("digits", tail)}
            )


def _sure_days(page: NormalText, text: str, today: date | None) -> Iterator[Finding]:
    for finding in days(text, today):
        word = text[finding.start : finding.end]
        if is_short_word(word) and page.as_written(finding.start, finding.end)[:1].islower():
            continue
        yield finding


def _numbers(text: str) -> Iterator[Finding]:
    for found in _BARE.finditer(text):
        number = found[1]
        before = text[max(0, found.start() - 20) : found.start()]
        after = text[found.end() : found.end() + 2]
        is_mark = _LIST_MARK.match(after) and before.strip(" ")[-1:] in ("", "\n")
        if is_mark or _NO_FACT.search(before) or number == "§1":
            continue
        if after[:1].isalpha() or after[:1] == "_":
            continue  # a code
        is_counted = _COUNTED.match(text, found.end()) is not None
        amount = frozenset[Key]() if is_counted else bare(number)
        priced = frozenset[Key]() if is_counted else as_price(number)
        yield Finding(*found.span(), "number", numbers(number) | priced, numbers(number) | amount)


def _codes(text: str) -> Iterator[Finding]:
    for found in _CODE.finditer(text):
        digits = _DIGITS.findall(found[0])
        codes: frozenset[Key] = frozenset({("code", found[0])})
        yield Finding(*found.span(), "number", codes, codes | frozenset(("number", str(int(each))) for each in digits))
