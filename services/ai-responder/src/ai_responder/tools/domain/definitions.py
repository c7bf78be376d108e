"""The tools as a model reads of them: as functions, or as a field of the JSON answer for servers without tools."""

from __future__ import annotations

from typing import Any

from ai_responder.tools.domain.settings import ToolSettings

Fields = dict[str, Any]
ACTIONS = "actions"
HAND_OVER, CLOSE, SET_FIELD, LABEL, FOLLOW_UP = "hand_over", "close", "set_field", "label", "follow_up"
LEAST_HOURS, MOST_HOURS = 0.25, 24 * 60
"""Of a follow-up: a quarter of an hour to sixty days."""


def definitions(settings: ToolSettings) -> list[Fields]:
    """As `tools` of a chat completion; empty for an assistant without tools of its own."""
    if not settings.any:
        return []
    found = [
        _function(HAND_OVER, "Ask a person of the business to take over.", {"reason": _text("Why, in one sentence.")})
    ]
    if settings.close:
        found.append(_function(CLOSE, "Close the conversation: nothing is left to do.", {}))
    if settings.labels:
        label = {"type": "string", "enum": list(settings.labels)}
        found.append(
            _function(LABEL, "Put a label on the conversation, for the business's own people.", {"label": label})
        )
    if settings.fields:
        about = "; ".join(f"{one.name}: {one.about or 'no more is known'}" for one in settings.fields)
        name = {"type": "string", "enum": [one.name for one in settings.fields], "description": about}
        value = _text("As the customer said it.")
        found.append(_function(SET_FIELD, "Note a fact about the customer.", {"field": name, "value": value}))
    if settings.follow_up:
        found.append(_function(FOLLOW_UP, _ABOUT_FOLLOW_UP, _FOLLOW_UP))
    return found


def with_actions(answer: Fields, settings: ToolSettings) -> Fields:
    """The answer's schema with the tools as a field of it."""
    properties = {**answer["properties"], ACTIONS: actions_schema(settings)}
    return {**answer, "properties": properties, "required": [*answer["required"], ACTIONS]}


def actions_schema(settings: ToolSettings) -> Fields:
    """As a field of the answer: strict schemas want every property named, so all but the tool may be null."""
    names = [each["function"]["name"] for each in definitions(settings)]
    inputs = sorted({name for each in definitions(settings) for name in each["function"]["parameters"]["properties"]})
    optional = {name: {"type": ["string", "number", "null"]} for name in inputs}
    item = {
        "type": "object",
        "properties": {"tool": {"type": "string", "enum": names}, **optional},
        "required": ["tool", *inputs],
        "additionalProperties": False,
    }
    return {"type": "array", "items": item, "description": _ABOUT_ACTIONS}


def actions_hint(settings: ToolSettings) -> str:
    """In words, for servers that take no schema."""
    lines = [
        f"- {each['function']['name']}({', '.join(each['function']['parameters']['properties'])}): "
        f"{each['function']['description']}"
        for each in definitions(settings)
    ]
    return "\n".join([f'{_ABOUT_ACTIONS} As {{"tool": "[name]", "[input]": "[value]"}}, of these tools only:', *lines])


_ABOUT_ACTIONS = 'What you want done beside the reply, as the list "actions"; empty if nothing.'
_ABOUT_FOLLOW_UP = (
    "Send the customer one text later, unless they write before. Only where they wish it or it was agreed."
)


def _text(about: str) -> Fields:
    return {"type": "string", "description": about}


_FOLLOW_UP: Fields = {
    "text": _text("The text message to send then."),
    "in_hours": {"type": "number", "description": "Hours from now. Leave it out if `at` is given."},
    "at": _text("Local date and time, such as 2026-03-02T10:00. Leave it out if `in_hours` is given."),
}


def _function(name: str, about: str, properties: Fields) -> Fields:
    required = [each for each in properties if each not in ("in_hours", "at")]
    parameters = {"type": "object", "properties": properties, "required": required}
    return {"type": "function", "function": {"name": name, "description": about, "parameters": parameters}}
