"""One whole example per wire shape, for the API's description: programs are written after these, so a test holds each
against its own schema.

FastAPI strips every null from the description, and so would turn a true example into a false one. Nulls go in marked,
and `with_nulls` puts them back.
"""

from __future__ import annotations

from typing import Any, cast

from pydantic import ConfigDict

_NULL = "\0null"


def with_example(*bodies: dict[str, Any]) -> ConfigDict:
    """The `model_config` of a model that is documented by these bodies. Settings of a parent model stay."""
    return ConfigDict(json_schema_extra={"examples": [marked(body) for body in bodies]})


def example_of(model: Any) -> dict[str, Any] | None:
    """The first body a model is documented by, marked, to build a larger example of."""
    extra = getattr(model, "model_config", {}).get("json_schema_extra")
    if not isinstance(extra, dict):
        return None
    bodies = cast("dict[str, list[dict[str, Any]]]", extra).get("examples")
    return bodies[0] if bodies else None


def marked(value: Any) -> Any:
    return _swapped(value, None, _NULL)


def with_nulls(document: dict[str, Any]) -> dict[str, Any]:
    return _swapped(document, _NULL, None)


def _swapped(value: Any, old: Any, new: Any) -> Any:
    if isinstance(value, dict):
        return {key: _swapped(each, old, new) for key, each in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_swapped(each, old, new) for each in cast("list[Any]", value)]
    return new if value == old else value
