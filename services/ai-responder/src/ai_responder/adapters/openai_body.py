"""Reads what an OpenAI-compatible server answered with 200, whatever it left out or bent. As OpenAI answers, trimmed:

    {"model": "gpt-4o-mini-2024-07-18",
     "choices": [{"message": {"content": "{\\"reply\\": …}", "refusal": null}, "finish_reason": "stop"}],
     "usage": {"prompt_tokens": 420, "completion_tokens": 35, "prompt_tokens_details": {"cached_tokens": 256}}}

Others send the content as a list of parts or an object, reasoning in a field of its own, an `error` in place of or
inside a choice, a stream though none was asked for, and anything at all as `usage`. One odd field never costs the
answer: each is read by itself, and what makes no sense is taken for absent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

from ai_responder.tools.domain.calls import ToolCall, calls_of

Fields = dict[str, Any]

_CUT = frozenset({"length", "max_tokens", "max_output_tokens", "model_length", "max_completion_tokens"})
_FILTERED = frozenset(
    {"content_filter", "safety", "blocklist", "prohibited_content", "recitation", "spii", "guardrail"}
)
_REASONING_FIELDS = ("reasoning_content", "reasoning", "thinking", "reasoning_text", "thoughts")
_REASONING_PARTS = frozenset({"thinking", "reasoning", "redacted_thinking", "reasoning_content", "thought"})
_OUR_SCHEMA = frozenset({"answer", "json_tool_call", "json"})
"""Servers without schemas of their own have the model call a function of that name, its arguments being the answer."""
_ERROR_FIELDS = frozenset({"detail", "message", "msg", "errors"})
MOST_TOKENS = 100_000_000
"""Of one call; more is no count."""


@dataclass(frozen=True)
class ServerAnswer:
    """What the server says, in one shape. `error` is its own, whatever form that has; None: none."""

    content: str = ""
    refusal: str = ""
    reasoning: str = ""
    tool_call: str = ""
    calls: tuple[ToolCall, ...] = ()
    """Of functions other than the answer itself."""
    truncated: bool = False
    filtered: bool = False
    error: Any = None
    has_choice: bool = False
    prompt_tokens: int | None = None
    cached_tokens: int = 0
    completion_tokens: int | None = None


def read_body(text: str) -> ServerAnswer | None:
    """None if the body is no JSON object."""
    body = _object(text) or _from_stream(text)
    if body is None:
        return None
    choice = _choice(body.get("choices"))
    error = (choice or {}).get("error") or body.get("error")
    if choice is None:
        return ServerAnswer(error=error or (body if _ERROR_FIELDS & body.keys() else None))
    message = _message(choice)
    finish = choice.get("finish_reason") or choice.get("native_finish_reason")
    finish = finish.casefold() if isinstance(finish, str) else ""
    content = _text(message.get("content")) or _object_text(message.get("parsed"))
    tool_call, arguments = _tool_call(message)
    reasoning = next((said for name in _REASONING_FIELDS if (said := _text(message.get(name)))), "")
    if not content:
        content = arguments or (reasoning if _is_whole_object(reasoning) and finish not in _CUT else "")
    stopped = finish in ("stop", "eos", "end_turn", "eos_token") or (not finish and _is_harmless(content, error))
    finished = bool(content) and stopped and not choice.get("error")
    return ServerAnswer(
        content=content,
        refusal="" if content else _text(message.get("refusal")),
        reasoning=reasoning,
        tool_call="" if arguments else tool_call,
        calls=tuple(call for call in calls_of(message) if call.name not in _OUR_SCHEMA),
        truncated=finish in _CUT,
        filtered=finish in _FILTERED,
        error=None if finished else error,
        has_choice=True,
        **_usage(body.get("usage")),
    )


def _object(text: str) -> Fields | None:
    try:
        found = json.loads(text.lstrip("\ufeff \r\n\t"), strict=False)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, list) and len(cast("list[Any]", found)) == 1:
        found = cast("list[Any]", found)[0]
    return cast("Fields", found) if isinstance(found, dict) else None


def _from_stream(text: str) -> Fields | None:
    """Server-sent events as one body: some servers stream whatever they are asked."""
    if not text.lstrip().startswith(("data:", ":", "event:")):
        return None
    chunks = [chunk for line in text.splitlines() if line.startswith("data:") and (chunk := _object(line[5:]))]
    if not chunks:
        return None
    said: list[str] = []
    body: Fields = {}
    finish: Any = None
    for chunk in chunks:
        body |= {name: value for name, value in chunk.items() if value}
        choice = _choice(chunk.get("choices")) or {}
        said.append(_text(_message(choice).get("content")))
        finish = choice.get("finish_reason") or finish
    return {**body, "choices": [{"message": {"content": "".join(said)}, "finish_reason": finish}]}


def _choice(choices: Any) -> Fields | None:
    """The first choice that says something; else the first."""
    listed = cast("list[Any]", choices) if isinstance(choices, list) else [choices]
    found = [cast("Fields", choice) for choice in listed if isinstance(choice, dict)]
    return next((choice for choice in found if _text(_message(choice).get("content"))), found[0] if found else None)


def _message(choice: Fields) -> Fields:
    for name in ("message", "delta"):
        message = choice.get(name)
        if isinstance(message, dict):
            return cast("Fields", message)
        if isinstance(message, str):
            return {"content": message}
    return {"content": choice.get("text")}


def _text(content: Any) -> str:
    """The words of a content that is a string, a list of parts, one part, or an object that is the answer itself."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(_text(part) for part in cast("list[Any]", content) if not isinstance(part, list))
    if not isinstance(content, dict):
        return ""
    part = cast("Fields", content)
    if part.get("type") in _REASONING_PARTS:
        return ""
    for name in ("text", "content", "value", "output_text"):
        if isinstance(inner := part.get(name), str):
            return inner
        if isinstance(inner, dict) and isinstance(value := cast("Fields", inner).get("value"), str):
            return value
    return _object_text(part) if "reply" in part else ""


