"""The pretend model's answers. An assistant with knowledge answers from it (`knowing`); another one quotes the sentence
of its instructions that fits the question best, which shows that prompt and guide arrived.

No randomness and no state: the same conversation always gets the same answer. It is marked as a sandbox answer and has
at most two SMS parts, so it cannot be taken for a real answer.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, cast

from sandbox.model.instructions import (
    Passage,
    briefing,
    last_user_text,
    length_limit,
    passages,
    pictures_shown,
    without_addresses,
)
from sandbox.model.knowing import answer_knowing
from shared.sms_parts import GSM_BASIC, GSM_EXTENSION, measure

LABEL = "[sandbox]"
HAND_OVER_REPLY = f"{LABEL} A person will get back to you here."

_MOST_PARTS = 2
_MOST_CHARACTERS = 320
_QUOTED = 60
_LONGEST_WORD = 20
_WANTS_A_PERSON = re.compile(
    r"\b(human|humans|real person|representative|operator)\b"
    r"|\b(talk|speak|chat)\b.{0,20}\b(person|someone|somebody|agent|staff|manager)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]{3,}")
_NOT_TELLING = frozenset({
    "the", "and", "for", "you", "your", "are", "was", "what", "when", "where", "how", "who", "why", "can", "could",
    "would", "will", "does", "did", "have", "has", "had", "with", "this", "that", "from", "our", "not", "but",
    "any", "all", "about", "please", "tell", "know", "want", "need", "get", "there", "they", "them", "then", "than",
    "its", "his", "her", "she",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class PretendAnswer:
    reply: str
    hand_over: bool
    reason: str


def answer(messages: list[dict[str, Any]]) -> PretendAnswer:
    question = last_user_text(messages)
    if _WANTS_A_PERSON.search(question):
        return PretendAnswer(HAND_OVER_REPLY, hand_over=True, reason="the customer asked for a person")
    given = briefing(messages)
    if given.knowledge:
        known = answer_knowing(question, given, pictures_shown(messages))
        return PretendAnswer(_compose("", known.text, _limit(messages)), known.hand_over, f"sandbox model: {known.why}")
    passage = _fitting(question, passages(messages))
    reply = _compose(_said(messages, question), passage, _limit(messages))
    return PretendAnswer(reply, hand_over=False, reason="answered from the instructions")


def as_json(given: PretendAnswer, response_format: dict[str, Any]) -> str:
    """The answer in the shape asked for: the schema's own properties, or ours for a plain JSON object."""
    ours: dict[str, Any] = {
        "reply": given.reply,
        "hand_over": given.hand_over,
        "wants_no_more_texts": False,
        "reason": given.reason,
    }
    schema = cast("dict[str, Any]", response_format.get("json_schema") or {}).get("schema")
    if not isinstance(schema, dict):
        return json.dumps(ours, ensure_ascii=False)
    properties = cast("dict[str, dict[str, Any]]", cast("dict[str, Any]", schema).get("properties", {}))
    filled = {name: ours[name] if name in ours else _blank(kind) for name, kind in properties.items()}
    return json.dumps(filled or ours, ensure_ascii=False)


def _limit(messages: list[dict[str, Any]]) -> int:
    return min(length_limit(messages) or _MOST_CHARACTERS, _MOST_CHARACTERS)


def _fitting(question: str, given: list[Passage]) -> str:
    """The sentence that shares most words with the question, else the first of the guide, else the prompt, named."""
    asked = _words(question)
    told = [passage for passage in given if passage.rank < 2] or given
    best = max(told, key=lambda passage: len(asked & _words(passage.text)), default=None)
    if best and asked & _words(best.text):
        return best.text
    first = next(iter(given), None)
    if first is None:
        return ""
    return f'My prompt begins: "{first.text}"' if first.rank == 2 else first.text


def _words(text: str) -> set[str]:
    """Telling words, cut to four letters so that "park" and "parking" meet."""
    return {word.casefold()[:4] for word in _WORD.findall(text) if word.casefold() not in _NOT_TELLING}


def _quotable(question: str) -> str:
    shown = without_addresses(question)
    plain = "".join(char for char in shown if char in GSM_BASIC or char in GSM_EXTENSION).strip()
    return _cut(plain or shown, _QUOTED)


def _said(messages: list[dict[str, Any]], question: str) -> str:
    quoted = _quotable(question)
    said = f'You wrote: "{quoted}".' if quoted else "Hello."
    shown = pictures_shown(messages)
    return f"{said} I see {shown} picture{'' if shown == 1 else 's'}." if shown else said


def _compose(said: str, passage: str, limit: int) -> str:
    room = limit
    while True:
        reply = " ".join(part for part in (LABEL, said, _cut(passage, room)) if part)
        if room <= 0 or (measure(reply).parts <= _MOST_PARTS and len(reply) <= limit):
            return reply
        room -= 10


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    if length <= 3:
        return ""
    room = length - 3
    whole, _, torn = text[:room].rpartition(" ")
    is_torn = whole and not text[room].isspace() and len(torn) < _LONGEST_WORD  # half a number would be another one
    return (whole if is_torn else text[:room]).rstrip() + "..."


def _blank(kind: dict[str, Any]) -> Any:
    if kind.get("enum"):
        return kind["enum"][0]
    wanted = kind.get("type")
    names = cast("list[str]", wanted) if isinstance(wanted, list) else [str(wanted)]
    if "null" in names:
        return None
    blanks: dict[str, Any] = {"boolean": False, "integer": 0, "number": 0, "array": [], "object": {}}
    return blanks.get(names[0], "")
