"""Text of a PDF, page by page, by pypdf. A page's lines are put together to paragraphs; short lines alone above a
paragraph stay lines, since a PDF knows no headings."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from ai_responder.knowledge.domain.blocks import Block
from shared.control_characters import without_control_characters
from shared.errors import Invalid

MOST_PAGES = 1_000
_FEWEST_LETTERS = 20
"""In the whole document; fewer are page numbers on scanned pages."""
_HYPHEN = re.compile(r"(?<=[a-záéíóúñü])-\n(?=[a-záéíóúñü])")
_SENTENCE_END = (".", "!", "?", ":", ";", "。")
_DAMAGED = "The PDF is damaged; open it and save or print it as PDF again."


class Pages:
    """`count` is known once it is opened."""

    def __init__(self, content: bytes) -> None:
        """Raises `Invalid`: `file_encrypted`, `file_damaged`, `too_many_pages`."""
        logging.getLogger("pypdf").setLevel(logging.ERROR)
        try:
            self._reader = PdfReader(io.BytesIO(content))
            if self._reader.is_encrypted and not self._reader.decrypt(""):
                raise Invalid("file_encrypted", "The PDF has a password; save it without one.")
            self.count = len(self._reader.pages)
        except (FileNotDecryptedError, DependencyError):
            raise Invalid("file_encrypted", "The PDF has a password; save it without one.") from None
        except Invalid:
            raise
        except _FAILURES:
            raise Invalid("file_damaged", _DAMAGED) from None
        if self.count > MOST_PAGES:
            raise Invalid("too_many_pages", f"The PDF has {self.count} pages; {MOST_PAGES} are the most. Split it.")

    def blocks(self) -> Iterator[Block]:
        """Raises `Invalid("no_text")` if no page has any: scanned pages are pictures. A page that cannot be read is
        left out, unless none can."""
        letters = broken = 0
        for n in range(self.count):
            try:
                text = without_control_characters(self._reader.pages[n].extract_text())
            except _FAILURES:
                broken += 1
                continue
            letters += sum(char.isalpha() for char in text)
            yield from _paragraphs(text)
        if broken == self.count and broken:
            raise Invalid("file_damaged", _DAMAGED)
        if letters < _FEWEST_LETTERS:
            detail = "The PDF holds pictures of pages but no text; run it through text recognition (OCR) first."
            raise Invalid("no_text", detail)


_FAILURES = (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError,
             OverflowError, ZeroDivisionError, NotImplementedError, OSError, EOFError)  # fmt: skip
"""pypdf raises Python's own errors over some damaged files."""


def _paragraphs(page: str) -> Iterator[Block]:
    """A blank line ends a paragraph, and so does a line that ends a sentence well before the right margin."""
    lines = [line.strip() for line in _HYPHEN.sub("", page).split("\n")]
    width = max(map(len, lines), default=0)
    waiting: list[str] = []
    for line in lines:
        if line:
            waiting.append(line)
        if waiting and (not line or (line.endswith(_SENTENCE_END) and len(line) < width * 0.7)):
            yield Block(kind="paragraph", text="\n".join(waiting))
            waiting = []
    if waiting:
        yield Block(kind="paragraph", text="\n".join(waiting))
