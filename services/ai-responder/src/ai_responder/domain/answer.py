"""From what a model wrote to an answer. Hostile until parsed: it may be anything at all."""

from __future__ import annotations

from typing import Any, Literal, cast

from ai_responder.domain.answer_json import Fields, is_json, objects_in
from ai_responder.domain.cleaning.field_lines import (
    HAND_OVER,
    NO_MORE_TEXTS,
    fields_in_lines,
    is_no,
    mark_at_start,
    plain_name,
)
from ai_responder.domain.cleaning.machine_text import unpacked
from ai_responder.domain.cleaning.own_words import own_words
from shared.control_characters import without_control_characters
from shared.values import Value

ANSWER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "reply": {"type": "string", "description": "The text message to the customer; may be empty on hand-over."},
        "hand_over": {"type": "boolean", "description": "True if a person should take over."},
        "wants_no_more_texts": {
            "type": "boolean",
            "description": (
                "True only if the customer seems to want no more text messages from us at all, in any language."
            ),
        },
        "reason": {"type": "string", "description": "For the business's own people: why, in one sentence."},
    },
    "required": ["reply", "hand_over", "wants_no_more_texts", "reason"],
    "additionalProperties": False,
}

Form = Literal["json_schema", "json_object", "text"]
"""How the answer is asked for. Servers that do not know the first are asked for the next."""

_AS_OBJECT = (
    'Answer with one JSON object and nothing else: {"reply": "[text message]", "hand_over": false, '
    '"wants_no_more_texts": false, "reason": "[why, for our own people]"}. Set wants_no_more_texts to true only if the '
    "customer seems to want no more text messages from us at all, in any language."
)
"""The example holds placeholders: a model that repeats it is caught like one that forgot a `[Name]`."""
FORM_HINTS: dict[Form, str] = {
    "json_schema": _AS_OBJECT,  # also here: some servers accept the schema and ignore it
    "json_object": _AS_OBJECT,
    "text": (
        "Answer with the text message only. If a person should take over, begin with [hand over]. If the customer "
        "seems to want no more text messages from us at all, in any language, answer with [no more texts] only."
    ),
}

_NAMES_A_TOOL = frozenset({"name", "tool", "toolname", "function", "action", "recipientname"})
_INPUT_OF_A_TOOL = frozenset({"arguments", "parameters", "args", "input", "actioninput", "toolinput"})
_SYNONYMS = ("response", "message", "text", "answer")
_OUR_FIELDS = frozenset({"handover", "wantsnomoretexts", "reason"})
_MOST_WRAPPERS = 3
_MOST_ACTIONS = 16


class ModelAnswer(Value):
    """What the model wants: a reply, a person, or to leave the customer alone."""

    reply: str
    hand_over: bool = False
    wants_no_more_texts: bool = False
    reason: str = ""
    actions: tuple[dict[str, Any], ...] = ()
    """Tools it wants used, where they are a field of the answer. Not believed yet."""

    @property
    def says_nothing(self) -> bool:
        return not (self.reply.strip() or self.hand_over or self.wants_no_more_texts)


def parse(content: str, form: Form) -> ModelAnswer | None:
    """The answer, or None if it is not one."""
    content = without_control_characters(content)
    if form != "text":
        return _from_json(content)
    # Some models write JSON unasked.
    if "{" in content and (found := _from_json(content)):
        return found
    return _from_text(own_words(content))


def is_tool_call(fields: Fields) -> bool:
    """An object that names a function and what to call it with."""
    names = {plain_name(name) for name in fields}
    return bool(names & _NAMES_A_TOOL and names & _INPUT_OF_A_TOOL)


def _from_json(content: str) -> ModelAnswer | None:
    """Several objects are an answer only if they say the same: which one is meant cannot be known."""
    text = content if is_json(content) else own_words(content)  # tokens inside its strings are the reply's business
    found = [answer for fields in objects_in(text) if (answer := _answer_of(fields))]
    same = {(answer.reply, answer.hand_over, answer.wants_no_more_texts) for answer in found}
    return found[0] if len(same) == 1 else None


