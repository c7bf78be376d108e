"""Finds web addresses, e-mail addresses and payment handles in a text, as a phone or a person would read them.

Hosts are recognised by their top-level domain, from the Public Suffix List, with or without `http://`. Spelled-out
forms count too: `hxxp://`, `evil[.]com`, `evil dot com`, full-width letters, IP addresses. Every pattern here consumes
whole runs (possessive repeats), so that the work grows with the text and no faster.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from publicsuffixlist import PSLFILE, PublicSuffixList

from ai_responder.domain.visible_text import plain_form

_SCHEME = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}://[^\s<>\"']++", re.IGNORECASE)
_RUN = re.compile(r"[\w.-]++")
"""Letters, digits, dots and hyphens: a host is (a part of) such a run."""
_TAIL = re.compile(r"[:/?#][^\s<>\"']*+")
_MAIL = re.compile(r"[\w.+-]++(?:@[\w.-]++)?")
"""Runs without an @ match too: the search then never starts again inside a run, which keeps it linear."""
_IPV4 = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}", re.ASCII)
_SPELLED_DOT = re.compile(r"\s?[\[({<]\s?(?:\.|dot|punto|point)\s?[\])}>]\s?", re.IGNORECASE)
_WORD_DOT = re.compile(
    r"(?<=\w) (?:dot|punto) (?=(?:com|net|org|info|biz|io|app|xyz|shop|online|site|top|link|click|me|us|co|ru|cn)\b)",
    re.IGNORECASE,
)
_IDEOGRAPHIC_STOP = re.compile(r"(?<=[A-Za-z0-9])。(?=[A-Za-z0-9])")
_CASHTAG = re.compile(r"(?<![\w$])\$[A-Za-z][A-Za-z0-9_]{1,19}(?!\w)")
_AT_NAME = re.compile(r"(?<![\w@.])@[A-Za-z0-9_][\w-]{2,29}(?!\w)")
_UPI = re.compile(r"[\w.-]++(?:@[A-Za-z]{2,20}(?![\w.-]))?")
_COIN = re.compile(r"(?<!\w)(?:bc1[a-z0-9]{25,60}|0x[0-9a-fA-F]{40}|[13][1-9A-HJ-NP-Za-km-z]{25,34})(?!\w)")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?!\w)")
_PAYING = re.compile(
    r"\b(?:venmo|cash ?app|pay ?pal|zelle|revolut|bizum|pay|payment|paid|deposit|transfer|tip|send money|pagar|pago)\b",
    re.IGNORECASE,
)
_SENTENCE_STARTS = frozenset(
    [
        *("am", "as", "at", "be", "best", "black", "blue", "by", "call", "care", "city", "cool", "day", "do", "es"),
        *("fast", "fit", "free", "fun", "got", "green", "help", "here", "how", "in", "is", "it", "joy", "la", "life"),
        *("like", "live", "love", "me", "men", "my", "new", "next", "no", "now", "one", "open", "plus", "read", "room"),
        *("save", "se", "si", "so", "st", "su", "talk", "to", "today", "top", "us", "vote", "watch", "win", "work"),
        *("works", "wow", "you"),
    ]
)
"""Top-level domains that are also words which begin a sentence: "Thanks.It is ready" lacks a space, no more."""
_LEADS_TO = frozenset({"at", "visit", "see", "on", "to", "via", "from", "book", "open", "go", "check", "mail", "pay"})
_NO_HOSTS = frozenset({"m.sc", "b.sc", "m.ed", "b.ed", "e.g", "i.e"})
_TRAILING = ".,;:!?)]}'\""


def links(text: str) -> list[str]:
    """Web addresses and bare hosts, IP addresses included, in the order they stand."""
    plain = _respelled(text)
    found = [(match.start(), match.group().rstrip(_TRAILING)) for match in _SCHEME.finditer(plain)]
    schemed = [(match.start(), match.end()) for match in _SCHEME.finditer(plain)]
    found += _bare_hosts(plain, schemed)
    return [link for _, link in sorted(found)]


def mail_addresses(text: str) -> list[str]:
    runs = (run.strip(".-") for run in _MAIL.findall(_respelled(text)))
    return [run for run in runs if "@" in run and "." in run.partition("@")[2]]


def payment_handles(text: str) -> list[str]:
    """Cashtags, names with @ where the text is about paying, UPI ids, crypto addresses and IBANs."""
    plain = plain_form(text)
    found = [*_CASHTAG.findall(plain), *_COIN.findall(plain), *_IBAN.findall(plain)]
    if _PAYING.search(plain):
        found += _AT_NAME.findall(plain)
        found += [run for run in _UPI.findall(plain) if "@" in run and not run.startswith("@")]
    return found


def with_sentence_spaces(text: str, ours: Iterable[str] = ()) -> str:
    """`Thanks.It is ready` as `Thanks. It is ready`: on a phone the first holds a link, and both read the same. Also
    `thanks.it is ready`, unless it is an address that stands in `ours`."""

    @cache
    def known() -> set[str]:
        return {host_of(link) for source in ours for link in links(source)}

    cuts: list[int] = []
    for run in _RUN.finditer(text):
        labels = run.group().split(".")
        at = run.start()
        if len(labels) == 2 and _goes_on(text, run, labels) and run.group().casefold() not in known():
            cuts.append(at + len(labels[0]) + 1)
            continue
        for before, label in pairwise(labels):
            at += len(before) + 1
            if _begins_sentence(before, label) and not _TAIL.match(text, run.end()):
                cuts.append(at)
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return " ".join(pieces)


def host_of(link: str) -> str:
    return _split(link)[0]


def exact(link: str) -> str:
    """The whole address in one form, to tell whether two are the same."""
    host, rest = _split(link)
    return f"{host} {rest}"


def _respelled(text: str) -> str:
    """With spelled-out dots as dots."""
    plain = _SPELLED_DOT.sub(".", plain_form(text))
    return _IDEOGRAPHIC_STOP.sub(".", _WORD_DOT.sub(".", plain))


def _bare_hosts(text: str, taken: list[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    spans = iter(taken)
    start, end = next(spans, (len(text), len(text)))
    for run in _RUN.finditer(text):
        while run.start() >= end:
            start, end = next(spans, (len(text), len(text) + 1))
        if run.start() >= start or text[run.start() - 1 : run.start()] == "@":
            continue
        followed = text[run.end() : run.end() + 1]
        if followed == "@":
            continue  # the name of an e-mail address: `mail_addresses` judges it whole
        tail = _TAIL.match(text, run.end())
        if host := _host_in(run.group().strip(".-"), tail is not None):
            yield run.start(), f"{host}{tail.group().rstrip(_TRAILING) if tail else ''}"


def _host_in(run: str, has_tail: bool) -> str | None:
    """The host that this run is or begins with, or None."""
    if _IPV4.fullmatch(run):
        return run if all(int(octet) < 256 for octet in run.split(".")) else None
    labels = run.split(".")
    for last in range(len(labels) - 1, 0, -1):
        before, label = labels[last - 1], labels[last]
        begins = _begins_sentence(before, label) and not (has_tail and last == len(labels) - 1)
        if before and _is_top_level(label) and not begins and not _is_time(before, label):
            host = ".".join(labels[: last + 1]).lstrip(".")
            return None if host.casefold() in _NO_HOSTS else host
    return None


def _begins_sentence(before: str, label: str) -> bool:
    return before.isalpha() and label.istitle() and label.casefold() in _SENTENCE_STARTS


def _goes_on(text: str, run: re.Match[str], labels: list[str]) -> bool:
    """`ok.no problem`: two words of one sentence each, and no address that somebody is sent to, as in `visit a.it`."""
    before, label = labels
    follows = text[run.end() : run.end() + 2]
    if not (before.isalpha() and (before.islower() or before.istitle()) and label in _SENTENCE_STARTS):
        return False
    if len(follows) < 2 or follows[0] != " " or not follows[1].islower():
        return False
    around = text[max(0, run.start() - 12) : run.start()]
    words = around.split()
    return around[-1:] in ("", " ", "\n") and not (words and words[-1].casefold() in _LEADS_TO)


def _is_time(before: str, label: str) -> bool:
    """`3.pm`, `10.am`."""
    return before.isdigit() and len(before) < 3 and label.casefold() in ("am", "pm")


@cache
def _suffixes() -> PublicSuffixList:
    """The top-level domains of the list's ICANN section; reading all of its rules would hold the process up."""
    official = Path(PSLFILE).read_text(encoding="utf-8").partition("===END ICANN DOMAINS===")[0]
    rules = (line.strip().removeprefix("*.") for line in official.splitlines())
    return PublicSuffixList(
        [rule for rule in rules if rule and not rule.startswith(("/", "!")) and "." not in rule], accept_unknown=False
    )


def _is_top_level(label: str) -> bool:
    return len(label) > 1 and not label.isdigit() and _suffixes().publicsuffix(f"x.{label.casefold()}") is not None


def _split(link: str) -> tuple[str, str]:
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        return (parts.hostname or "").casefold().removeprefix("www."), f"{parts.path.rstrip('/')}?{parts.query}"
    except ValueError:  # e.g. a broken IPv6 host: it equals no known one
        return link, ""
