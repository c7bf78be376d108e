"""What a model wants to call, in whatever shape its server put it. Nothing of it is believed yet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from ai_responder.domain.answer_json import objects_in

Fields = dict[str, Any]
MOST_CALLS = 16
_LONGEST_NAME = 64
_LONGEST_ARGUMENTS = 20_000
_NAMES = ("name", "tool", "tool_name", "function", "action", "recipient_name")
_INPUTS = ("arguments", "parameters", "args", "input", "action_input", "tool_input")


@dataclass(frozen=True)
class ToolCall:
    """`arguments` is None where they could not be read: cut off, or no object."""

    name: str
    arguments: Fields | None = field(default_factory=dict[str, Any])


def calls_of(message: Fields) -> tuple[ToolCall, ...]:
    """Of a chat completion's message: `tool_calls`, however many, or the older `function_call`."""
    listed = message.get("tool_calls")
    entries: Sequence[Any] = cast("list[Any]", listed) if isinstance(listed, list) else [listed] if listed else []
    if not entries and message.get("function_call"):
        entries = [message["function_call"]]
    return tuple(found for entry in entries[:MOST_CALLS] if (found := _call(entry)))


def calls_in(content: str) -> tuple[ToolCall, ...]:
    """Of a text: models whose server does not read their calls write them out, `<tool_call>{"name": …}</tool_call>`."""
    return actions_of(objects_in(content)) if "{" in content else ()


def actions_of(entries: Iterable[Any]) -> tuple[ToolCall, ...]:
    """Of objects that name a tool. The arguments may stand in a field of their own or beside the name."""
    found: list[ToolCall] = []
    for entry in entries:
        if isinstance(entry, dict) and (call := _call(cast("Fields", entry))):
            found.append(call)
    return tuple(found[:MOST_CALLS])


def _call(entry: Any) -> ToolCall | None:
    if not isinstance(entry, dict):
        return None
    fields = cast("Fields", entry)
    inner = fields.get("function")
    if isinstance(inner, dict):
        fields = cast("Fields", inner)
    key = next((key for key in _NAMES if isinstance(fields.get(key), str)), None)
    if key is None:
        return None
    name = str(fields[key]).strip().rpartition(".")[2][:_LONGEST_NAME].casefold()
    given = next((fields[each] for each in _INPUTS if each in fields), None)
    if given is None:
        beside = {each: value for each, value in fields.items() if each not in (key, "id", "type", "index")}
        return ToolCall(name, beside)
    return ToolCall(name, _arguments(given))


def _arguments(given: Any) -> Fields | None:
    """An object, or its text; some servers encode it twice, and send nothing for no arguments."""
    for _ in range(2):
        if not isinstance(given, str):
            break
        if not given.strip():
            return {}
        try:
            given = json.loads(given[:_LONGEST_ARGUMENTS], strict=False)
        except (ValueError, RecursionError):
            return None
    if given is None:
        return {}
    return cast("Fields", given) if isinstance(given, dict) else None
