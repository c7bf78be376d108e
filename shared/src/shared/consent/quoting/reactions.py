"""Reactions that a phone sent as a text: `Liked “See you at 3. Reply STOP to opt out.”`, `👍 to “…”`, in its language.

A name may stand before the set words ("Ann liked"), no sentence of the customer's own.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from shared.consent.quoting import quote_forms as forms
from shared.consent.tokens import folded

_OPENING = '“"«„‟〝『「❝‘‹'
_CLOSING = '”"»“‟〞』」❞’›'
_CLOSES = {"“": "”", "„": "“”", "«": "»", "「": "」", "『": "』", "❝": "❞", "‘": "’", "‹": "›", "〝": "〞"}
_HEAD_LONGEST = 60
_HEAD_WORDS = 9
_NAME_WORDS = 4
_PLACE_WORDS = 3
_EMOJI_MARKS = frozenset({"So", "Sk", "Mn", "Me", "Cf"})
_WRITTEN_AS_MARKS = re.compile("[0-9#*]\ufe0f?\u20e3|[\u203c\u2049]")
"""Emoji that folding would turn into digits and marks."""
_SENTENCE = frozenset(".!?,;:\n")
"""What stands between the customer's own words and more, and in no name."""
_SPOKEN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Reaction:
    sign: str
    quoted: str
    name: str
    """The words before the set form, folded; possibly a wish."""


def reaction(text: str) -> Reaction | None:
    """None for what is no reaction."""
    start = next((place for place, char in enumerate(text[: _HEAD_LONGEST + 1]) if char in _OPENING), None)
    if start is None:
        return _reaction_to_a_thing(text)
    end = max(text.rfind(char) for char in _CLOSING)
    quoted, tail = (text[start + 1 : end], text[end + 1 :]) if end > start else (text[start + 1 :], "")
    tail = _spoken(tail)
    name = _name_before(text[:start])
    if name is None or (tail and not _TAILS.fit(tail.split())) or _speaks_between(text[start : end + 1]):
        return None
    return Reaction(_sign_of(text[:start]), quoted.strip(), name)


def _reaction_to_a_thing(text: str) -> Reaction | None:
    """`Loved an image`: nothing is quoted."""
    spoken = _spoken(text) if len(text) <= _HEAD_LONGEST else ""
    for thing in forms.THINGS:
        if spoken.endswith(f" {thing}"):
            name = _name_before(_spoken(text, strip=False).rstrip(" .").removesuffix(thing))
            if name is not None:
                return Reaction(_sign_of(text), "", name)
    return None


def _name_before(head: str) -> str | None:
    """What stands before a known form ("Ann", "A Ann"), up to four words; None if the head is no such form."""
    spoken = _spoken(head).split()
    if not spoken or len(spoken) > _HEAD_WORDS:
        return None
    for skip in range(min(_NAME_WORDS + 1, len(spoken))):
        name = " ".join(spoken[:skip])
        if _HEADS.fit(spoken[skip:], emoji_only=skip > 0):
            marked = skip > 0 and any(char in _SENTENCE for char in _before_form(head, skip))
            return None if marked else name
    return None


def _before_form(head: str, skip: int) -> str:
    """The first `skip` words of the head and what separates them from the rest."""
    words = list(_SPOKEN.finditer(head.strip()))
    return head.strip()[: words[skip].start()] if skip < len(words) else head


def _speaks_between(quotation: str) -> bool:
    """Whether the first quotation ends, and letters stand before a second one: somebody is writing a sentence."""
    opening, depth, closed_at = quotation[0], 0, None
    closings = _CLOSES.get(opening, opening)
    for place, char in enumerate(quotation):
        opens = char == opening and (opening not in closings or place == 0 or quotation[place - 1].isspace())
        if opens:
            if closed_at is not None and any(one.isalpha() for one in quotation[closed_at + 1 : place]):
                return True
            depth, closed_at = depth + 1, None
        elif char in closings and depth:
            depth -= 1
            closed_at = place if depth == 0 else None
    return False


class _Forms:
    """Set forms to compare with: most are whole, some have a place for an emoji or a few words."""

    def __init__(self, forms: tuple[str, ...]) -> None:
        self._whole = frozenset(form for form in forms if "*" not in form)
        self._open = [tuple(part.split() for part in form.split("*")) for form in forms if "*" in form]

    def fit(self, spoken: list[str], *, emoji_only: bool = False) -> bool:
        return " ".join(spoken) in self._whole or any(
            _fills(spoken, before, after, emoji_only=emoji_only) for before, after in self._open
        )


def _fills(spoken: list[str], before: list[str], after: list[str], *, emoji_only: bool) -> bool:
    """The place takes emoji; or up to three words, where the rest of the form is longer than one word."""
    middle = spoken[len(before) : len(spoken) - len(after)]
    if not middle or spoken[: len(before)] != before or spoken[len(spoken) - len(after) :] != after:
        return False
    if all(_is_emoji(word) for word in middle):
        return True
    return not emoji_only and len(before) + len(after) > 1 and len(middle) <= _PLACE_WORDS


_HEADS, _TAILS = _Forms(forms.REACTED), _Forms(forms.TAILS)


def _is_emoji(word: str) -> bool:
    """Digits and marks are none, so that "change 2 to “3”" is a sentence."""
    kinds = {unicodedata.category(char) for char in word}
    return "So" in kinds and kinds <= _EMOJI_MARKS


def _sign_of(head: str) -> str:
    """The emoji of a reaction, else its words as the phone wrote them."""
    for word in head.split():
        plain = "".join(char for char in word if unicodedata.category(char) not in {"Cf", "Zs"} or char == "\u200d")
        if plain and _is_emoji(plain):
            return plain.strip("\u200d")
    return " ".join(head.split())[:_HEAD_LONGEST]


def _spoken(text: str, *, strip: bool = True) -> str:
    """Folded, blanks single, marks of speech gone from the ends."""
    plain = folded(_WRITTEN_AS_MARKS.sub("🔢", text)).replace("'", "’")
    return " ".join(plain.strip(" \t\r\n.,:;!?-–—’").split()) if strip else plain
