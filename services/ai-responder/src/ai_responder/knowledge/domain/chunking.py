"""Cuts a document into passages that are found and shown whole. The same document is always cut alike.

A passage ends with its section: what stands under another heading is about something else. Within a section, passages
of some 900 characters end with a paragraph or a sentence, and begin with the last sentence of the one before, because
an answer may lie across the cut. A question and its answer stay together, and so does a row of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ai_responder.knowledge.domain.blocks import Block
from shared.values import Value

AIM, LONGEST = 900, 1_200
"""Characters. A passage is shown to the model whole; five of them are some 1,000 tokens."""
OVERLAP = 160
LONGEST_TITLE = 200
_SENTENCE = re.compile(r"(?<=[.!?…。！？])\s+|(?<=[。！？])|\n+")
_SPACES = re.compile(r"[ \t\u00a0]+")


class Chunk(Value):
    """One passage. `title` holds the headings above it, or the question that it answers."""

    title: str
    text: str


def chunks_of(blocks: Iterable[Block]) -> list[Chunk]:
    found: list[Chunk] = []
    section = _Section()
    for block in blocks:
        if block.kind == "heading":
            found += section.end()
            section = section.under(block)
        elif block.kind == "pair":
            found += section.end()
            section = _Section(section.headings)
            found.append(Chunk(title=_short(block.text), text=_clean(block.answer)))
        else:
            section.add(block)
    return [chunk for chunk in [*found, *section.end()] if chunk.text]


class _Section:
    """The text under one heading."""

    def __init__(self, headings: tuple[tuple[int, str], ...] = ()) -> None:
        self.headings = headings
        self._texts: list[str] = []

    def under(self, heading: Block) -> _Section:
        above = tuple(one for one in self.headings if one[0] < heading.level)
        return _Section((*above, (heading.level, _short(heading.text))))

    def add(self, block: Block) -> None:
        if text := _clean(block.text):
            self._texts.append(text)

    def end(self) -> list[Chunk]:
        title = _short(" › ".join(text for _, text in self.headings))
        return [Chunk(title=title, text=text) for text in _joined(self._texts)]


def _joined(texts: list[str]) -> Iterator[str]:
    """Paragraphs put together up to the aim; the last sentence of a passage begins the next one."""
    current = ""
    for piece in (piece for text in texts for piece in _pieces(text)):
        if current and len(current) + len(piece) + 1 > AIM:
            yield current
            tail = _tail(current)
            current = f"{tail}\n{piece}" if tail and len(tail) + len(piece) < LONGEST else piece
        else:
            current = f"{current}\n{piece}" if current else piece
    if current:
        yield current


def _pieces(text: str) -> Iterator[str]:
    """A paragraph, or its parts where it is longer than a passage: sentences, else words, else any cut."""
    if len(text) <= AIM:
        yield text
        return
    current = ""
    for sentence in _SENTENCE.split(text):
        for part in _parts(sentence.strip()):
            if current and len(current) + len(part) + 1 > AIM:
                yield current
                current = part
            else:
                current = f"{current} {part}".strip()
    if current:
        yield current


def _parts(sentence: str) -> Iterator[str]:
    while len(sentence) > AIM:
        at = sentence.rfind(" ", AIM // 2, AIM)
        at = at if at > 0 else AIM
        yield sentence[:at].rstrip()
        sentence = sentence[at:].lstrip()
    if sentence:
        yield sentence


def _tail(text: str) -> str:
    """The last sentence, if it is short enough to be said twice."""
    last = _SENTENCE.split(text.strip())[-1].strip()
    return last if len(last) <= OVERLAP else ""


def _clean(text: str) -> str:
    lines = (_SPACES.sub(" ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"