def _answer_of(fields: Fields, wrappers: int = _MOST_WRAPPERS) -> ModelAnswer | None:
    """Read by the letters of its names: `Hand over` and `hand_over` are one. Anything unclear asks for a person."""
    if is_tool_call(fields) or not wrappers:
        return None
    named = _with_reply({plain_name(name): value for name, value in fields.items()})
    hand_over, no_more = _flag(named.get("handover")), _flag(named.get("wantsnomoretexts"))
    if "reply" not in named and not (hand_over or no_more):
        return _wrapped(fields, wrappers)
    inner = _inner_answer(named.get("reply"), wrappers)
    reply = inner.reply if inner else _reply_text(named.get("reply"))
    if reply is None:
        return None
    return ModelAnswer(
        reply=without_control_characters(reply),
        hand_over=hand_over or bool(inner and inner.hand_over),
        wants_no_more_texts=no_more or bool(inner and inner.wants_no_more_texts),
        reason=_words(named.get("reason")) or (inner.reason if inner else ""),
        actions=_actions(named.get("actions")) or (inner.actions if inner else ()),
    )


def _actions(value: Any) -> tuple[dict[str, Any], ...]:
    listed = cast("list[Any]", value) if isinstance(value, list) else [value]
    return tuple(cast("Fields", one) for one in listed[:_MOST_ACTIONS] if isinstance(one, dict))


def _with_reply(named: Fields) -> Fields:
    """Where the reply goes by another name, and by one only: `{"message": "…", "hand_over": false}`."""
    texts = [value for name in _SYNONYMS if isinstance(value := named.get(name), str)]
    ours = named.keys() & _OUR_FIELDS
    if "reply" in named or len(texts) != 1 or not (ours or len(named) == 1):
        return named
    return {**named, "reply": texts[0]}


def _wrapped(fields: Fields, wrappers: int) -> ModelAnswer | None:
    """The answer one layer further in, as in `{"answer": {"reply": …}}`."""
    inside = [cast("Fields", value) for value in fields.values() if isinstance(value, dict)]
    return _answer_of(inside[0], wrappers - 1) if len(inside) == 1 else None


def _inner_answer(reply: Any, wrappers: int) -> ModelAnswer | None:
    """A whole answer that was put into the reply, as an object or as its text. An object somewhere in a text is none:
    a reply that recites our instructions has one too."""
    if isinstance(reply, str) and reply.lstrip().startswith(("{", "```")):
        found = objects_in(reply)
        return _answer_of(found[0], wrappers - 1) if found else None
    if isinstance(reply, str):
        told = fields_in_lines(reply)
        return _answer_of(dict(told), wrappers - 1) if told else None
    return _answer_of(cast("Fields", reply), wrappers - 1) if isinstance(reply, dict) else None


def _reply_text(reply: Any) -> str | None:
    if isinstance(reply, dict):
        named = {plain_name(str(name)): value for name, value in cast("Fields", reply).items()}
        texts = [named[name] for name in ("text", "message", "content") if isinstance(named.get(name), str)]
        return texts[0] if len(texts) == 1 else None
    if isinstance(reply, list):
        lines = cast("list[Any]", reply)
        return "\n".join(lines) if all(isinstance(line, str) for line in lines) else None
    return "" if reply is None else reply if isinstance(reply, str) else None


def _from_text(text: str) -> ModelAnswer | None:
    if text.lstrip(" \n`").removeprefix("json").lstrip().startswith(("{", '"reply"')):
        return None
    text = unpacked(text)
    marker, rest = mark_at_start(text)
    if marker == NO_MORE_TEXTS:
        return ModelAnswer(reply="", wants_no_more_texts=True)
    if marker == HAND_OVER:
        return ModelAnswer(reply=rest, hand_over=True, reason="the assistant asked for a person")
    return _from_lines(rest) or ModelAnswer(reply=rest)


def _from_lines(text: str) -> ModelAnswer | None:
    told = fields_in_lines(text)
    return _answer_of(dict(told)) if told else None


def _flag(value: Any) -> bool:
    return not is_no(value) if isinstance(value, str) else bool(value)


def _words(value: Any) -> str:
    return without_control_characters(value) if isinstance(value, str) and value.strip().casefold() != "null" else ""
