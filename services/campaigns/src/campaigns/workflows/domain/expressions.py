"""Conditions in CEL (Common Expression Language), by the Rust implementation (ADR 21).

The cost of one evaluation is bounded: an expression has at most 1,000 characters, and either two loops, of which none
stands in another, or three regular expressions. These are RE2's, as the definition of CEL says: linear in the text, in
bounded memory, and read once instead of at each evaluation.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any

from campaigns.workflows.domain.answers.words import listed

NAMES: dict[str, frozenset[str] | None] = {
    "recipient": None,
    "saved": None,
    "contact": None,
    "reply": frozenset({"text"}),
    "last_message": frozenset({"status"}),
    "now": frozenset(),
}
"""What an expression may name, and the keys it has; None: of any name."""
FUNCTIONS = listed(
    "size contains startsWith endsWith matches int uint double string bool timestamp duration type dyn max min "
    "getFullYear getMonth getDate getDayOfMonth getDayOfWeek getDayOfYear getHours getMinutes getSeconds "
    "getMilliseconds lowerAscii upperAscii trim"
)
MOST_LOOPS = 2
MOST_ITEMS = 50
"""Commas of an expression with loops: what it loops over is copied at each round."""
MOST_PATTERNS = 3
LARGEST_PATTERN = 32 * 1024
"""Bytes that a regular expression may take once it is read."""
LONGEST_MATCHED = 2_000
"""Characters of a text that a regular expression looks at: as many as a reply has."""
_WORDS_OF_LOOPS = re.compile(r"\.\s*(?:all|exists|exists_one|filter)\s*\(")
_MAP = re.compile(r"\.\s*map\s*\(")
"""Copies its whole result at each round."""
_BOUND = re.compile(r"\(\s*([A-Za-z_]\w*)\s*,")
"""The variable of a loop: `exists(x, …)`."""
_NO_CODE = re.compile(
    r"""
    //[^\n]*
    | [rR][bB]?(?:\"{3}.*?(?:\"{3}|\Z) | '{3}.*?(?:'{3}|\Z) | "[^"\n]*(?:"|\Z) | '[^'\n]*(?:'|\Z))
    | \"{3}(?:\\.|[^\\])*?(?:\"{3}|\Z) | '{3}(?:\\.|[^\\])*?(?:'{3}|\Z)
    | "(?:\\.|[^"\\])*\\?(?:"|\Z) | '(?:\\.|[^'\\])*\\?(?:'|\Z)
    """,
    re.DOTALL | re.VERBOSE,
)
"""Comments and texts. One that does not end reaches to the end, so that each character is looked at once."""
_MATCHES = "matchesRe2"
"""Stands for `matches`, because functions of ours do not replace the library's own."""
_WORDS_OF_PATTERNS = re.compile(rf"\b(?:matches|{_MATCHES})\b")
_CALLS_OF_MATCHES = re.compile(rf"({_NO_CODE.pattern})|\bmatches(?=\s*\()", re.DOTALL | re.VERBOSE)
_KEYS = re.compile(r"(?<![\w.])(recipient|saved|contact|reply|last_message)\s*\.\s*([A-Za-z_]\w*)(?!\s*\()")


class InvalidExpression(ValueError):
    """Not CEL, or more than is allowed; says what."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class EvaluationFailed(Exception):
    """It has no value for this person: an unknown key, a text compared with a number. Says what."""


@dataclass(frozen=True, slots=True)
class Expression:
    source: str
    program: Any
    keys: frozenset[tuple[str, str]]
    """What it names after a dot, as ("saved", "score")."""
    costly: bool
    """It has loops or regular expressions."""

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Raises `EvaluationFailed`; a result that is neither true nor false is one, too."""
        cel = _library()
        try:
            value = self.program.execute(cel.Context(variables=dict(facts), functions=_OWN_FUNCTIONS))
        except BaseException as error:  # noqa: BLE001
            raise EvaluationFailed(_plain(error)) from None
        if not isinstance(value, bool):
            raise EvaluationFailed(f"the result is a {type(value).__name__}, neither true nor false")
        return value


@lru_cache(maxsize=1_000)
def compiled(source: str) -> Expression:
    """Raises `InvalidExpression`."""
    words = _words_of(source)
    costly = _check_cost(words)
    cel = _library()
    try:
        program = cel.compile(_CALLS_OF_MATCHES.sub(lambda found: found[1] or _MATCHES, source))
    except BaseException as error:  # noqa: BLE001
        raise InvalidExpression("invalid_expression", _plain(error)) from None
    if unknown := sorted(
        name for name in program.functions() if name.isidentifier() and name not in FUNCTIONS | {_MATCHES}
    ):
        raise InvalidExpression("unknown_function", f"there is no function {unknown[0][:60]}")
    return Expression(source, program, frozenset(_KEYS.findall(words)), costly)


def unknown_names(expression: Expression) -> list[str]:
    """What it names and nothing provides: `customer`, `reply.body`."""
    bound = set(_BOUND.findall(_words_of(expression.source)))
    names = [name for name in expression.program.variables() if name not in NAMES and name not in bound]
    keys = [f"{name}.{key}" for name, key in sorted(expression.keys) if (have := NAMES[name]) and key not in have]
    return [*names, *keys]


def _words_of(source: str) -> str:
    """The expression without the words of texts and comments."""
    return _NO_CODE.sub('""', source)


def _check_cost(words: str) -> bool:
    """Whether it has loops or regular expressions."""
    if _MAP.search(words):
        raise InvalidExpression("expression_too_costly", "no map; ask with exists, all or filter")
    loops, patterns = list(_WORDS_OF_LOOPS.finditer(words)), len(_WORDS_OF_PATTERNS.findall(words))
    if len(loops) > MOST_LOOPS or patterns > MOST_PATTERNS:
        detail = f"at most {MOST_LOOPS} of all, exists, exists_one, filter, and {MOST_PATTERNS} of matches"
        raise InvalidExpression("expression_too_costly", detail)
    if loops and patterns:
        raise InvalidExpression("expression_too_costly", "no matches together with all, exists or filter")
    if len(loops) == MOST_LOOPS and loops[1].start() < _end_of_call(words, loops[0].end()):
        raise InvalidExpression("expression_too_costly", "no all, exists, exists_one or filter within another")
    if loops and words.count(",") > MOST_ITEMS:
        detail = f"at most {MOST_ITEMS} commas in an expression with all, exists, exists_one or filter"
        raise InvalidExpression("expression_too_costly", detail)
    return bool(loops or patterns)


def _end_of_call(words: str, start: int) -> int:
    """Where the parenthesis closes that was open at `start`."""
    depth = 1
    for at in range(start, len(words)):
        depth += {"(": 1, ")": -1}.get(words[at], 0)
        if not depth:
            return at
    return len(words)


def _matches(text: str, pattern: str) -> bool:
    found = _pattern(pattern)
    if found is None:
        raise ValueError("the regular expression cannot be read, or is too large")
    return found.search(text[:LONGEST_MATCHED]) is not None


@lru_cache(maxsize=500)
def _pattern(pattern: str) -> Any:
    """None for one that RE2 refuses."""
    re2: Any = import_module("re2")  # at the first use, and it has no types
    options = re2.Options()
    options.max_mem, options.log_errors = LARGEST_PATTERN, False
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None


_OWN_FUNCTIONS = {"lowerAscii": str.lower, "upperAscii": str.upper, "trim": str.strip, _MATCHES: _matches}


def _plain(error: BaseException) -> str:
    """The library's words in one line; a missing key comes as a bare KeyError.

    Its own errors come as `PanicException`, which is no `Exception`. What else is none is raised again.
    """
    if type(error).__name__ == "PanicException":
        return "the expression could not be evaluated"
    if not isinstance(error, Exception):
        raise error
    text = " ".join(str(error).replace(_MATCHES, "matches").split())[:300]
    return f"there is no key {text}" if isinstance(error, KeyError) else text


def _library() -> Any:
    """Imported at the first use, and without its command line: that would bring a terminal toolkit (25 MB) along."""
    sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))
    import cel

    return cel
