"""Documents as JSON for SQLite: readable with any tool, times and bytes tagged because JSON has neither.

A tag is a dict whose only key starts with `$`; no document has such keys (`validation.clean` refuses them), and in text
the quote before it would be escaped. So the three bytes `{"$` in the JSON say that there is something to bring back.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, cast

import orjson

from shared.database.protocol import Document
from shared.database.validation import from_milliseconds, to_milliseconds
from shared.values import Value

_TIME, _BYTES = "$t", "$b"
_TAGGED = b'{"$'


def encode(document: Document) -> bytes:
    return orjson.dumps(document, default=tagged, option=orjson.OPT_PASSTHROUGH_DATETIME)


def decode(text: bytes) -> Document:
    document = orjson.loads(text)
    if tags := text.count(_TAGGED):
        _revive(document, tags)
    return document


def tagged(value: Any) -> dict[str, Any] | orjson.Fragment:
    """What JSON has no word for, as a tagged dict; a `Value` as its own JSON, which has none of these."""
    if isinstance(value, datetime):
        return {_TIME: to_milliseconds(value)}
    if isinstance(value, bytes):
        return {_BYTES: base64.b64encode(value).decode()}
    if isinstance(value, Value):
        return orjson.Fragment(value.encode())
    raise TypeError(f"a document cannot hold a {type(value).__name__}")


def _revive(document: Document, tags: int) -> None:
    """Level by level, until all tags are found: they are near the top, and an aggregate's large state has none."""
    level: list[Any] = [document]
    while tags and level:
        below: list[Any] = []
        for container in level:
            for place, item in _places(container):
                kind = cast("type[object]", type(item))
                if kind is dict and len(item) == 1 and (tag := next(iter(item))) in _REVIVED:
                    container[place] = _REVIVED[tag](item[tag])
                    tags -= 1
                elif kind is dict or kind is list:
                    below.append(item)
        level = below


def _places(container: Any) -> Iterable[tuple[Any, Any]]:
    return container.items() if isinstance(container, dict) else enumerate(container)  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]


_REVIVED: dict[str, Callable[[Any], Any]] = {_TIME: from_milliseconds, _BYTES: base64.b64decode}
