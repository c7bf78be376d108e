"""Answers made of what the model was given: the sentence of its instructions that fits the question best.

No randomness and no state: the same conversation always gets the same answer. It is marked as a sandbox answer and kept
to two SMS parts: what a person sees on the phone is plainly a stand-in, yet shows that prompt and guide arrived.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, cast

from shared.sms_parts import GSM_BASIC, GSM_EXTENSION, measure

LABEL = "[sandbox]"
HAND_OVER_REPLY = f"{LABEL} A person will get back to you here."

_MOST_PARTS = 2
_QUOTED = 60
_WANTS_A_PERSON = re.compile(
    r"\b(human|humans|real person|representative|operator)\b"
    r"|\b(talk|speak|chat)\b.{0,20}\b(person|someone|somebody|agent|staff|manager)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]{3,}")
_NOT_TELLING = frozenset(
    re.findall(
        r"\w+",
        "the and for you your are was what when where how who why can could would will does did have has had with this"
        " that from our not but any all about please tell know want need get there they them then than its his her she",
    )
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_GUIDE = re.compile(r"guide", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    reply: str
    hand_over: bool
    reason: str


def answer(messages: list[dict[str, Any]]) -> Answer:
    question = last_user_text(messages)
    if _WANTS_A_PERSON.search(question):
        return Answer(HAND_OVER_REPLY, hand_over=True, reason="the customer asked for a person")
    passage = _fitting_passage(question, instructions(messages))
    return Answer(_compose(_quotable(question), passage), hand_over=False, reason="answered from the instructions")


def as_json(given: Answer, response_format: dict[str, Any]) -> str:
    """The answer in the shape asked for: the schema's own properties, or ours for a plain JSON object."""
    ours: dict[str, Any] = {"reply": given.reply, "hand_over": given.hand_over, "reason": given.reason}
    schema = cast("dict[str, Any]", response_format.get("json_schema") or {}).get("schema")
    if not isinstance(schema, dict):
        return json.dumps(ours, ensure_ascii=False)
    properties = cast("dict[str, dict[str, Any]]", cast("dict[str, Any]", schema).get("properties", {}))
    filled = {name: ours[name] if name in ours else _blank(kind) for name, kind in properties.items()}
    return json.dumps(filled or ours, ensure_ascii=False)


def text_of(message: dict[str, Any]) -> str:
    """The text of a message whose content is a string, a list of parts, or absent."""
    content = message.get("content")
    if isinstance(content, list):
        parts = cast("list[dict[str, Any]]", content)
        return " ".join(str(part.get("text", "")) for part in parts)
    return str(content or "")


def last_user_text(messages: list[dict[str, Any]]) -> str:
    return next((text_of(message) for message in reversed(messages) if message.get("role") == "user"), "")


def instructions(messages: list[dict[str, Any]]) -> str:
    return "\n".join(text_of(message) for message in messages if message.get("role") in ("system", "developer"))


def _fitting_passage(question: str, given: str) -> str:
    """The sentence that shares most words with the question; without one, the first sentence of the guide."""
    sentences = [clean for sentence in _SENTENCE_END.split(given) if (clean := sentence.strip(" -*#\t"))]
    if not sentences:
        return ""
    asked = _words(question)
    best = max(sentences, key=lambda sentence: len(asked & _words(sentence)))
    if asked & _words(best):
        return best
    start = next((index + 1 for index, sentence in enumerate(sentences) if _GUIDE.search(sentence)), 0)
    return sentences[start] if start < len(sentences) else sentences[0]


def _words(text: str) -> set[str]:
    """Telling words, cut to four letters so that "park" and "parking" meet."""
    return {word.casefold()[:4] for word in _WORD.findall(text) if word.casefold() not in _NOT_TELLING}


def _quotable(question: str) -> str:
    one_line = " ".join(question.split())
    plain = "".join(char for char in one_line if char in GSM_BASIC or char in GSM_EXTENSION).strip()
    return _cut(plain or one_line, _QUOTED)


def _compose(question: str, passage: str) -> str:
    room = 320
    while True:
        said = f'You wrote: "{question}".' if question else "Hello."
        reply = f"{LABEL} {said} {_cut(passage, room)}".strip()
        if room <= 0 or measure(reply).parts <= _MOST_PARTS:
            return reply
        room -= 10


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return text[: max(length - 3, 0)].rstrip() + "..." if length > 3 else ""


def _blank(kind: dict[str, Any]) -> Any:
    if kind.get("enum"):
        return kind["enum"][0]
    wanted = kind.get("type")
    names = cast("list[str]", wanted) if isinstance(wanted, list) else [str(wanted)]
    if "null" in names:
        return None
    blanks: dict[str, Any] = {"boolean": False, "integer": 0, "number": 0, "array": [], "object": {}}
    return blanks.get(names[0], "")
