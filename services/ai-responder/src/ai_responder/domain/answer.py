"""From what a model wrote to an answer. Hostile until parsed: it may be anything at all."""

from __future__ import annotations

import json
import re
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.control_characters import without_control_characters

ANSWER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "reply": {"type": "string", "description": "The text message to the customer; may be empty on hand-over."},
        "hand_over": {"type": "boolean", "description": "True if a person should take over."},
        "reason": {"type": "string", "description": "For the business's own people: why, in one sentence."},
    },
    "required": ["reply", "hand_over", "reason"],
    "additionalProperties": False,
}

Form = Literal["json_schema", "json_object", "text"]
"""How the answer is asked for. Servers that do not know the first are asked for the next."""

FORM_HINTS: dict[Form, str] = {
    "json_schema": "",
    "json_object": (
        'Answer with one JSON object and nothing else: {"reply": "the text message", "hand_over": false, '
        '"reason": "why, for our own people"}'
    ),
    "text": "Answer with the text message only. If a person should take over, begin with [hand over].",
}

_FENCE = "```"
_HAND_OVER = re.compile(r"^\s*\[\s*hand[ _-]?over\s*\]\s*", re.IGNORECASE)


class Answer(BaseModel):
    """Exactly what was asked for; types are not bent ("false" is not False)."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    reply: str
    hand_over: bool
    reason: str = ""


def parse(content: str, form: Form) -> Answer | None:
    """The answer, or None if it is not one."""
    content = without_control_characters(content)
    if form != "text":
        return _from_json(content)
    # Some servers accept any response_format and ignore it; some models write JSON unasked.
    if content.lstrip().startswith(("{", "```")):
        return _from_json(content)
    bare = _HAND_OVER.sub("", content)
    handed = bare != content
    return Answer(reply=bare.strip(), hand_over=handed, reason="the assistant asked for a person" if handed else "")


def _legible(found: Any) -> Any:
    """In JSON they come escaped, so that they are there only after reading it."""
    if not isinstance(found, dict):
        return found
    fields = cast("dict[str, Any]", found)
    return {name: without_control_characters(it) if isinstance(it, str) else it for name, it in fields.items()}


def _from_json(content: str) -> Answer | None:
    try:
        found: Any = json.loads(_unfenced(content))
        return Answer.model_validate(_legible(found))
    except (ValueError, ValidationError, RecursionError):
        return None


def _unfenced(content: str) -> str:
    """The content of a Markdown code block, if the whole text is one. Not a pattern: it would take quadratic time."""
    bare = content.strip()
    if len(bare) < 2 * len(_FENCE) or not (bare.startswith(_FENCE) and bare.endswith(_FENCE)):
        return content
    return bare[len(_FENCE) : -len(_FENCE)].removeprefix("json").strip()
