"""What must not leave in an answer: addresses and phone numbers that nobody gave the assistant, and its instructions.

Filters do not make a model safe; they bound the damage. What holds by construction: an answer goes to the customer who
asked and nobody else. What is caught here: a web address with a host that the business never wrote, an e-mail address
or payment handle likewise, a phone number that is neither the business's nor in the customer's own words, and reciting.
What is not caught: instructions retold, translated or encoded. Nothing secret belongs in a prompt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import phonenumbers

from ai_responder.domain import addresses
from ai_responder.domain.claims import Deed
from ai_responder.domain.prompt import RULES
from ai_responder.domain.visible_text import plain_form

_WORD = re.compile(r"\w+")
_NOT_DIGIT = re.compile(r"\D")
_SHORTENERS = frozenset({"bit.ly", "t.co", "goo.gl", "tinyurl.com", "ow.ly", "is.gd", "buff.ly", "rb.gy", "cutt.ly"})
"""On these hosts anybody may have a link: only the very same address counts as known."""

_DIGITS = 10
"""Fewer, and not a valid number of the region either: a price, a date, an order."""
_REFERENCE = re.compile(
    r"(?:#|\b(?:order|invoice|tracking|confirmation|reference|ref|ticket|case|account|booking|policy|claim|pedido|"
    r"factura|no|nr|id|number|n[uú]mero)\b)[\s:#.]{0,3}(?:is |es )?\Z",
    re.IGNORECASE,
)
_LOOKS_BACK = 24
"""Characters before a number among which a word says that it is an order or the like."""

_RULE_RUN, _PROMPT_RUN = 25, 45
"""So many words in a row as in our rules (no rule alone is that long), or in the tenant's prompt, are reciting."""


@dataclass(frozen=True)
class Known:
    """What an answer may mention. `ours` are texts of the business, `theirs` the customer's own."""

    ours: list[str]
    theirs: list[str] = field(default_factory=list[str])
    region: str = "US"
    reported: list[str] = field(default_factory=list[str])
    """What other channels and the business's name say: it bears out a fact, but no address."""
    asked_on: date | None = None
    """The day of the customer's latest text."""
    documents: list[str] = field(default_factory=list[str])
    """Passages of the business's documents: as `ours`, but no deed done for this customer stands in them."""

    done: list[str] = field(default_factory=list[str])
    """What is done beside the answer, in words of ours: the answer may say that it is."""
    deeds: Sequence[Deed] = ()
    """The same, for what the answer claims to have done."""

    @property
    def written(self) -> list[str]:
        """All that the business wrote."""
        return [*self.ours, *self.documents]


def unknown_link(text: str, known: Known) -> str | None:
    """The first web address, e-mail address or payment handle in `text` that the business never wrote, or None."""
    if found := addresses.links(text):  # most answers have none: then no source has to be read
        given = [link for source in known.written for link in addresses.links(source)]
        allowed = {addresses.host_of(link) for link in given} | {addresses.exact(link) for link in given}
        for link in found:
            host = addresses.host_of(link)
            if host not in allowed or (host in _SHORTENERS and addresses.exact(link) not in allowed):
                return link
    return _first_new(text, addresses.mail_addresses, [*known.written, *known.theirs]) or _first_new(
        text, addresses.payment_handles, known.written
    )


def unknown_number(text: str, known: Known) -> str | None:
    """The first phone number in `text` that stands neither in our texts nor in the customer's, or None.

    A bare number called an order, invoice or the like is none, unless it could be dialled in the region.
    """
    plain = plain_form(text)
    for match in phonenumbers.PhoneNumberMatcher(plain, known.region, phonenumbers.Leniency.POSSIBLE):
        if not phonenumbers.is_valid_number(match.number):
            is_short = len(_NOT_DIGIT.sub("", match.raw_string)) < _DIGITS
            if is_short or (match.raw_string.isdigit() and _is_reference(plain, match.start)):
                continue
        national = str(match.number.national_number)
        if not any(national in _NOT_DIGIT.sub("", plain_form(source)) for source in [*known.written, *known.theirs]):
            return match.raw_string
    return None


def recites(text: str, prompt: str, mark: str) -> bool:
    """Whether the answer gives our rules, or long stretches of the prompt, away word for word."""
    if mark and mark.casefold() in text.casefold():
        return True
    said = _words(text)
    return _shares_run(said, " ".join(RULES), _RULE_RUN) or _shares_run(said, prompt, _PROMPT_RUN)


def _first_new(text: str, find: Callable[[str], list[str]], sources: list[str]) -> str | None:
    named = find(text)
    given = {found.casefold() for source in sources for found in find(source)} if named else frozenset[str]()
    return next((found for found in named if found.casefold() not in given), None)


def _is_reference(text: str, at: int) -> bool:
    return _REFERENCE.search(text[max(0, at - _LOOKS_BACK) : at]) is not None


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _shares_run(said: list[str], source: str, length: int) -> bool:
    if len(said) < length:
        return False
    runs = set(_runs(_words(source), length))
    return any(run in runs for run in _runs(said, length))


def _runs(words: list[str], length: int) -> list[tuple[str, ...]]:
    return [tuple(words[start : start + length]) for start in range(len(words) - length + 1)]
