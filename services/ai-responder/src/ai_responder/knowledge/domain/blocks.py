"""A document as its reader found it: headings, paragraphs, rows of a table, questions with answers, in order."""

from __future__ import annotations

from typing import Literal

from shared.values import Value

FileKind = Literal["txt", "md", "csv", "pdf", "docx"]
BlockKind = Literal["heading", "paragraph", "row", "pair"]


class Block(Value):
    kind: BlockKind
    text: str
    """Of a pair: the question."""
    level: int = 1
    """Of a heading, 1 for the highest."""
    answer: str = ""
    """Of a pair."""


class Reading(Value):
    """`pages` is 0 where the format has none."""

    blocks: tuple[Block, ...]
    pages: int = 0


class Pair(Value):
    """A question that customers ask, and the answer to it."""

    question: str
    answer: str
