"""Reads a model's input: the sentences of the instructions that may be quoted, and the customer's last text.

It understands headings (`# Guide …`) and does not quote sections with rules about the form of an answer. It removes the
markers that a careful caller puts around a customer's text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, cast

_HEADING = re.compile(r"^#+\s*(.+)$|^(\w[\w ]{0,40}):\s*$", re.MULTILINE)
_UNQUOTED = re.compile(r"rule|form|correction|format|output", re.IGNORECASE)
_TELLING = re.compile(r"guide|know|fact", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_MARKER = re.compile(r"</?[A-Za-z_][\w-]{0,60}>")
_HOST = re.compile(r"\b[\w-]{1,63}\.[a-z]{2,6}(?:/\S*)?\b", re.IGNORECASE)
_MARKS_OF_ADDRESS = ("//", "www.", "@")
_LIMIT = re.compile(r"under (\d+) characters")
_KNOWLEDGE = re.compile(r"know|document", re.IGNORECASE)
_GUIDE = re.compile(r"^guide", re.IGNORECASE)
_QUOTED_PASSAGE = re.compile(r"^[-* ]{0,4}<([\w-]{1,60})>([^\n]*)</\1>$", re.MULTILINE)
_TITLE_END = re.compile(r"(?<=\?): |: ")
_FORM_NOTE = "Reply in this form."


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of the instructions. `rank`: 0 guide or knowledge, 1 another section, 2 the prompt itself."""

    text: str
    rank: int


@dataclass(frozen=True, slots=True)
class Told:
    """A fact that may be answered with. `title`: what it is about, or the question that it answers."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Briefing:
    """What the instructions say beside rules."""

    knowledge: tuple[Told, ...] = ()
    guides: tuple[str, ...] = ()
    form: str = ""
    """Of the reply, with `{answer}` or another word in braces where the answer goes."""


def text_of(message: dict[str, Any]) -> str:
    """The text of a message whose content is a string, a list of parts, or absent."""
    content = message.get("content")
    if isinstance(content, list):
        parts = cast("list[dict[str, Any]]", content)
        return " ".join(str(part.get("text", "")) for part in parts)
    return str(content or "")


def last_user_text(messages: list[dict[str, Any]]) -> str:
    said = next((text_of(message) for message in reversed(messages) if message.get("role") == "user"), "")
    return " ".join(_MARKER.sub(" ", said).split())


def pictures_shown(messages: list[dict[str, Any]]) -> int:
    """How many pictures came with the customer's last text."""
    content = next((message.get("content") for message in reversed(messages) if message.get("role") == "user"), None)
    parts = cast("list[dict[str, Any]]", content) if isinstance(content, list) else []
    return sum(part.get("type") == "image_url" for part in parts)


def without_addresses(text: str) -> str:
    """What may be quoted back: no customer should make an assistant repeat a link."""
    words = (word for word in text.split() if not any(mark in word.lower() for mark in _MARKS_OF_ADDRESS))
    return " ".join(_HOST.sub(" ", " ".join(words)).split())


def passages(messages: list[dict[str, Any]]) -> list[Passage]:
    found: list[Passage] = []
    for title, body in _sections(_given(messages)):
        if title and _UNQUOTED.search(title):
            continue
        rank = 2 if not title else 0 if _TELLING.search(title) else 1
        found += [Passage(clean, rank) for part in _SENTENCE_END.split(body) if (clean := part.strip(" -*\t"))]
    return sorted(found, key=lambda passage: passage.rank)


def briefing(messages: list[dict[str, Any]]) -> Briefing:
    given = "\n".join(_instructions(messages))
    knowledge: list[Told] = []
    guides: list[str] = []
    form = ""
    for title, body in _sections(given):
        lines = [line.strip() for line in body.splitlines() if line.strip()]
        if _KNOWLEDGE.search(title):
            knowledge += _told(body, lines)
        elif _GUIDE.search(title):
            guides += lines
        else:
            form = body.partition(_FORM_NOTE)[2].partition("\n")[2].strip() or form
    return Briefing(tuple(knowledge), tuple(guides), form)


def _told(body: str, lines: list[str]) -> list[Told]:
    """Where passages stand between markers, what stands around them is no passage."""
    quoted = [_TITLE_END.split(found[2], maxsplit=1) for found in _QUOTED_PASSAGE.finditer(body)]
    if quoted:
        return [Told(parts[0] if len(parts) == 2 else "", parts[-1].strip()) for parts in quoted]
    return [Told("", line.lstrip("-* ")) for line in lines]


def length_limit(messages: list[dict[str, Any]]) -> int | None:
    """So many characters at most, if the instructions say so."""
    found = _LIMIT.search(_given(messages))
    return int(found.group(1)) if found else None


def _given(messages: list[dict[str, Any]]) -> str:
    return _MARKER.sub("", "\n".join(_instructions(messages)))


def _instructions(messages: list[dict[str, Any]]) -> list[str]:
    return [text_of(message) for message in messages if message.get("role") in ("system", "developer")]


def _sections(text: str) -> list[tuple[str, str]]:
    """Title and body of each; what stands before the first heading has no title."""
    sections: list[tuple[str, str]] = []
    title, start = "", 0
    for heading in _HEADING.finditer(text):
        sections.append((title, text[start : heading.start()]))
        title, start = heading.group(1) or heading.group(2), heading.end()
    return [*sections, (title, text[start:])]