def _object_text(found: Any) -> str:
    try:
        return json.dumps(found) if isinstance(found, dict) and found else ""
    except (ValueError, RecursionError):
        return ""


def _tool_call(message: Fields) -> tuple[str, str]:
    """The name of the function it calls, and the arguments if they are the answer that was asked for."""
    calls = message.get("tool_calls")
    listed: list[Any] = cast("list[Any]", calls) if isinstance(calls, list) else [calls] if calls else []
    function = message.get("function_call") or (listed[0] if listed else None)
    if isinstance(function, dict):
        fields = cast("Fields", function)
        fields = cast("Fields", fields["function"]) if isinstance(fields.get("function"), dict) else fields
        name, arguments = fields.get("name"), fields.get("arguments")
        given = arguments if isinstance(arguments, str) else _object_text(arguments)
        named = name if isinstance(name, str) and name else "a function"
        return named, given if named in _OUR_SCHEMA else ""
    return ("a function" if function else ""), ""


def _is_whole_object(text: str) -> bool:
    return text.lstrip().startswith("{") and "reply" in (_object(text) or {})


def _is_harmless(content: str, error: Any) -> bool:
    """Whether the content is surely whole, though nothing says how it ended: an object, or beside a mere warning."""
    return _is_whole_object(content) or (isinstance(error, str) and error.casefold().startswith("warn"))


def _usage(usage: Any) -> Fields:
    fields = cast("Fields", usage) if isinstance(usage, dict) else {}
    details = fields.get("prompt_tokens_details") or fields.get("input_tokens_details")
    cached = cast("Fields", details).get("cached_tokens") if isinstance(details, dict) else None
    prompt = _count(fields.get("prompt_tokens", fields.get("input_tokens")))
    return {
        "prompt_tokens": prompt or None,  # a question has tokens: 0 is a server that does not count
        "cached_tokens": min(_count(cached) or 0, prompt or 0),
        "completion_tokens": _count(fields.get("completion_tokens", fields.get("output_tokens"))),
    }


def _count(value: Any) -> int | None:
    """A whole number of tokens; None for anything else, so that it is estimated."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= MOST_TOKENS and value == int(value) else None
