"""Inputs that make a regular expression work hard, made from the pattern itself, and a measure of how its work grows.

A backtracking engine takes quadratic time (or worse) where a repeat is tried again from every position, or where two
neighbouring repeats share characters. Both show with a long run of some character or short word of the pattern, behind
a beginning that matches and before an end that does not. So these are what is tried: every run, behind every beginning.
"""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import product
from re import _constants as constants  # pyright: ignore[reportAttributeAccessIssue]
from re import _parser as parser  # pyright: ignore[reportAttributeAccessIssue]
from typing import Any

_FEW = 400
_GROWTH = 4
_MOST_GROWTH = _GROWTH * 2
"""Linear work grows 4 times, quadratic 16 times. In between lies what a busy machine adds."""
_CONFIRMED_AT = (400, 800)
_REPEATS = 4
_CPU_SECONDS = 1.0
"""Only ends what would run for hours (exponential patterns): the verdict never depends on it otherwise."""
_NEVER_MATCH = "\x00"
_OF_CATEGORY = {
    constants.CATEGORY_DIGIT: "7",
    constants.CATEGORY_NOT_DIGIT: "a-",
    constants.CATEGORY_SPACE: " \n",
    constants.CATEGORY_NOT_SPACE: "a-",
    constants.CATEGORY_WORD: "a",
    constants.CATEGORY_NOT_WORD: " -",
}
_SINGLE = {constants.LITERAL, constants.IN, constants.ANY, constants.NOT_LITERAL}
_REPEATS_OF = {constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT}
_GROUPS = {constants.SUBPATTERN, constants.ATOMIC_GROUP}
_LOOKS = {constants.ASSERT, constants.ASSERT_NOT}


class Endless(AssertionError):
    """The pattern was still at it after more processor time than any linear one takes."""


def slow_on(pattern: re.Pattern[str]) -> str | None:
    """An attack on which the work grows faster than the input, and how fast; None if there is none."""
    for attack in attacks(pattern.pattern, pattern.flags):
        try:
            growth = growth_of(lambda text: use(pattern, text), attack)
        except Endless:
            return f"{attack} does not end"
        if grows_too_fast(growth):
            return f"{growth:.0f} times the work for {_GROWTH} times {attack}"
    return None


def use(pattern: re.Pattern[str], text: str) -> None:
    """Every way a pattern is applied: `finditer` does the work of search, findall, sub and split."""
    subject: Any = text.encode() if isinstance(pattern.pattern, bytes) else text
    for _ in pattern.finditer(subject):
        pass
    pattern.fullmatch(subject)


def grows_too_fast(growth: float) -> bool:
    return growth > _MOST_GROWTH


def growth_of(work: Callable[[str], object], attack: tuple[str, str, str]) -> float:
    """Processor time for four times the input, as a multiple. What looks too fast at once is measured again with care,
    at two sizes: the smaller figure counts."""
    if not grows_too_fast(growth := _ratio(work, attack, _FEW, 1)):
        return growth
    return min(_ratio(work, attack, few, _REPEATS) for few in _CONFIRMED_AT)


def _ratio(work: Callable[[str], object], attack: tuple[str, str, str], few: int, repeats: int) -> float:
    small, large = _sized(attack, few), _sized(attack, few * _GROWTH)
    return _cost(work, large, repeats) / _cost(work, small, repeats)


def _cost(work: Callable[[str], object], text: str, repeats: int) -> int:
    return max(1, min(_processor_time(work, text) for _ in range(repeats)))


def _processor_time(work: Callable[[str], object], text: str) -> int:
    with _ended_when_endless():
        started = time.thread_time_ns()
        work(text)
        return time.thread_time_ns() - started


@contextmanager
def _ended_when_endless() -> Generator[None]:
    def end(*_: Any) -> None:
        raise Endless

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, _CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _sized(attack: tuple[str, str, str], length: int) -> str:
    before, run, after = attack
    return before + run * (length // len(run)) + after


def attacks(pattern: str, flags: int) -> Iterator[tuple[str, str, str]]:
    """A beginning, what is repeated, an end."""
    parsed = parser.parse(pattern, flags & ~re.DEBUG)
    characters = sorted(set(_characters(parsed)))[:_MOST_CHARACTERS]
    beginnings = sorted({"", *_beginnings(parsed)})[:_MOST_BEGINNINGS]
    words = {"".join(pair) for pair in product(characters, repeat=2)} | set(beginnings) | set(_bodies(parsed))
    for before, run, after in product(beginnings, characters, ("", _NEVER_MATCH)):
        yield before, run, after
    for run in sorted(words - {""}):
        yield "", run, _NEVER_MATCH


_MOST_CHARACTERS, _MOST_BEGINNINGS = 8, 8


def _characters(parsed: Iterable[Any]) -> Iterator[str]:
    """One or two of every class that occurs, and single letters of the literals."""
    for kind, what in parsed:
        if kind in _SINGLE:
            yield from _of_single(kind, what)[:2]
        else:
            for inner in _inside(kind, what):
                yield from _characters(inner)


def _beginnings(parsed: Iterable[Any]) -> Iterator[str]:
    """The text matched before each repeat or group: what has to stand there for the rest to be tried."""
    so_far = ""
    for kind, what in parsed:
        if kind not in _SINGLE:
            yield so_far
            for inner in _inside(kind, what):
                yield from (so_far + more for more in _beginnings(inner))
        so_far += _sample((kind, what))
    yield so_far


def _bodies(parsed: Iterable[Any]) -> Iterator[str]:
    for kind, what in parsed:
        for inner in _inside(kind, what):
            yield _text_of(inner)
            yield from _bodies(inner)


def _inside(kind: Any, what: Any) -> list[Any]:
    if kind in _REPEATS_OF or kind is constants.SUBPATTERN:
        return [what[-1]]
    if kind in _LOOKS or kind is constants.BRANCH:
        return [what[1]] if kind in _LOOKS else list(what[1])
    return [what] if kind is constants.ATOMIC_GROUP else []


def _text_of(parsed: Iterable[Any]) -> str:
    return "".join(_sample(node) for node in parsed)


def _sample(node: tuple[Any, Any]) -> str:
    """The shortest text that this part of a pattern matches, near enough."""
    kind, what = node
    if kind in _SINGLE:
        return _of_single(kind, what)[0]
    if kind in _REPEATS_OF:
        return _text_of(what[-1]) * min(max(what[0], 1 if what[1] else 0), 20)
    if kind in _GROUPS:
        return _text_of(_inside(kind, what)[0])
    return _text_of(what[1][0]) if kind is constants.BRANCH else ""


def _of_single(kind: Any, what: Any) -> list[str]:
    if kind is constants.LITERAL:
        return [chr(what)]
    if kind is constants.ANY:
        return ["a"]
    if kind is constants.NOT_LITERAL:
        return [_other_than({what})]
    return list(_of_class(tuple(what)))


@cache
def _of_class(members: tuple[Any, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for kind, what in members:
        if kind is constants.LITERAL:
            found.append(chr(what))
        elif kind is constants.RANGE:
            found.append(chr(what[0]))
        elif kind is constants.CATEGORY:
            found += _OF_CATEGORY[what]
    if members[0][0] is constants.NEGATE:
        return (_other_than({ord(char) for char in found}),)
    return tuple(sorted(found, key=lambda char: (not char.isalnum(), char)))


def _other_than(taken: set[int]) -> str:
    return next(char for char in "a7 -.~\x01" if ord(char) not in taken)
