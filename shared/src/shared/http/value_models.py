"""Values in the words of pydantic, which documents them: OpenAPI here, AsyncAPI and docs/events.md in a script.

The edge is pydantic's, values are not (ADR 18). A model of the edge has a value as a field by
`cost: Annotated[Money, AS_MODEL]`: it is checked and documented by a model made of the value's own fields, so that
nothing is written down twice.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Meta
from msgspec.structs import FieldInfo, fields
from pydantic import BaseModel, Field, GetCoreSchemaHandler, create_model
from pydantic_core import CoreSchema, core_schema

from shared.events import Money
from shared.events.field_notes import field_notes
from shared.values import Int64, Value

_RULES = ("ge", "gt", "le", "lt", "min_length", "max_length")
_BOUND = 2**63 - 1
"""Every reader's integers end there, so it is not repeated at each field."""


class _AsModel:
    def __get_pydantic_core_schema__(self, source: type[Value], handler: GetCoreSchemaHandler) -> CoreSchema:
        model = model_of(source)
        shape = handler.generate_schema(model)

        def read(given: Any, check: Callable[[Any], BaseModel]) -> Value:
            return given if isinstance(given, source) else source.read(check(given).model_dump())

        def show(value: Value) -> BaseModel:
            return model.model_construct(**value.plain())

        shown = core_schema.plain_serializer_function_ser_schema(show, return_schema=shape)
        return core_schema.no_info_wrap_validator_function(read, shape, serialization=shown)


AS_MODEL = _AsModel()
MoneyOut = Annotated[Money, AS_MODEL]


@cache
def model_of(kind: type[Value]) -> type[BaseModel]:
    """A model with this value's name, fields, rules and notes."""
    hints, notes = get_type_hints(kind, include_extras=True), field_notes(kind)
    shapes: dict[str, Any] = {
        field.name: (_typed(hints[field.name]), Field(description=notes.get(field.name), **_default(field)))
        for field in fields(kind)
    }
    return create_model(kind.__name__, __doc__=kind.__doc__, **shapes)


def _default(field: FieldInfo) -> dict[str, Any]:
    if field.default is NODEFAULT:
        return {} if field.required else {"default_factory": field.default_factory}
    default: Any = field.default
    return {"default": model_of(type(default))(**default.plain()) if isinstance(default, Value) else default}


def _typed(hint: Any) -> Any:
    """The annotation with models for values, and msgspec's rules in pydantic's words."""
    if _is_value(hint):
        return model_of(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if hint == Int64:
        return int
    if origin is None or origin is Literal:
        return cast("Any", hint)
    if origin is Annotated:
        rules = [_rule(rule) for rule in parts[1:] if isinstance(rule, Meta)]
        return cast("Any", Annotated[_typed(parts[0]), *rules])
    whole: Any = Union if origin is UnionType else origin
    return whole[tuple(_typed(part) for part in parts)]


def _is_value(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Value)


def _rule(rule: Meta) -> Any:
    given = {name: bound for name in _RULES if (bound := getattr(rule, name)) not in (None, _BOUND)}
    if rule.pattern is not None:
        given["pattern"] = rule.pattern.removesuffix(r"\Z") + "$"
    return Field(**given)
