"""Sequences of words, as rules write them: `STOPV (and desist)? DET* TEXTS`, compiled and matched in linear time.

An element is a word, a class in capitals or alternatives (`text|message|TEXTS`); `?` makes it optional, `*` stands
for up to six of it, `+` for one to six, `_` for any one word. Groups of several words stand in brackets. `<` is the
beginning of a clause, `>` its end. A pattern is run as a set of positions, never backtracking: a try costs at most its
length times the words it can span.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

MOST = 6
"""Words that `*` stands for at most."""
_ANY = "_"


@dataclass(frozen=True, slots=True)
class Element:
    words: frozenset[str]
    optional: bool
    any_word: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    source: str
    elements: tuple[Element, ...]
    from_start: bool
    to_end: bool

    @property
    def first_words(self) -> frozenset[str]:
        """A match begins with one of these."""
        found: frozenset[str] = frozenset()
        for element in self.elements:
            if element.any_word:
                raise ValueError(f"a pattern begins with a known word: {self.source}")
            found |= element.words
            if not element.optional:
                return found
        raise ValueError(f"a pattern has at least one word that must be there: {self.source}")

    @property
    def needed(self) -> tuple[frozenset[str], ...]:
        """A match holds one word of each, the rarest first: most patterns are left out by it before they are run."""
        must = [one.words for one in self.elements if not one.optional and not one.any_word]
        return tuple(sorted(must, key=len))

    def end_of_match(self, words: tuple[str, ...], start: int, end: int) -> int | None:
        """Where the longest match that begins at `start` ends, within `words[start:end]`."""
        elements, goal = self.elements, len(self.elements)
        states = self._after(0)
        longest: int | None = None
        for place in range(start, end + 1):
            if goal in states and (not self.to_end or place == end):
                longest = place
            if place == end:
                break
            word = words[place]
            states = {
                after
                for state in states
                if state < goal and (elements[state].any_word or word in elements[state].words)
                for after in self._after(state + 1)
            }
            if not states:
                break
        return longest

    def _after(self, state: int) -> set[int]:
        reached = {state}
        while state < len(self.elements) and self.elements[state].optional:
            state += 1
            reached.add(state)
        return reached


def compile_patterns(source: str, classes: dict[str, frozenset[str]]) -> list[Pattern]:
    """One for each way to take the groups: `(a b|c)` is one of them, `(a b)?` may be missing."""
    return [_compile(variant, classes) for variant in _variants(source)]


def _variants(source: str) -> list[str]:
    before, opened, rest = source.partition("(")
    if not opened:
        return [source]
    inner, closed, after = rest.partition(")")
    if not closed or "(" in inner:
        raise ValueError(f"a group is not closed, or stands in another: {source}")
    sign = after[:1] if after[:1] in ("?", "*", "+") else ""
    after = after.removeprefix(sign) if sign else after
    choices = [" ".join(choice.split()) for choice in inner.split("|")]
    if not any(" " in choice or choice == ">" or choice[-1] in "?*+" for choice in choices):
        choices, sign = ["|".join(choices) + sign], ""
    elif sign in ("*", "+"):
        raise ValueError(f"only single words may repeat: {source}")
    elif sign:
        choices.append("")
    return [f"{before} {choice} {tail}" for choice in choices for tail in _variants(after)]


def _compile(source: str, classes: dict[str, frozenset[str]]) -> Pattern:
    parts = source.split()
    from_start, to_end = parts[:1] == ["<"], parts[-1:] == [">"]
    elements: list[Element] = []
    for part in parts[from_start : len(parts) - to_end]:
        elements.extend(_elements(part, classes))
    return Pattern(source, tuple(elements), from_start, to_end)


def _elements(part: str, classes: dict[str, frozenset[str]]) -> list[Element]:
    sign = part[-1] if part[-1] in "?*+" else ""
    body = part.removesuffix(sign) if sign else part
    words: frozenset[str] = frozenset().union(*(_words(name, classes) for name in body.split("|")))
    one = _element(words, sign in ("?", "*"), body == _ANY)
    if sign in ("*", "+"):
        return [one, *([_element(words, True, one.any_word)] * (MOST - 1))]
    return [one]


def _words(name: str, classes: dict[str, frozenset[str]]) -> frozenset[str]:
    is_class = name.isupper() and name.isascii() and name.isalpha() and len(name) > 1
    return classes[name] if is_class else frozenset((name,))


@cache
def _element(words: frozenset[str], optional: bool, any_word: bool) -> Element:
    """One for all places that say the same: the words of a class are in memory once."""
    return Element(words, optional, any_word)
