"""A value as documents keep it: what JSON has, so times and bytes are text, in SQLite and MongoDB alike.

The document's own fields, by which a store finds and sorts, stay times. A value is read back by `Value.read`. It also
takes what was stored before: times and bytes as such.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from types import EllipsisType, NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from shared.database.validation import Checked, checked
from shared.values import Value

_LEAVES = (str, int, bool, NoneType, datetime, bytes)
_BRANCHES = (tuple, Union, UnionType)


def stored(value: Value) -> Checked:
    """Raises `Invalid` for what no store could keep."""
    fields = value.jsonable()
    return Checked(fields) if _is_closed(type(value)) else checked(fields)


def stored_once(value: Value) -> Checked | Value:
    """As `stored`, for a document that is only written: the store encodes the value in one step."""
    return value if _is_closed(type(value)) else checked(value.jsonable())


@cache
def _is_closed(kind: type[Value]) -> bool:
    """Its classes say all it can hold, so that looking through it again finds nothing. Keys of a dict may be anything,
    and a float may be no number."""
    hints = get_type_hints(kind)
    return all(_is_plain(hints[name]) for name in kind.__struct_fields__)


def _is_plain(hint: Any) -> bool:
    if isinstance(hint, type) and issubclass(hint, Value):
        return _is_closed(hint)
    if hint in _LEAVES or isinstance(hint, EllipsisType):
        return True
    origin, parts = get_origin(hint), get_args(hint)
    return origin is Literal or (origin in _BRANCHES and all(_is_plain(part) for part in parts))
