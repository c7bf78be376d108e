"""What was read: passages with the words by which they are found."""

from __future__ import annotations

from collections.abc import Iterable

from ai_responder.knowledge.domain.blocks import Block
from ai_responder.knowledge.domain.chunking import chunks_of
from ai_responder.knowledge.domain.words import Language, language_of, stems
from shared.errors import Invalid
from shared.values import Value

MOST_CHARACTERS = 2_000_000
"""Of one document: a book of 1,000 pages."""
MOST_CHUNKS = 4_000


class ReadPassage(Value):
    """The stems are what it is found by, apart by spaces."""

    title: str
    text: str
    title_stems: str
    text_stems: str


class Content(Value):
    passages: tuple[ReadPassage, ...]
    pages: int = 0
    characters: int


class Refusal(Value):
    """Why a file cannot be read."""

    code: str
    detail: str


def content_of(blocks: Iterable[Block], pages: int = 0) -> Content:
    """Raises `Invalid`: `no_text`, `too_much_text`."""
    chunks = chunks_of(blocks)
    if not chunks:
        raise Invalid("no_text", "There is no text in it.")
    if len(chunks) > MOST_CHUNKS:
        raise too_much()
    language = language_of(" ".join(chunk.text for chunk in chunks[:50]))
    return Content(
        passages=tuple(_passage(chunk.title, chunk.text, language) for chunk in chunks),
        pages=pages,
        characters=sum(len(chunk.text) for chunk in chunks),
    )


def _passage(title: str, text: str, language: Language) -> ReadPassage:
    return ReadPassage(
        title=title,
        text=text,
        title_stems=" ".join(stems(title, language)),
        text_stems=" ".join(stems(text, language)),
    )


def too_much() -> Invalid:
    return Invalid("too_much_text", f"It has more than {MOST_CHARACTERS:,} characters of text; split it.")
