"""Documents as JSON for SQLite: readable with any tool, times and bytes tagged because JSON has neither.

A tag is a dict whose only key starts with `$`; no document has such keys (`validation.clean` refuses them), and in text
the quote before it would be escaped. So the three bytes `{"$` in the JSON say that there is something to bring back.
"""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any, cast

import orjson

from shared.database.protocol import Document
from shared.database.validation import from_milliseconds, to_milliseconds

_TIME, _BYTES = "$t", "$b"
_TAGGED = b'{"$'


def encode(document: Document) -> bytes:
    return orjson.dumps(document, default=_tagged, option=orjson.OPT_PASSTHROUGH_DATETIME)


def decode(text: bytes) -> Document:
    document = orjson.loads(text)
    if _TAGGED in text:
        _revive_dict(document)
    return document


def _tagged(value: Any) -> dict[str, Any]:
    if isinstance(value, datetime):
        return {_TIME: to_milliseconds(value)}
    if isinstance(value, bytes):
        return {_BYTES: base64.b64encode(value).decode()}
    raise TypeError(f"a document cannot hold a {type(value).__name__}")


def _revive(value: Any) -> Any:
    if type(value) is list:
        items = cast("list[Any]", value)
        for index, item in enumerate(items):
            if type(item) is dict or type(item) is list:
                items[index] = _revive(item)
        return items
    if len(value) == 1:
        if _TIME in value:
            return from_milliseconds(value[_TIME])
        if _BYTES in value:
            return base64.b64decode(value[_BYTES])
    return _revive_dict(value)


def _revive_dict(value: Document) -> Document:
    for key, item in value.items():
        if type(item) is dict or type(item) is list:
            value[key] = _revive(item)
    return value
