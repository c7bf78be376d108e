"""What may be stored, checked once and alike for both stores, before either sees it.

Neither store may accept more than the other, or a value that only one of them keeps would fail in production.
`clean` also cuts times to milliseconds, so that what was written equals what is read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from shared.clock import milliseconds
from shared.database.protocol import MAX_DOCUMENT_BYTES, CollectionSpec, Document, FieldType
from shared.errors import Invalid, TooLarge

MAX_DEPTH = 80  # MongoDB nests 100 levels
_INT_LIMIT = 2**63
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Checked(dict[str, Any]):
    """A dict that was checked and is never changed again; inside a document it is not checked a second time.

    For what is written more than once: a state is saved and saved again without its effects, a record lies in the
    outbox first and is filed then. Walking through them costs a tenth of an event's processor time each time. It may
    hold a `Value` whose class says all that it can hold: the store encodes it in one step.
    """

    __slots__ = ()


def checked(value: Mapping[str, Any]) -> Checked:
    """A clean copy, or `Invalid`."""
    return Checked(_clean_dict(value, 1))


def clean_document(spec: CollectionSpec, document: Mapping[str, Any]) -> Document:
    """A copy in plain types that both stores keep unchanged; declared fields have their declared type."""
    id = document.get("id")
    if not isinstance(id, str) or not id:
        raise ValueError(f"a document of {spec.name} needs a text id, not {id!r}")
    if "_id" in document:
        raise Invalid("bad_key", "A document has its id under `id`; `_id` belongs to the store.")
    cleaned = document if isinstance(document, Checked) else _clean_dict(document, 1)
    for field, kind in spec.fields.items():
        value = cleaned.get(field)
        if value is not None and type(value) is not _PYTHON_TYPES.get(kind):  # terms, or a mistake
            check_kind(spec, field, kind, value)
    return cleaned


def clean(value: Any, depth: int = 0) -> Any:
    """This value in plain types, or `Invalid` saying what no store could keep."""
    kind = cast("type[object]", type(value))
    if kind is str:
        return value if value.isascii() else _checked_text(value)
    if value is None or kind is bool:
        return value
    if kind is int:
        return _checked_int(value)
    cleaner = _CLEANERS.get(kind) or _by_subclass(value)
    return cleaner(value, depth + 1)


def check_kind(spec: CollectionSpec, field: str, kind: FieldType, value: Any) -> None:
    """A declared field holds its one type or null: anything else would sort differently in each store."""
    if value is None:
        return
    if kind == "terms":
        fits = isinstance(value, list) and {type(term) for term in cast("list[object]", value)} <= {str}
    else:
        fits = type(value) is _PYTHON_TYPES[kind]
    if not fits:
        raise ValueError(
            f"{spec.name}.{field} is declared {kind}, it cannot hold a {cast('object', value).__class__.__name__}"
        )


def check_size(size: int, id: str) -> None:
    """`size` as the store writes it: close to, but not exactly, the same in both."""
    if size > MAX_DOCUMENT_BYTES:
        detail = f"{id} would take {size} bytes; {MAX_DOCUMENT_BYTES} is the most. Keep less in one document."
        raise TooLarge("document_too_large", detail)


def next_version(document: Document, version: int) -> int:
    """The version a replacement carries; keeping the old one would let two writers win."""
    new = document.get("version")
    if type(new) is not int or new <= version:
        raise ValueError(f"{document['id']} replaces version {version}, so it must carry a higher one, not {new!r}")
    return new


def revision_of(document: Document) -> int:
    revision = document.get("revision")
    if type(revision) is not int:
        raise ValueError(f"{document['id']} is put by revision, so it needs an int `revision`, not {revision!r}")
    return revision


def to_milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND


def from_milliseconds(stamp: int) -> datetime:
    return _EPOCH + stamp * _MILLISECOND


_PYTHON_TYPES: dict[FieldType, type] = {"str": str, "int": int, "bool": bool, "datetime": datetime}


def _clean_dict(value: Mapping[str, Any], depth: int) -> Document:
    _check_depth(depth)
    # Most leaves are short ASCII: not calling `clean` for these halves the time of a save's check.
    return {
        _checked_key(key): item if type(item) is str and item.isascii() else clean(item, depth)
        for key, item in value.items()
    }


def _clean_list(value: list[Any] | tuple[Any, ...], depth: int) -> list[Any]:
    _check_depth(depth)
    return [item if type(item) is str and item.isascii() else clean(item, depth) for item in value]


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Invalid("document_too_deep", f"Values nest deeper than {MAX_DEPTH} levels; flatten the document.")


def _checked_float(value: float, _depth: int) -> float:
    if not math.isfinite(value):
        raise Invalid("bad_number", f"{value} cannot be stored; leave the value out instead.")
    return value


def _checked_moment(value: datetime, _depth: int) -> datetime:
    if value.tzinfo is UTC and value.microsecond % 1000 == 0 and type(value) is datetime:
        return value
    if value.utcoffset() is None:
        raise Invalid("naive_datetime", f"{value.isoformat()} has no time zone; make it aware before storing it.")
    try:
        return milliseconds(value)
    except OverflowError:
        raise Invalid("bad_datetime", f"{value.isoformat()} leaves the calendar when turned to UTC.") from None


def _checked_text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        detail = f"Half a surrogate pair at position {error.start} is not a character; repair the text first."
        raise Invalid("bad_text", detail) from None
    return value


def _checked_int(value: int) -> int:
    if -_INT_LIMIT <= value < _INT_LIMIT:
        return value
    raise Invalid("bad_number", "An integer beyond 64 bits cannot be stored; keep it as text.")


@lru_cache(maxsize=4096)
def _checked_key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"keys are text, not {type(key).__name__}")
    if not key or key[0] == "$" or "." in key or "\0" in key:
        raise Invalid("bad_key", f"{key!r} cannot be a key (empty, leading $, dot, NUL): keep a list of pairs instead.")
    return str.__str__(_checked_text(key))


def _by_subclass(value: Any) -> Callable[[Any, int], Any]:
    for base, cleaner in _SUBCLASSES:
        if isinstance(value, base):
            return cleaner
    raise TypeError(f"a document cannot hold a {type(value).__name__}")


_CLEANERS: dict[type, Callable[[Any, int], Any]] = {
    dict: _clean_dict,
    Checked: lambda value, _depth: value,
    list: _clean_list,
    tuple: _clean_list,
    datetime: _checked_moment,
    float: _checked_float,
    bytes: lambda value, _depth: value,
}
_SUBCLASSES: list[tuple[type, Callable[[Any, int], Any]]] = [
    (str, lambda value, _depth: _checked_text(str.__str__(value))),  # enums of text
    (int, lambda value, _depth: _checked_int(int(value))),
    (float, lambda value, depth: _checked_float(float(value), depth)),
    (datetime, _checked_moment),
    (Mapping, _clean_dict),
    (list, _clean_list),
    (tuple, _clean_list),
    (bytes, lambda value, _depth: bytes(value)),
    (bytearray, lambda value, _depth: bytes(value)),
]
