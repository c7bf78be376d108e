"""Takes away what is not the customer's own words: reactions, quoted texts, e-mail headers, automatic replies.

Phones that cannot show a reaction send it as a text: `Liked “See you at 3. Reply STOP to opt out.”`, `👍 to “…”`, in
the phone's language. None of it is ever a wish of the customer, whatever the quoted words say.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from shared.consent import quote_forms as forms
from shared.consent.reading import TextKind
from shared.consent.tokens import folded

_OPENING = '“"«„‟〝『「❝‘‹'
_CLOSING = '”"»“‟〞』」❞’›'
_HEAD_LONGEST = 60
_HEAD_WORDS = 9
_NAME_WORDS = 4
_PLACE_WORDS = 3
_EMOJI_MARKS = frozenset({"So", "Sk", "Mn", "Me", "Cf", "Nd", "Po"})


@dataclass(frozen=True, slots=True)
class OwnWords:
    text: str
    """What the customer wrote themselves; empty for a reaction or an automatic reply."""
    kind: TextKind = "text"
    quoted: str = ""
    reaction: str = ""


def own_words(text: str) -> OwnWords:
    bare = text.strip()
    if reaction := _reaction(bare):
        return reaction
    if _is_autoreply(bare):
        return OwnWords("", "autoreply")
    kept, quoted = _without_quoted_lines(bare)
    kept, cited = _without_cited_footer(kept)
    quoted = "\n".join(part for part in (quoted, cited) if part)
    if not kept.strip() and quoted:
        return OwnWords("", "quote", quoted)
    return OwnWords(kept, "text", quoted)


def _reaction(text: str) -> OwnWords | None:
    start = next((place for place, char in enumerate(text[: _HEAD_LONGEST + 1]) if char in _OPENING), None)
    if start is None:
        return _reaction_to_a_thing(text)
    head = _spoken(text[:start])
    end = max(text.rfind(char) for char in _CLOSING)
    quoted, tail = (text[start + 1 : end], text[end + 1 :]) if end > start else (text[start + 1 :], "")
    tail = _spoken(tail)
    if not head or not _is_reaction_head(head) or (tail and not _TAILS.fit(tail.split())):
        return None
    return OwnWords("", "reaction", quoted.strip(), _sign_of(text[:start]))


def _reaction_to_a_thing(text: str) -> OwnWords | None:
    """`Loved an image`: nothing is quoted."""
    if len(text) > _HEAD_LONGEST:
        return None
    spoken = _spoken(text)
    if not spoken.endswith(forms.THINGS):
        return None
    for thing in forms.THINGS:
        if spoken.endswith(f" {thing}") and _is_reaction_head(spoken.removesuffix(thing).strip()):
            return OwnWords("", "reaction", "", _sign_of(text))
    return None


def _is_reaction_head(head: str) -> bool:
    """A known form, a name of up to four words before it ("Ann liked", "A Ann le gustó")."""
    spoken = head.split()
    if len(spoken) > _HEAD_WORDS:
        return False
    return any(_HEADS.fit(spoken[skip:], emoji_only=skip > 0) for skip in range(min(_NAME_WORDS + 1, len(spoken))))


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
    return not any(char.isalnum() for char in word) or all(unicodedata.category(char) in _EMOJI_MARKS for char in word)


def _sign_of(head: str) -> str:
    """The emoji of a reaction, else its words as the phone wrote them."""
    for word in head.split():
        plain = "".join(char for char in word if unicodedata.category(char) not in {"Cf", "Zs"} or char == "\u200d")
        if plain and _is_emoji(plain) and any(unicodedata.category(char) == "So" for char in plain):
            return plain.strip("\u200d")
    return " ".join(head.split())[:_HEAD_LONGEST]


def _spoken(text: str) -> str:
    """Folded, blanks single, marks of speech gone."""
    return " ".join(folded(text).replace("'", "’").strip(" \t\r\n.,:;!?-–—’").split())


def _is_autoreply(text: str) -> bool:
    opening = folded(text[:200]).replace("'", "’").replace("‘", "’").replace('"', "“").lstrip("“ *-_\n\t")
    if opening.startswith(
        ("i’m driving", "im driving", "i am driving", "estoy conduciendo", "je conduis", "ich fahre gerade")
    ):
        return _drives_by_machine(opening)
    return opening.startswith(forms.AUTOREPLY_STARTS) or any(part in opening for part in forms.AUTOREPLY_PARTS)


def _drives_by_machine(opening: str) -> bool:
    """People drive too, and ask to be taken off lists meanwhile: the set phrases of a phone belong to it."""
    return any(part in opening for part in forms.MACHINE)


def _without_quoted_lines(text: str) -> tuple[str, str]:
    """The writer's own lines; then those that quote, with the subject and what stands above a quoted mail."""
    kept: list[str] = []
    quoted: list[str] = []
    lines = text.splitlines()
    for place, line in enumerate(lines):
        bare = folded(line.strip()).replace("'", "’")
        if bare.startswith(forms.ORIGINAL):
            quoted.extend(lines[place + 1 :])
            break
        if line.lstrip().startswith((">", "＞", "|>")) and line.strip(" >＞|"):
            quoted.append(line.lstrip(" >＞|"))
        elif bare.startswith(forms.HEADERS):
            quoted.append(line.partition(":")[2].strip() or line)
        elif wrote := next((sign for sign in forms.WROTE if f" {sign}" in bare), None):
            quoted.append(line[bare.index(wrote) + len(wrote) :].strip() or line)
        elif not bare.startswith(forms.SIGNATURES):
            kept.append(line)
    return "\n".join(kept), "\n".join(quoted)


def _without_cited_footer(text: str) -> tuple[str, str]:
    """`"Reply STOP to end" - it never came`: a keyword that is cited with its order is not said by the customer."""
    start = next((place for place, char in enumerate(text) if char in '“"«„'), None)
    if start is None:
        return text, ""
    end = next((place for place in range(start + 1, len(text)) if text[place] in '”"»“'), None)
    if end is None:
        return text, ""
    words = folded(text[start + 1 : end]).split()
    outside = f"{text[:start]} {text[end + 1 :]}"
    if len(words) < 3 or not any(word in forms.ORDERS for word in words) or not any(char.isalnum() for char in outside):
        return text, ""
    return outside, text[start + 1 : end]
