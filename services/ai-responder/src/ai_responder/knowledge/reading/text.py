"""Plain text and Markdown: paragraphs apart by blank lines, headings by `#` or underlines. Markdown stays as it is
written, since a model reads it as well as any text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from ai_responder.knowledge.domain.blocks import Block
from shared.control_characters import without_control_characters
from shared.errors import Invalid

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 64 * 1024
_ATX = re.compile(r"\A(#{1,6})[ \t]+")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,})[ \t]*")
_FENCE = ("```", "~~~")
LONGEST_HEADING = 200


def decoded(content: bytes) -> str:
    """By its byte order mark, else UTF-8, else as charset-normalizer finds. Raises `Invalid("bad_encoding")`."""
    named = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(named)
    except UnicodeDecodeError:
        text = _guessed(content)
    return without_control_characters(text.replace("\r\n", "\n").replace("\r", "\n"))


def blocks_of(text: str, *, markdown: bool) -> Iterator[Block]:
    waiting: list[str] = []
    fenced = False
    for line in text.split("\n"):
        fenced ^= markdown and line.lstrip().startswith(_FENCE)
        heading = _heading(line) if markdown and not fenced else None
        if heading:
            yield from _paragraph(waiting)
            yield heading
        elif markdown and not fenced and len(waiting) == 1 and _UNDERLINE.fullmatch(line):
            title = waiting.pop()
            yield Block(kind="heading", text=title[:LONGEST_HEADING], level=1 if line.startswith("=") else 2)
        elif line.strip():
            waiting.append(line)
        elif not fenced:
            yield from _paragraph(waiting)
    yield from _paragraph(waiting)


def _heading(line: str) -> Block | None:
    """`## Prices ##`. The closing signs are no part of the title, unless they belong to its last word: `# C#`."""
    opening = _ATX.match(line)
    if opening is None:
        return None
    title = line[opening.end() :].rstrip()
    bare = title.rstrip("#")
    if bare[-1:] in ("", " ", "\t"):
        title = bare.rstrip()
    return Block(kind="heading", text=title[:LONGEST_HEADING], level=len(opening[1])) if title else None


def _paragraph(waiting: list[str]) -> Iterator[Block]:
    if waiting:
        yield Block(kind="paragraph", text="\n".join(waiting))
        waiting.clear()


def _guessed(content: bytes) -> str:
    import charset_normalizer  # most files are UTF-8

    best = charset_normalizer.from_bytes(content[:_SAMPLE_BYTES]).best()
    for encoding in (best.encoding if best else "cp1252", "cp1252", "latin-1"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("bad_encoding", "The file's encoding is not known; save it as UTF-8.")
