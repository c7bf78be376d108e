"""What a server complains about, read from an error body of any shape:

OpenAI    {"error": {"message": "…", "type": "invalid_request_error", "param": "temperature", "code": null}}
Mistral   {"object": "error", "message": {"detail": [{"loc": ["body", "max_completion_tokens"], "msg": "…"}]}}
FastAPI   {"detail": [{"loc": ["body", "response_format"], "msg": "…", "input": …}]}  or  {"detail": "…"}
others    {"error": "…"}, {"message": "…"}, plain text, an HTML page, nothing
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

_MOST_STRINGS, _MOST_CHARACTERS, _MOST_WORDS = 50, 2_000, 200
_DEEPEST = 8
_ECHO = frozenset({"input", "ctx", "url", "body", "request", "messages", "prompt", "failed_generation", "metadata"})
"""Fields that repeat what we sent: the customer's words complain about nothing."""
_SENTENCES = ("message", "detail", "msg", "error", "error_description", "reason", "title", "description")
_TAG = re.compile(r"<[^<>]{0,500}>")
_SAYS_NOTHING = frozenset(
    {"", "bad request", "unprocessable entity", "invalid request", "invalid_request_error", "internal server error",
     "error", "validation error", "400 bad request", "422 unprocessable entity", "invalid parameters", "invalid input",
     "bad_request"}
)  # fmt: skip


@dataclass(frozen=True)
class Complaint:
    """`words` for people, shortened; `about` everything it names, in lower case; `codes` its machine-readable words."""

    words: str
    about: str
    codes: frozenset[str]

    @property
    def says_nothing(self) -> bool:
        return self.words.strip(" .!:").casefold() in _SAYS_NOTHING


def complaint_in(body: str) -> Complaint:
    """Of an error's body; never raises."""
    try:
        found: Any = json.loads(body[:1_000_000], strict=False)
    except (ValueError, RecursionError):
        found = _words_of_page(body)
    return complaint_of(found)


def complaint_of(found: Any) -> Complaint:
    """Of an error that has been read already."""
    strings: list[tuple[str, str]] = []
    for pair in _strings(found, "", 0):
        strings.append(pair)
        if len(strings) >= _MOST_STRINGS:
            break
    told = next((text for name in _SENTENCES for key, text in strings if key == name), "")
    told = told or next((text for key, text in strings if key == ""), "")
    codes = frozenset(text.casefold() for key, text in strings if key in ("code", "type", "status", "error"))
    about = " ".join(text for _, text in strings)[:_MOST_CHARACTERS].casefold()
    return Complaint(" ".join(told.split())[:_MOST_WORDS], about, codes)


def _strings(value: Any, key: str, depth: int) -> Iterator[tuple[str, str]]:
    """Every string with the name of the field it stands in; lists pass the name on."""
    if isinstance(value, str):
        inner = _inner(value) if depth < _DEEPEST else None
        yield from [(key, value[:_MOST_CHARACTERS])] if inner is None else _strings(inner, key, depth + 1)
    elif isinstance(value, bool) or depth >= _DEEPEST:
        return
    elif isinstance(value, int):
        yield key, str(value) if abs(value) < 1_000_000 else ""
    elif isinstance(value, dict):
        for name, item in cast("dict[str, Any]", value).items():
            if name not in _ECHO:
                yield from _strings(item, name, depth + 1)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _strings(item, key, depth + 1)


def _inner(text: str) -> Any:
    """Gateways put the body of the server behind them into a string."""
    if not text.lstrip().startswith(("{", "[{")):
        return None
    try:
        return json.loads(text[:100_000], strict=False)
    except (ValueError, RecursionError):
        return None


def _words_of_page(body: str) -> str:
    """A page's title, or the words of a text."""
    head = body[:20_000]
    lowered = head.lower()
    start, end = lowered.find("<title>"), lowered.find("</title>")
    if 0 <= start < end and len(lowered) == len(head):
        head = head[start + 7 : end]
    return " ".join(_TAG.sub(" ", head).split())[:_MOST_CHARACTERS]
