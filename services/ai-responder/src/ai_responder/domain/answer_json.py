"""Finds the JSON objects in what a model wrote, and mends what is certain to be a slip.

Mended: a preamble, a fence, text after the object, a trailing comma, single or curly quotes, Python's `True` and
`None`, raw line breaks in a string, an object inside a string. Never mended: a string or object that was cut off.
Libraries for broken JSON (json-repair) close those, and half a sentence would go to the customer; hence these few lines
of our own.

Every step is linear in the text: one pass, or a bounded number of them.
"""

from __future__ import annotations

import json
from typing import Any, cast

Fields = dict[str, Any]

_MOST_CHARACTERS = 100_000
"""Of a text that is searched for objects; one that is JSON as a whole may be longer."""
_MOST_STARTS = 8
"""Braces at which an object may begin: each is tried to its end."""
_MOST_LAYERS = 3
"""An object inside a string inside a list: more layers are no slip."""

_DECODER = json.JSONDecoder(strict=False)
_WORDS = {"True": "true", "False": "false", "None": "null"}
_CURLY = str.maketrans({"\u201c": '"', "\u201d": '"', "\u201e": '"'})


def is_json(text: str) -> bool:
    return _loaded(text.strip()) is not None


def objects_in(text: str, layers: int = _MOST_LAYERS) -> list[Fields]:
    """The outermost objects, in order; none if there is no whole one."""
    text = text.strip().removeprefix("\ufeff")
    whole = _loaded(text)
    if isinstance(whole, str):
        return objects_in(whole, layers - 1) if layers else []
    if whole is not None:
        return _objects_of(whole)
    text = text[:_MOST_CHARACTERS]
    if "{" not in text:
        return []
    return _scanned(text) or _scanned(_mended(text[text.index("{") :]))


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _objects_of(value: Any) -> list[Fields]:
    if isinstance(value, dict):
        return [cast("Fields", value)]
    if isinstance(value, list):
        return [cast("Fields", item) for item in cast("list[Any]", value) if isinstance(item, dict)]
    return []


def _scanned(text: str) -> list[Fields]:
    found: list[Fields] = []
    at = text.find("{")
    for _ in range(_MOST_STARTS):
        if at < 0:
            break
        try:
            value, end = _DECODER.raw_decode(text, at)
            found.append(value)
        except (ValueError, RecursionError):
            end = at + 1
        at = text.find("{", end)
    return found


def _mended(text: str) -> str:
    """From the first brace on, as JSON would have it."""
    if '"' not in text:
        text = text.translate(_CURLY)
    out: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char in "\"'":
            piece, at = _string(text, at)
        elif char == ",":
            piece, at = ("" if _next_sign(text, at + 1) in "}]" else ","), at + 1
        elif char.isalpha():
            piece, at = _word(text, at)
        else:
            piece, at = char, at + 1
        out.append(piece)
    return "".join(out)


def _string(text: str, start: int) -> tuple[str, int]:
    """The string that begins here, in double quotes, and where it ends. A single quote within one in single quotes ends
    it only where JSON could go on."""
    quote, at = text[start], start + 1
    out = ['"']
    while at < len(text):
        char = text[at]
        if char == "\\":
            out.append("'" if text[at + 1 : at + 2] == "'" else text[at : at + 2])
            at += 2
            continue
        if char == quote and (quote == '"' or _next_sign(text, at + 1) in ",:}]"):
            return "".join([*out, '"']), at + 1
        out.append('\\"' if char == '"' else char)
        at += 1
    return "".join(out), at  # cut off: stays cut off


def _word(text: str, start: int) -> tuple[str, int]:
    end = start
    while end < len(text) and text[end].isalpha():
        end += 1
    return _WORDS.get(text[start:end], text[start:end]), end


def _next_sign(text: str, at: int) -> str:
    """The next character that is no space; a bounded look, since indentation is short. "-" if there is none near."""
    near = text[at : at + 200].lstrip()
    return near[0] if near else "-"
