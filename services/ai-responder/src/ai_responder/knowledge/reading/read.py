"""A file, whatever its kind. Imported only where files are read: its libraries take memory that no service needs."""

from __future__ import annotations

from collections.abc import Iterable

from ai_responder.knowledge.domain.blocks import Block, FileKind
from ai_responder.knowledge.reading import docx, pdf, table, text
from ai_responder.knowledge.reading.content import MOST_CHARACTERS, Content, content_of, too_much


def read_file(content: bytes, kind: FileKind) -> Content:
    """Raises `Invalid` with the reason why the file cannot be read."""
    if kind == "pdf":
        pages = pdf.Pages(content)
        return content_of(_bounded(pages.blocks()), pages.count)
    if kind == "docx":
        return content_of(_bounded(docx.docx_blocks(content)))
    plain = text.decoded(content)
    if kind == "csv":
        return content_of(_bounded(table.table_blocks(plain)))
    return content_of(_bounded(text.blocks_of(plain, markdown=kind == "md")))


def _bounded(blocks: Iterable[Block]) -> Iterable[Block]:
    characters = 0
    for block in blocks:
        characters += len(block.text) + len(block.answer)
        if characters > MOST_CHARACTERS:
            raise too_much()
        yield block
