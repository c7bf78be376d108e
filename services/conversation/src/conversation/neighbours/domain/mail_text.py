"""What a person newly wrote in an e-mail: without the history below it, and as text where it came as HTML only.

`quotequail` knows how mail programs in many languages begin a quotation. Its time grows with the square of the number
of lines, so it reads the first ones only: an answer that is longer is kept with what follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import quotequail

_MOST_LINES = 300
_MOST_CHARACTERS = 20_000
_MOST_HTML = 100_000
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "blockquote"})
_UNREAD = frozenset({"script", "style", "head", "title"})


def without_quotes(text: str) -> str:
    """The text above the quoted or forwarded message; all of it if nothing is above."""
    lines = text[:_MOST_CHARACTERS].splitlines()[:_MOST_LINES]
    plain = "\n".join(line.rstrip() for line in lines).strip()
    parts = quotequail.unwrap(plain) if plain else None
    return (parts or {}).get("text_top", "").strip() or plain


def text_of_html(markup: str) -> str:
    """What a reader sees of it, quotations left out; empty if it cannot be read."""
    if not markup.strip():
        return ""
    html, etree = _lxml()
    try:
        parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
        tree = html.fromstring(markup[:_MOST_HTML].encode(errors="replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    lines = (" ".join(line.split()) for line in "".join(_pieces(etree, tree)).split("\n"))
    return "\n".join(line for line in lines if line)


def _lxml() -> tuple[Any, Any]:
    """Loaded by the first mail that needs it: 10 MB less for everyone else. It has no types."""
    return import_module("lxml.html"), import_module("lxml.etree")


def _pieces(etree: Any, tree: Any) -> Iterator[str]:
    """Walks without recursion: mail may nest deeply."""
    unread: Any = None
    for step, element in etree.iterwalk(tree, events=("start", "end")):
        if step == "start" and unread is None:
            if element.tag in _UNREAD or _is_quotation(element):
                unread = element
                continue
            yield "\n" if element.tag in _BREAKS else ""
            yield _words(element.text)
        elif step == "end" and (unread is None or element is unread):
            unread = None
            yield "\n" if element.tag in _BREAKS else ""
            yield _words(element.tail)


def _words(text: str | None) -> str:
    return (text or "").replace("\n", " ")


def _is_quotation(element: Any) -> bool:
    """As Gmail, Apple Mail and Thunderbird mark it."""
    return element.tag == "blockquote" or "gmail_quote" in (element.get("class") or "")
