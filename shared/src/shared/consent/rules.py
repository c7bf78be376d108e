"""What a rule is, and finding the rules that speak in a sentence: an index by first word, so most texts cost little."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from shared.consent.patterns import Pattern, compile_patterns
from shared.consent.tokens import BREAK

Says = Literal["order", "refusal", "saying", "question", "unhappy", "past", "keep", "keep mine", "start", "cited"]
"""How what surrounds a match is judged (`context`): an order may be denied or be asked about, a refusal carries its own
"not", a saying ("I told you to stop") stands for itself, a question asks how, `unhappy` only ever asks a person."""


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    says: Says
    pattern: Pattern
    language: Literal["en", "es"]
    doubtful: bool = False
    """At most a possible opt-out."""
    objects: str = ""
    """Which things may follow (`objects`); empty: any."""


@dataclass(frozen=True, slots=True)
class Match:
    rule: Rule
    start: int
    end: int


def rule(
    name: str,
    says: Says,
    language: Literal["en", "es"],
    classes: dict[str, frozenset[str]],
    patterns: str,
    *,
    doubtful: bool = False,
    objects: str = "",
) -> list[Rule]:
    """One rule for each line of `patterns`, and for each way to take its groups."""
    return [
        Rule(name, says, pattern, language, doubtful, objects)
        for line in patterns.splitlines()
        if line.strip()
        for pattern in compile_patterns(line, classes)
    ]


class RuleIndex:
    """Rules by the words a match can begin with."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_word: dict[str, list[tuple[Rule, tuple[frozenset[str], ...]]]] = defaultdict(list)
        for one in rules:
            entry = (one, one.pattern.needed)
            for word in one.pattern.first_words:
                self._by_word[word].append(entry)

    def matches(self, words: tuple[str, ...]) -> Iterator[Match]:
        """All matches within clauses, in order of their places."""
        for start, end in _clauses(words):
            present = frozenset(words[start:end])
            for place in range(start, end):
                for one, needed in self._by_word.get(words[place], ()):
                    if one.pattern.from_start and place != start:
                        continue
                    if any(map(present.isdisjoint, needed)):
                        continue
                    found = one.pattern.end_of_match(words, place, end)
                    if found is not None:
                        yield Match(one, place, found)


def _clauses(words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    start = 0
    for place, word in enumerate((*words, BREAK)):
        if word == BREAK:
            if place > start:
                yield start, place
            start = place + 1
