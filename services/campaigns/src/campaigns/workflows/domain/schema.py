"""The JSON Schema of a definition, made from the classes of the steps."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import msgspec

from campaigns.workflows.domain.steps import MOST_STEPS, Step, Trigger

SCHEMA_VERSION = 1
"""Raised when a definition that was valid no longer is. A new optional field or step type keeps it."""


@cache
def schema() -> dict[str, Any]:
    """Says what single fields look like. `examine` finds the rest: texts, expressions, ids, jumps."""
    (_, step, *_), parts = msgspec.json.schema_components((Trigger, Step), ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:parley:workflow-definition:{SCHEMA_VERSION}",
        "title": "Workflow definition",
        "version": SCHEMA_VERSION,
        "type": "object",
        "additionalProperties": False,
        "required": ["trigger", "steps"],
        "properties": {
            "trigger": {"$ref": "#/$defs/Trigger"},
            "steps": {"type": "array", "minItems": 1, "maxItems": MOST_STEPS, "items": step},
        },
        "$defs": _portable(parts),
    }


def _portable(part: Any) -> Any:
    """JSON Schema writes the end of a text as `$` where Python writes `\\Z`."""
    if isinstance(part, dict):
        return {key: _portable(value) for key, value in cast("dict[str, Any]", part).items()}
    if isinstance(part, list | tuple):
        return [_portable(value) for value in cast("list[Any]", part)]
    return part.replace("\\Z", "$") if isinstance(part, str) else part
