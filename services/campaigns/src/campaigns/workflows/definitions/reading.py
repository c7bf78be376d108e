"""Reads a definition as somebody gave it, and keeps what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from campaigns.workflows.definitions.domain import DefinitionProblem, Draft, Trigger
from campaigns.workflows.domain.definition import examine
from campaigns.workflows.domain.problems import Problem
from shared.errors import Invalid

LARGEST_BYTES = 200_000
"""200 steps with long texts have half of it."""


def read_draft(definition: dict[str, Any], by: str) -> Draft:
    """Raises `Invalid` for what cannot be kept at all."""
    try:
        text = orjson.dumps(definition).decode()
    except orjson.JSONEncodeError:
        raise Invalid("invalid_definition", "The definition has a number or a character that cannot be kept.") from None
    if len(text) > LARGEST_BYTES:
        raise Invalid("definition_too_large", f"A definition has at most {LARGEST_BYTES:,} bytes as JSON.")
    examined = examine(definition)
    problems, warnings = _kept(examined.problems), _kept(examined.warnings)
    trigger = examined.trigger
    known = Trigger(type=trigger.type, keywords=trigger.keywords) if trigger else None
    return Draft(definition=text, trigger=known, problems=problems, warnings=warnings, by=by)


def _kept(found: Sequence[Problem]) -> tuple[DefinitionProblem, ...]:
    return tuple(DefinitionProblem(path=one.path, code=one.code, detail=one.detail) for one in found)
