"""The queues that a routing key reaches, by AMQP's topic rules, for the broker that has no AMQP server."""

from __future__ import annotations

from collections.abc import Iterable

from cachetools import LRUCache

_REMEMBERED_KEYS = 10_000


def matches(pattern: str, routing_key: str) -> bool:
    """`*` is exactly one word, `#` is zero or more, words are separated by dots."""
    return _matches(_words(pattern), _words(routing_key))


def _words(text: str) -> list[str]:
    return text.split(".") if text else []


def _matches(pattern: list[str], words: list[str]) -> bool:
    # reachable[i]: the pattern so far can have eaten exactly the first i words.
    reachable = [True] + [False] * len(words)
    for part in pattern:
        if part == "#":
            first = reachable.index(True) if True in reachable else len(reachable)
            reachable = [i >= first for i in range(len(reachable))]
        else:
            reachable = [False] + [reachable[i] and (part == "*" or part == word) for i, word in enumerate(words)]
    return reachable[-1]


class Bindings:
    """Queue names by pattern; answers are remembered by routing key, because few types make all the traffic."""

    def __init__(self) -> None:
        self._patterns: dict[str, set[str]] = {}
        self._answers: LRUCache[str, tuple[str, ...]] = LRUCache(_REMEMBERED_KEYS)

    def bind(self, name: str, patterns: Iterable[str]) -> None:
        self._patterns.setdefault(name, set()).update(patterns)
        self._answers.clear()

    def unbind(self, name: str) -> None:
        self._patterns.pop(name, None)
        self._answers.clear()

    def names_for(self, routing_key: str) -> tuple[str, ...]:
        found = self._answers.get(routing_key)
        if found is None:
            found = tuple(n for n, ps in self._patterns.items() if any(matches(p, routing_key) for p in ps))
            self._answers[routing_key] = found
        return found
