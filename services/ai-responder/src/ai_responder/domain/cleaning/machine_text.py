"""What is written for a machine as a whole: a call of a function, a list of parts. Linear in the text."""

from __future__ import annotations

import json
import re
from typing import Any, cast

_CALL = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,60}\(")
_IN_CODE = ("=", '"', "'", "{", "(")


def is_call(text: str) -> bool:
    """`get_hours()`, `[send(to="x")]`, one or several; no sentence with a bracket in it."""
    bare = text.strip(" \n`;")
    if bare.startswith("[") and bare.endswith(")]"):
        return _is_one_call(bare[1:-1].strip())
    lines = [line.strip() for line in bare.splitlines() if line.strip()]
    return bool(lines) and (_is_one_call(bare) or all(_is_one_call(line) for line in lines))


def unpacked(text: str) -> str:
    """The words of `["…"]`, `[{"type": "text", "text": "…"}]` and `"…"`; any other text as it is."""
    bare = text.strip()
    if not (bare.startswith(("[", '"')) and bare.endswith(("]", '"'))):
        return text
    try:
        found = json.loads(bare, strict=False)
    except (ValueError, RecursionError):
        return text
    parts = cast("list[Any]", found) if isinstance(found, list) else [found]
    words = [_words(part) for part in parts]
    return "\n".join(word for word in words if word is not None) if None not in words else text


def is_list(text: str) -> bool:
    try:
        return text.startswith("[") and isinstance(json.loads(text, strict=False), list)
    except (ValueError, RecursionError):
        return False


def _words(part: Any) -> str | None:
    if isinstance(part, dict):
        fields = cast("dict[str, Any]", part)
        part = fields.get("text") if fields.keys() <= {"type", "text", "annotations"} else None
    return part if isinstance(part, str) else None


def _is_one_call(text: str) -> bool:
    begins = _CALL.match(text)
    if begins is None or not text.endswith(")"):
        return False
    name, given = text[: begins.end() - 1], text[begins.end() : -1]
    if 0 <= given.find(")") < given.find("(") or given.count("(") != given.count(")"):
        return False  # the first bracket closes before the end: a sentence with several
    return not given.strip() or "_" in name or "." in name or any(sign in given for sign in _IN_CODE)
