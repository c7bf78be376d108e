"""What shows that a text is no answer, but something that was meant for a machine: a tool call, `NO_REPLY`, `[Name]`.

Nothing of it can be cleaned away, since what the customer was to read is missing. It is pointed out to the model once,
then a person answers. String operations and bounded patterns only: linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from ai_responder.domain.answer import is_tool_call
from ai_responder.domain.answer_json import objects_in
from ai_responder.domain.cleaning.field_lines import has_mark, mark_of
from ai_responder.domain.cleaning.machine_text import is_call, is_list
from ai_responder.domain.cleaning.own_words import has_reasoning
from ai_responder.domain.cleaning.plain_text import HTML_TAGS

_TOOL_MARKS = (
    "<tool_call", "<function_call", "<function=", "<|tool_call", "<|tool\u2581call", "<\uff5ctool\u2581call",
    "<|python_tag|>", "[tool_calls]", "[tool_call", "<tool_code", "```tool_code", "```tool_call", "<invoke",
    "to=functions.", "<|call|>", "<tool_use", "<|action_start|>", "functools[", "action input:", "<|plugin|>",
    "<use_mcp_tool", "print(default_api.", "<tool>", "<tool ", "<tool_response", "<execute", "\u273ffunction\u273f",
)  # fmt: skip
"""How models of various families begin a call of a function, in lower case."""

_NO_REPLY = frozenset(
    {"no_reply", "noreply", "no-reply", "no_response", "no_answer", "null", "undefined", "nan", "nil", "n/a", "none",
     "true", "false", "silence", "empty", "skip"}
)  # fmt: skip
_NO_REPLY_PHRASES = frozenset(
    {"no reply", "no response", "no answer", "object object", "empty string"}
    | {f"no {what} {how}" for what in ("reply", "response", "answer") for how in ("needed", "necessary", "required")}
)
_ANYWHERE = ("NO_REPLY", "NOREPLY", "[object Object]", "NO_RESPONSE")
_GREETS = frozenset({"hi", "hello", "hey", "dear", "hola", "thanks", "hallo", "bonjour"})
_UNMERGED = frozenset({"null", "undefined", "nan", "none"})
_IS = frozenset({"is", "are", "of", "at"})
_MARKERS = frozenset({"transfer", "escalate"})

_BRACKETED = re.compile(
    r"\[[^\[\]\n]{1,40}\]|<{1,2}[^<>\n]{1,40}>{1,2}|\{{1,3}[^{}\n]{1,60}\}{1,3}|%[A-Za-z_]{3,30}%|«[^«»\n]{1,40}»"
)
"""Each repeat is bounded, so the search is linear."""
_IN_PARENTHESES = re.compile(r"\([^()\n]{1,40}\)")
_BLANK = re.compile(r"(?<=\S )_{3,}+(?=[\s,.!?;:]|\Z)")
"""A gap to fill in, as in `Hi ___,`; a rule has a line of its own."""
_CLOSING_TAG = re.compile(r"</([A-Za-z][\w:-]{0,30})>")
_ADDRESSED = re.compile(r"(?:\A|\s)to=[A-Za-z_.]{1,40}(?=\s)")
_NOUNS = frozenset(
    "name firstname lastname fullname customer client contact recipient business company store shop salon "  # noqa: SIM905 - words
    "restaurant agent staff date day time hour hours phone number telephone address link url website email "
    "insert amount price cost total order tracking product item service location city appointment placeholder reason "
    "signature text message reply response answer slot doctor stylist technician driver username owner "
    "nombre empresa fecha hora enlace nom entreprise vorname firma datum uhrzeit".split()
)
_WITH_NOUNS = frozenset(
    "your my our the their his her first last full here of and or a an id no team title current specific "  # noqa: SIM905 - words
    "relevant details detail new next preferred booking support manager s code su tu el la de del votre le ihr "
    "ihre".split()
)


@dataclass(frozen=True)
class Leftover:
    """`kind` for pointing it out once, `words` for people, `instruction` for the model."""

    kind: str
    words: str
    instruction: str


TOOL_CALL = Leftover(
    "tool_call",
    "the assistant called a function instead of answering",
    "Your answer was a call of a function. There are no functions here. Write the text message itself.",
)
_REASONING = Leftover(
    "reasoning",
    "the answer contained the assistant's reasoning",
    "Your answer contained your reasoning. Write the text message to the customer and nothing else.",
)
_NOTHING = Leftover(
    "no_reply",
    "the assistant wrote a placeholder for no reply instead of an answer",
    "Your reply was a word for no reply. Write the text message to the customer, or set hand_over to true.",
)
_MARKER = Leftover(
    "marker",
    "the answer contained a mark that was meant for us",
    "Your reply contained a mark for hand-over. Ask for a person only in the form described; the reply is read by the "
    "customer.",
)
_PLACEHOLDER = Leftover(
    "placeholder",
    "the answer contained a placeholder that was not filled in",
    "Your reply contained a placeholder in brackets. Write it without: use only what you know.",
)
_RAW = Leftover(
    "raw_data",
    "the answer was data for a machine",
    "Your reply was not a text message but data. Write the text message to the customer in plain words.",
)


def tool_call_in(text: str) -> bool:
    lowered = text.lower()
    if any(mark in lowered for mark in _TOOL_MARKS) or _ADDRESSED.search(text) or is_call(text):
        return True
    return any(is_tool_call(fields) for fields in objects_in(text))


def leftover_in(text: str) -> Leftover | None:
    """The first sign that this is no text for a customer; None: nothing of the kind."""
    if tool_call_in(text):
        return TOOL_CALL
    if has_reasoning(text):
        return _REASONING
    groups = [group.group() for group in _BRACKETED.finditer(text)]
    if _has_marker(text, groups):
        return _MARKER
    if _says_nothing(text):
        return _NOTHING
    if _BLANK.search(text) or _greets_a_noun(text) or any(_is_placeholder(group) for group in groups):
        return _PLACEHOLDER
    return _RAW if _is_raw(text) else None


def _has_marker(text: str, groups: list[str]) -> bool:
    bracketed = [*groups, *_IN_PARENTHESES.findall(text)]
    marked = any(mark_of(group) or _letters(group) in _MARKERS for group in bracketed)
    return "hand_over" in text.casefold() or marked or has_mark(text)


def _greets_a_noun(text: str) -> bool:
    """`Hi "name"`: quotation marks of other kinds have become these."""
    return any(
        first.casefold().strip(",") in _GREETS and then.startswith('"') and then.strip('",.!;:').casefold() in _NOUNS
        for first, then in pairwise(text.split())
    )


def _says_nothing(text: str) -> bool:
    bare = text.strip(" \n\t\"'`*_.()[]{}<>").casefold()
    if bare in _NO_REPLY_PHRASES or (bare in _NO_REPLY and not text.strip().endswith(".")):
        return True
    words = [word.strip(",.!;:") for word in text.split()]
    greeted = any(first.casefold() in _GREETS and then.casefold() in _UNMERGED for first, then in pairwise(words))
    unset = any(
        (first.casefold() in _IS or first.endswith(":")) and then.strip(",.!;:") in ("null", "undefined", "nan")
        for first, then in pairwise(text.replace("null and void", "").split())
    )
    return greeted or unset or any(word in text for word in _ANYWHERE) or "undefined" in words or "NaN" in words


def _is_placeholder(group: str) -> bool:
    """In braces always, elsewhere by its words: `[sandbox]`, `[YES]` and `[Order 12]` are none."""
    if group.startswith("{"):
        return any(char.isalpha() for char in group)
    if any(char.isdigit() for char in group):
        return False
    words = _split_words(group)
    return any(word in _NOUNS for word in words) and all(word in _NOUNS or word in _WITH_NOUNS for word in words)


def _is_raw(text: str) -> bool:
    bare = text.strip()
    if is_list(bare) or any(name.casefold() not in HTML_TAGS for name in _CLOSING_TAG.findall(bare)):
        return True
    return "<|" in bare or "|>" in bare or (bare.startswith("{") and bare.endswith("}"))


def _split_words(group: str) -> list[str]:
    """`firstName`, `FIRST_NAME` and `Customer's first name` alike."""
    spaced: list[str] = []
    before = ""
    for char in group:
        if char.isupper() and before.islower():
            spaced.append(" ")
        spaced.append(char if char.isalpha() else " ")
        before = char
    return "".join(spaced).casefold().split()


def _letters(group: str) -> str:
    return "".join(char for char in group.casefold() if char.isalpha())
