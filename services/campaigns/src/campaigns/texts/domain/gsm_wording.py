"""A wording that fits GSM-7, offered where a few characters make a text two to three times as dear.

Only an offer: the writer sees each replacement. What has no plain spelling (emoji, other scripts) stays in the text and
is named.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from campaigns.texts.domain.gsm_replacements import CUSTOMARY_MARKS, LETTERS_WITHOUT_MARK, SAME_MEANING
from shared.sms_parts import GSM_BASIC, GSM_EXTENSION
from shared.text_templates.template import Template, Variable

_GSM = GSM_BASIC | GSM_EXTENSION
_JOINERS = frozenset("\u200d\u200c") | {chr(code) for code in range(0xFE00, 0xFE10)}
"""Parts of emoji and of joined letters: named with what they belong to, never alone."""
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Replacement:
    """`accent`: the word is spelled without its accent."""

    character: str
    by: str
    accent: bool = False


@dataclass(frozen=True, slots=True)
class NamedCharacter:
    """`name` in Unicode's words, e.g. "party popper"."""

    character: str
    name: str


@dataclass(frozen=True, slots=True)
class Wording:
    """`text` has the replacements; `left` are the characters that still force UCS-2."""

    text: str
    replaced: tuple[Replacement, ...]
    left: tuple[NamedCharacter, ...]


def gsm_wording(template: Template) -> Wording | None:
    """The offered wording of a text; None if its own words fit GSM-7 (values of recipients may still not).

    A wording that replaces nothing still names what forces UCS-2.
    """
    words = template.filled()
    strange = dict.fromkeys(char for char in words if char not in _GSM)
    if not strange:
        return None
    found = {char: _replacement(char) for char in strange}
    replaced = tuple(replacement for replacement in found.values() if replacement)
    table = {ord(replacement.character): replacement.by for replacement in replaced}
    left = [char for char, replacement in found.items() if replacement is None and char not in _JOINERS]
    return Wording(_rewritten(template, table), replaced, tuple(map(named, left[:_MOST_NAMED])))


def named(char: str) -> NamedCharacter:
    return NamedCharacter(char, unicodedata.name(char, f"U+{ord(char):04X}").lower())


def _replacement(char: str) -> Replacement | None:
    if char in SAME_MEANING:
        return Replacement(char, SAME_MEANING[char])
    if char in LETTERS_WITHOUT_MARK:
        return Replacement(char, LETTERS_WITHOUT_MARK[char], accent=True)
    if char in CUSTOMARY_MARKS:
        return Replacement(char, "", accent=True)
    base, *marks = unicodedata.normalize("NFD", char)
    if len(marks) == 1 and marks[0] in CUSTOMARY_MARKS and base in GSM_BASIC and base.isascii():
        return Replacement(char, base, accent=True)
    return None


def _rewritten(template: Template, table: dict[int, str]) -> str:
    """The template as it is typed. Names of variables stay: they name columns."""
    return "".join(_typed(piece, table) for piece in template.pieces)


def _typed(piece: str | Variable, table: dict[int, str]) -> str:
    if isinstance(piece, str):
        return piece.translate(table).replace("{", "{{").replace("}", "}}")
    default = "" if piece.default is None else f"|{piece.default.translate(table)}"
    return f"{{{piece.name}{default}}}"
