"""Conditions in CEL (Common Expression Language), by the Rust implementation (ADR 21).

The cost of one evaluation is bounded: an expression has at most 1,000 characters, and either two loops over lists or
three regular expressions, which take linear time.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
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
MOST_PATTERNS = 3
_WORDS_OF_LOOPS = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(")
_PATTERNS = re.compile(r"\bmatches\s*\(")
_BOUND = re.compile(r"\(\s*([A-Za-z_]\w*)\s*,")
"""The variable of a loop: `exists(x, …)`."""
_STRINGS = re.compile(r"\"(?:\\.|[^\"\\])*\\?(?:\"|\Z)|'(?:\\.|[^'\\])*\\?(?:'|\Z)", re.DOTALL)
"""One that does not end reaches to the end of the text, so that each character is looked at once."""
_KEYS = re.compile(r"(?<![\w.])(recipient|saved|contact|reply|last_message)\s*\.\s*([A-Za-z_]\w*)(?!\s*\()")
_OWN_FUNCTIONS = {"lowerAscii": str.lower, "upperAscii": str.upper, "trim": str.strip}


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
    words = _STRINGS.sub('""', source)
    _check_cost(words)
    cel = _library()
    try:
        program = cel.compile(source)
    except BaseException as error:  # noqa: BLE001
        raise InvalidExpression("invalid_expression", _plain(error)) from None
    if unknown := sorted(name for name in program.functions() if name.isidentifier() and name not in FUNCTIONS):
        raise InvalidExpression("unknown_function", f"there is no function {unknown[0][:60]}")
    return Expression(source, program, frozenset(_KEYS.findall(words)))


def unknown_names(expression: Expression) -> list[str]:
    """What it names and nothing provides: `customer`, `reply.body`."""
    bound = set(_BOUND.findall(_STRINGS.sub('""', expression.source)))
    names = [name for name in expression.program.variables() if name not in NAMES and name not in bound]
    keys = [f"{name}.{key}" for name, key in sorted(expression.keys) if (have := NAMES[name]) and key not in have]
    return [*names, *keys]


def _check_cost(words: str) -> None:
    loops, patterns = len(_WORDS_OF_LOOPS.findall(words)), len(_PATTERNS.findall(words))
    if loops > MOST_LOOPS or patterns > MOST_PATTERNS:
        detail = f"at most {MOST_LOOPS} of all, exists, exists_one, map, filter, and {MOST_PATTERNS} of matches"
        raise InvalidExpression("expression_too_costly", detail)
    if loops and patterns:
        raise InvalidExpression("expression_too_costly", "no matches together with all, exists, map or filter")


def _plain(error: BaseException) -> str:
    """The library's words in one line; a missing key comes as a bare KeyError.

    Its own errors come as `PanicException`, which is no `Exception`. What else is none is raised again.
    """
    if type(error).__name__ == "PanicException":
        return "the expression could not be evaluated"
    if not isinstance(error, Exception):
        raise error
    text = " ".join(str(error).split())[:300]
    return f"there is no key {text}" if isinstance(error, KeyError) else text


def _library() -> Any:
    """Imported at the first use, and without its command line: that would bring a terminal toolkit (25 MB) along."""
    sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))
    import cel

    return cel
