"""Text of a Word document: every paragraph of its body, those in tables, boxes and forms included, without what was
struck out.

An own reader of a hundred lines over `zipfile` and `defusedxml`: python-docx builds the whole tree in memory by libxml2
before anything can be looked at, and leaves out the content of forms and text boxes.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ai_responder.knowledge.domain.blocks import Block
from shared.errors import Invalid

BODY = "word/document.xml"
MOST_UNPACKED = 64 * 1024**2
"""Of the body; a book of 1,000 pages has ten."""
MOST_RATIO = 400
_SMALL = 1024**2
MOST_PARTS = 5_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_HEADING = re.compile(r"(?:heading|ttulo|titulo|título|berschrift|überschrift|titre)\s*([1-6])", re.IGNORECASE)
_DAMAGED = "The document is damaged; open it in a word processor and save it again as .docx."


def docx_blocks(content: bytes) -> Iterator[Block]:
    """Raises `Invalid`: `file_damaged`, `file_encrypted`, `unpacks_to_too_much`, `not_that_kind`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check(archive)
            with archive.open(BODY) as part:
                yield from _Body().blocks(part)
    except DefusedXmlException:
        raise Invalid("file_damaged", "The document defines entities, which no word processor writes.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ParseError, RecursionError,
            ValueError, OSError):  # fmt: skip
        raise Invalid("file_damaged", _DAMAGED) from None
    except RuntimeError:  # zipfile: a part with a password
        raise Invalid("file_encrypted", "The document has a password; save it without one.") from None


def _check(archive: zipfile.ZipFile) -> None:
    parts = {part.filename: part for part in archive.infolist()}
    body = parts.get(BODY)
    if body is None:
        raise Invalid("not_that_kind", "The file is an archive without a Word document in it.")
    bomb = body.file_size > _SMALL and body.file_size > MOST_RATIO * max(1, body.compress_size)
    if body.file_size > MOST_UNPACKED or bomb or len(archive.infolist()) > MOST_PARTS:
        raise Invalid("unpacks_to_too_much", "The document unpacks to too much text; split it.")


class _Body:
    """Walks through the body: paragraphs as they end, a row of a table as one block."""

    def __init__(self) -> None:
        self._open = 0
        """Paragraphs within each other: a text box stands inside one."""
        self._fallbacks = 0
        """Older Word versions find the same text box once more."""
        self._rows: list[list[str]] = []

    def blocks(self, part: Any) -> Iterator[Block]:
        for event, element in iterparse(part, events=("start", "end"), forbid_dtd=True):
            name = _local(element)
            if event == "start":
                self._begin(name)
            elif block := self._end(name, element):
                yield block
            if event == "end" and not self._open and name in ("p", "tr", "tbl", "sdt"):
                element.clear()

    def _begin(self, name: str) -> None:
        if name == "p":
            self._open += 1
        elif name == "Fallback":
            self._fallbacks += 1
        elif name == "tr":
            self._rows.append([])
        elif name == "tc" and self._rows:
            self._rows[-1].append("")

    def _end(self, name: str, element: Any) -> Block | None:
        if name == "Fallback":
            self._fallbacks -= 1
        elif name == "p":
            self._open -= 1
            return self._paragraph(element)
        elif name == "tr" and self._rows:
            cells = [cell for cell in self._rows.pop() if cell]
            if cells and self._rows and self._rows[-1]:  # a table within a cell
                self._rows[-1][-1] = f"{self._rows[-1][-1]} {'; '.join(cells)}".strip()
            elif cells:
                return Block(kind="row", text=" | ".join(cells))
        return None

    def _paragraph(self, element: Any) -> Block | None:
        block = None if self._fallbacks else _block(element)
        if block and self._rows and self._rows[-1]:
            self._rows[-1][-1] = f"{self._rows[-1][-1]} {block.text}".strip()
            return None
        return block


def _block(paragraph: Any) -> Block | None:
    text = "".join(_texts(paragraph)).strip()
    if not text:
        return None
    level = _level(paragraph)
    return Block(kind="heading", text=text, level=level) if level else Block(kind="paragraph", text=text)


def _texts(element: Any) -> Iterator[str]:
    """Paragraphs of a text box within it come as blocks of their own."""
    for child in element:
        name = _local(child)
        if name == "t":
            yield child.text or ""
        elif name == "tab":
            yield "\t"
        elif name in ("br", "cr"):
            yield "\n"
        elif name == "noBreakHyphen":
            yield "-"
        elif name not in ("p", "del", "moveFrom", "txbxContent", "Fallback", "instrText"):
            yield from _texts(child)


def _level(paragraph: Any) -> int:
    """1 to 6 for a heading, by its style or its outline; 0 for others."""
    properties = next((child for child in paragraph if _local(child) == "pPr"), None)
    for child in properties if properties is not None else ():
        value = next((value for name, value in child.attrib.items() if name.endswith("}val")), "")
        if _local(child) == "pStyle":
            if found := _HEADING.match(value):
                return int(found[1])
            if value.casefold() in ("title", "titel", "titre"):
                return 1
        if _local(child) == "outlineLvl" and value.isdigit() and int(value) < 6:
            return int(value) + 1
    return 0


def _local(element: Any) -> str:
    """The name, for elements of word processing; others keep theirs with the namespace."""
    tag: str = element.tag
    return tag.removeprefix(_W).removeprefix(_STRICT).rpartition("}")[2] if isinstance(tag, str) else ""
