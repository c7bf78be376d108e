"""The fields of an answer as small models write them: lines, `Reply: …` and `Hand over: …`, and marks, `[hand over]`.

String operations and bounded patterns only: linear in the text.
"""

from __future__ import annotations

import re
from typing import Any

HAND_OVER, NO_MORE_TEXTS = "handover", "nomoretexts"
_LONGEST_LABEL = 30
_LABELS = {
    "reply": "reply", "response": "reply", "answer": "reply", "finalanswer": "reply", "textmessage": "reply",
    "handover": "handover", "handoff": "handover",
    "wantsnomoretexts": "wantsnomoretexts", "nomoretexts": "wantsnomoretexts",
    "reason": "reason",
    "thought": "thought", "thoughts": "thought", "thinking": "thought", "reasoning": "thought", "analysis": "thought",
}  # fmt: skip
_FOR_US = ("reason", "handover", "wantsnomoretexts")
"""What may follow a reply without a label of its own."""
_FLAGS = ("handover", "wantsnomoretexts")
_NO = frozenset({"", "false", "no", "0", "none", "null", "n", "off", "n/a"})
_YES = frozenset({"true", "yes", "1", "y", "on"})
_DENIED = re.compile(
    r"[\[(](?:hand[ _-]?(?:over|off)|(?:wants[ _-])?no[ _-]more[ _-]texts) ?[:=] ?(?:false|no|none)[\])]", re.IGNORECASE
)
_MARKS = {
    "handover": HAND_OVER, "handoff": HAND_OVER, "humanhandoff": HAND_OVER, "humanhandover": HAND_OVER,
    "nomoretexts": NO_MORE_TEXTS, "wantsnomoretexts": NO_MORE_TEXTS,
}  # fmt: skip
_AFTER_A_MARK = frozenset(
    {"true", "yes", "tohuman", "toahuman", "toperson", "toaperson", "toagent", "tostaff", "toteam", "totheteam",
     "tocolleague", "toacolleague", "needed", "required", "requested", "only"}
)  # fmt: skip


def plain_name(name: Any) -> str:
    """`Hand over` and `hand_over` are one."""
    return "".join(char for char in str(name).casefold() if char.isalnum())


def is_no(text: str) -> bool:
    return text.strip(" .!\"'").casefold() in _NO


def mark_of(text: str) -> str:
    """The mark that this short text is, without its brackets; "" if it is none."""
    plain = plain_name(text)
    for name, mark in _MARKS.items():
        if plain.startswith(name) and (plain == name or plain[len(name) :] in _AFTER_A_MARK):
            return mark
    return ""


def mark_at_start(text: str) -> tuple[str, str]:
    """The mark that the text begins with, and the rest; "" if there is none. `[hand over] …`, `(hand over) …`,
    `HAND OVER: …` and `Hand over.` on a line of its own."""
    bare = text.strip()
    for opens, closes in (("[", "]"), ("(", ")")):
        head, closed, rest = bare[1:60].partition(closes)
        if bare.startswith(opens) and closed and (mark := mark_of(head)):
            return mark, (rest + bare[60:]).strip(" \n:")
    line, _, below = bare.partition("\n")
    if len(line) <= _LONGEST_LABEL and (mark := mark_of(line)):
        return mark, below.strip()
    head, colon, said = bare.partition(":")
    if colon and len(head) <= _LONGEST_LABEL and (mark := mark_of(head)) and not _is_flag(said.partition("\n")[0]):
        return mark, said.strip()
    return "", bare


def has_mark(text: str) -> bool:
    """Whether a line is a mark or begins with one."""
    return any(mark_at_start(line)[0] or _field(line)[0] in _FLAGS for line in text.splitlines())


def fields_in_lines(text: str) -> dict[str, str] | None:
    """By their plain names; None if these are no fields: a reply alone is none."""
    found: dict[str, str] = {}
    name = ""
    for line in text.strip().splitlines():
        label, value = _field(line)
        if label and not (label == "reason" and not found):
            name, found[label] = label, value
        elif name in _FLAGS and "reply" not in found:
            name, found["reply"] = "reply", line
        elif name:
            found[name] += f"\n{line}"
        else:
            return None
    told = {label: value.strip() for label, value in found.items()}
    thought = told.pop("thought", None)
    enough = len(told) > 1 or thought is not None or any(label in told for label in _FLAGS)
    return told if told and enough else None


def without_fields(text: str) -> str:
    """The reply without the lines that follow it for our own people, `Reason: …`, and without `[hand over: false]`.

    `Reason: …` among other details, as in `Time: 3 pm`, is for the customer."""
    text = _DENIED.sub("", text).strip()
    lines = text.splitlines()
    for at, line in enumerate(lines[1:], start=1):
        label, value = _field(line)
        if label == "reason" and _is_detail(lines[at - 1]):
            continue
        if label in _FLAGS and not is_no(value):
            return text
        if label in _FOR_US and not _asks_below(lines[at + 1 :]):
            return "\n".join(lines[:at]).strip()
    return text


def _asks_below(lines: list[str]) -> bool:
    """Whether a flag further down asks for something, which must not get lost."""
    return any(label in _FLAGS and not is_no(value) for label, value in map(_field, lines))


def _field(line: str) -> tuple[str, str]:
    head, colon, rest = line.partition(":")
    if not colon or len(head) > _LONGEST_LABEL:
        return "", line
    return _LABELS.get(plain_name(head), ""), rest.strip(" *_")


def _is_flag(value: str) -> bool:
    return is_no(value) or value.strip(" .!\"'").casefold() in _YES


def _is_detail(line: str) -> bool:
    head, colon, _ = line.partition(":")
    return bool(colon) and len(head) <= _LONGEST_LABEL and not _field(line)[0]
