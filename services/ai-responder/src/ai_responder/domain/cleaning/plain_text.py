"""Markdown as the text of an SMS: the words stay, the marks go; links and tables say the same in plain words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

MOST_CHARACTERS = 4_000
"""More than any text message holds; the rest is not looked at. Bounds the work: 20 ms for each thousand at worst."""

_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
# Four spaces are an indent here and no code; HTML is only looked for within a line, where words around it are kept.
_MARKDOWN.disable(["code", "html_block", "reference", "lheading"])

_PRODUCT = re.compile(r"(?<=\d)\*(?=\d)")
"""`5*3*2` is arithmetic."""
HTML_TAGS = frozenset(
    {"a", "b", "big", "blockquote", "br", "center", "code", "div", "em", "font", "h1", "h2", "h3", "h4", "hr", "i",
     "li", "mark", "ol", "p", "pre", "small", "span", "strong", "sub", "sup", "u", "ul"}
)  # fmt: skip
_LINE_TAGS = frozenset({"br", "p", "div", "li", "hr"})


def plain_text(markdown: str) -> str:
    """The same words without Markdown, and without the HTML that stands for it. What is no Markdown stays as it is."""
    text = _PRODUCT.sub(r"\\*", markdown[:MOST_CHARACTERS])
    blocks = _Blocks()
    for token in _MARKDOWN.parse(text):
        blocks.take(token)
    return blocks.text()


class _Blocks:
    """Lines of text, block by block; blank lines where the source had some."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._end = 0
        """The source's line after the last block."""
        self._mark = ""
        self._row: list[str] | None = None

    def take(self, token: Token) -> None:
        match token.type:
            case "inline":
                self._say(inline_text(token.children or ()), token)
            case "fence":
                self._say(token.content.strip("\n"), token)
            case "list_item_open":
                self._mark = f"{token.info}{token.markup} " if token.info else "- "
            case "list_item_close":
                self._mark = ""
            case "tr_open":
                self._row = []
            case "tr_close":
                self._say_row()
            case _:
                pass

    def text(self) -> str:
        return "\n".join(self._lines).strip()

    def _say(self, text: str, token: Token) -> None:
        if self._row is not None:
            self._row.append(text)
            return
        begin, end = token.map or (self._end, self._end)
        if begin > self._end:
            self._lines.append("")
        self._end = end
        self._lines += f"{self._mark}{text}".split("\n")
        self._mark = ""

    def _say_row(self) -> None:
        """`Mon | 7-15 | walk in` as `Mon: 7-15, walk in`."""
        first, *rest = self._row or [""]
        told = ", ".join(cell for cell in rest if cell)
        self._lines.append(f"{first}: {told}" if first and told else first or told)
        self._row = None


def inline_text(tokens: Sequence[Token]) -> str:
    out: list[str] = []
    links: list[tuple[str, int]] = []
    struck = 0
    for token in tokens:
        if token.type in ("s_open", "s_close"):
            struck += token.nesting  # what is struck through is not meant any more
        elif struck:
            continue
        elif token.type == "link_open":
            links.append((str(token.attrGet("href") or ""), len(out)))
        elif token.type == "link_close":
            address, start = links.pop()
            out[start:] = [_link(address, "".join(out[start:]))]
        elif token.type == "image":
            out.append(_link(str(token.attrGet("src") or ""), inline_text(token.children or ())))
        elif token.type in ("softbreak", "hardbreak"):
            out.append("\n")
        elif token.type == "html_inline":
            out.append(_tag(token.content))
        else:
            out.append(token.content)
    return "".join(out)


def _link(address: str, words: str) -> str:
    bare = address.removeprefix("mailto:").removeprefix("tel:")
    shown = words.strip()
    if not shown or not bare or _same(bare, shown):
        return shown or bare
    return f"{shown} ({bare})"


def _same(address: str, words: str) -> bool:
    def core(text: str) -> str:
        return text.casefold().removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")

    return core(address) == core(words)


def _tag(tag: str) -> str:
    """Nothing for a tag that only shapes text; anything else is no HTML a model would mean, and stays."""
    name = tag.strip("</> ").split()[0].rstrip("/").casefold() if tag.strip("</> ") else ""
    return tag if name not in HTML_TAGS else "\n" if name in _LINE_TAGS and not tag.startswith("</") else ""
