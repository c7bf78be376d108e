"""The base of every value that is decided upon, stored or published.

Values are msgspec structs (ADR 18): reading, writing and copying them happens in C. What comes from outside is checked
as it is read (`read`, `decode`). What our own code constructs is not checked again at run time: the type checker has
seen it, and an event is read back once before it leaves (`Event.encode`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, Self, cast, dataclass_transform, get_args

import msgspec
from msgspec.structs import force_setattr, replace

from shared.clock import milliseconds

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""An aware time, kept in UTC with whole milliseconds."""

Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""What every store has room for. Integers of events, which may come from anyone, are held to it."""

_KEPT_AS_THEY_ARE = (datetime, bytes)
_ENCODER = msgspec.json.Encoder()
_REPEATS_THE_VALUE = "Invalid enum value"


class Malformed(ValueError):
    """What was read is not such a value. Names the field and the rule; the value may be a customer's words."""


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class ValueType(msgspec.StructMeta):
    """Makes every field a keyword, and times what `Moment` says wherever a value comes into being."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> ValueType:
        inherited = [moment for base in bases for moment in getattr(base, "__moments__", ())]
        own = [field for field, kind in namespace.get("__annotations__", {}).items() if _holds_moments(kind)]
        if own:
            names = (*inherited, *own)
            namespace |= {"__moments__": names, "__post_init__": _cutting(names)}
        options.setdefault("kw_only", True)
        return cast("ValueType", super().__new__(mcs, name, bases, namespace, **options))


class Value(msgspec.Struct, metaclass=ValueType, frozen=True):
    """A frozen value. Unknown fields are ignored, so that a newer publisher does not break an older reader."""

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> Self:
        """The value with these fields, as `plain` or parsed JSON gives them. Raises `Malformed`."""
        try:
            return msgspec.convert(fields, cls)
        except (msgspec.ValidationError, RecursionError) as error:
            raise Malformed(problem_of(error)) from None

    @classmethod
    def decode(cls, text: bytes | str) -> Self:
        """The value in this JSON: hostile bytes are refused in linear time. Raises `Malformed`."""
        try:
            return _decoder(cls).decode(text)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise Malformed(problem_of(error)) from None

    def encode(self) -> bytes:
        """As JSON: times in UTC as RFC 3339 has them, bytes in base64."""
        return _ENCODER.encode(self)

    def checked(self) -> Self:
        """This value as a reader takes it. Raises `Malformed` if its fields break a rule."""
        return type(self).decode(self.encode())

    def plain(self, without: Collection[str] = ()) -> dict[str, Any]:
        """The fields as dicts, tuples, times and bytes. A class with `omit_defaults` leaves out its defaults."""
        fields: dict[str, Any] = msgspec.to_builtins(self, builtin_types=_KEPT_AS_THEY_ARE)
        for name in without:
            del fields[name]
        return fields

    def jsonable(self) -> dict[str, Any]:
        """The fields as JSON has them: times and bytes are text."""
        return msgspec.to_builtins(self)

    def but(self, **changes: Any) -> Self:
        """This value with some fields replaced. Raises `TypeError` for an unknown name."""
        return replace(self, **changes)


def problem_of(error: Exception) -> str:
    """What msgspec found, without the value that it repeats for a word that is not in a list of words."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeError):
        return "not UTF-8"
    if isinstance(error, msgspec.DecodeError) and not isinstance(error, msgspec.ValidationError):
        return f"not JSON: {str(error).removeprefix('JSON is malformed: ')}"
    rule, at, path = str(error).rpartition(" - at `$.")  # the last: a repeated value may hold the same characters
    if not at:
        return path
    if rule.startswith(_REPEATS_THE_VALUE):
        rule = _REPEATS_THE_VALUE
    return f"{path.removesuffix('`')}: {rule}"


@cache
def _decoder(kind: type[Value]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def _holds_moments(annotation: Any) -> bool:
    if isinstance(annotation, str):  # of a module with postponed annotations: one time, or one or none
        return annotation in ("Moment", "Moment | None")
    return annotation == Moment or Moment in get_args(annotation)


def _cutting(names: tuple[str, ...]) -> Callable[[Value], None]:
    if len(names) == 1:
        only: Callable[[Value], datetime | None] = attrgetter(names[0])

        def cut_one(value: Value) -> None:
            if (moment := only(value)) is not None and (moment.tzinfo is not UTC or moment.microsecond % 1000):
                _cut(value, names)

        return cut_one

    all_of: Callable[[Value], tuple[datetime | None, ...]] = attrgetter(*names)

    def cut_all(value: Value) -> None:
        for moment in all_of(value):
            if moment is not None and (moment.tzinfo is not UTC or moment.microsecond % 1000):
                return _cut(value, names)
        return None

    return cut_all


def _cut(value: Value, names: tuple[str, ...]) -> None:
    for name in names:
        moment: datetime | None = getattr(value, name)
        if moment is None:
            continue
        if moment.utcoffset() is None:
            raise ValueError(f"{name}: a time needs its zone")
        try:
            force_setattr(value, name, milliseconds(moment))
        except OverflowError:
            raise ValueError(f"{name}: leaves the calendar when turned to UTC") from None
