"""A stranger's text cannot keep a process busy: the work of every regular expression grows no faster than its input.

One slow pattern over one request of 500 KB stops all tenants for as long as it takes. Nobody has to list a pattern
here: they are found by importing the product. What cannot be found so (compiled inside a function) is refused.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import accounts
import ai_responder
import all_in_one
import campaigns
import conversation
import ingress
import realtime
import sandbox
import sender
import shared
from ai_responder.domain import answer, checks, prompt
from ai_responder.domain.claims import unfounded_claim
from pattern_attacks import grows_too_fast, growth_of, slow_on
from sandbox.model.instructions import without_addresses
from shared.logging import redact

PRODUCT = (shared, accounts, ai_responder, all_in_one, campaigns, conversation, ingress, realtime, sandbox, sender)
_SHORTHANDS = {"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer", "template"}

TOO_SLOW = {
    "an e-mail address, tried from every letter": r"[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}",
    "a scheme, tried from every word": r"\b[a-z][a-z0-9+.-]*://\S+",
    "a look ahead to the end of the run": r"(?<![@\w.-])(?![\w.+-]*@)(?:[\w-]+\.)+com\b",
    "blanks on both sides of what may be missing": r"<\s*(/?)\s*customer_sms\s*>",
    "a lazy middle before blanks": r"^\s*```(?:json)?\s*(.*?)\s*```\s*$",
    "a token that begins again inside itself": r"eyJ[\w-]+\.[\w-]+\.[\w-]*",
    "anything between two words": r"(?<!\S)(?:stop .*who (?:is|are) (?:this|you))(?!\S)",
    "a repeat of a repeat": r"^(\w+\s?)*$",
    "two ways through one word": r"^(ab|\w)*!$",
    "the end of the line, from every blank": r"\s+$",
}
LONG_TEXTS = [
    ("", word, "")
    for word in ("a", "a.", "a@a.", "a-", "7", "7-", " ", "<", "```", "eyJ", "https://a.co ", "stop texts ", "{")
]


@cache
def modules() -> dict[str, ModuleType]:
    names = [
        found.name for package in PRODUCT for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    return {name: importlib.import_module(name) for name in [*(package.__name__ for package in PRODUCT), *names]}


def patterns_in(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from (found for item in value.items() for found in patterns_in(item))
    elif isinstance(value, tuple | list | set | frozenset):
        yield from (found for item in value for found in patterns_in(item))


def compiled() -> dict[str, re.Pattern[str]]:
    """Every pattern that a module of the product holds, by module and name."""
    return {
        f"{module.__name__}.{name}[{number}]": pattern
        for module in modules().values()
        for name, value in vars(module).items()
        for number, pattern in enumerate(patterns_in(value))
    }


def source(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text())


def of_fields() -> dict[str, re.Pattern[str]]:
    """What `pattern=` of a field or parameter says: a constant, or a constant of the module."""
    found: dict[str, re.Pattern[str]] = {}
    for module in modules().values():
        for node in ast.walk(source(module)):
            if isinstance(node, ast.keyword) and node.arg == "pattern":
                text = node.value.value if isinstance(node.value, ast.Constant) else getattr(module, node.value.id)  # type: ignore[attr-defined]
                found[f"{module.__name__}:{node.value.lineno}"] = re.compile(text)
    return found


def test_no_pattern_takes_more_than_linear_time():
    every = compiled() | of_fields()
    assert len(every) > 30
    distinct = {(pattern.pattern, pattern.flags): (name, pattern) for name, pattern in every.items()}
    slow = [f"{name}: {said}" for name, pattern in distinct.values() if (said := slow_on(pattern))]
    assert not slow, "\n".join(slow)


@pytest.mark.parametrize("pattern", TOO_SLOW.values(), ids=TOO_SLOW.keys())
def test_a_slow_pattern_is_noticed(pattern: str):
    assert slow_on(re.compile(pattern, re.IGNORECASE | re.DOTALL))


READERS: dict[str, Callable[[str], object]] = {
    "links": lambda text: checks.unknown_link(text, checks.Known([])),
    "claims of deeds": lambda text: unfounded_claim(text, []),
    "a customer's text in the prompt": lambda text: prompt.quoted(text, "mark"),
    "an answer in JSON": lambda text: answer.parse(text, "json_object"),
    "an answer in words": lambda text: answer.parse(text, "text"),
    "a line of the log": redact,
    "a question to the pretend model": without_addresses,
}


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())
def test_what_reads_a_strangers_text_takes_linear_time(reader: Callable[[str], object]):
    slow = {attack[1]: growth for attack in LONG_TEXTS if grows_too_fast(growth := growth_of(reader, attack))}
    assert not slow


def test_patterns_are_compiled_where_they_can_be_found():
    """At the top of a module, under a name: else the test above would not see them."""
    hidden = [said for module in modules().values() for said in hidden_in(module)]
    assert not hidden, "\n".join(hidden)


def hidden_in(module: ModuleType) -> Iterator[str]:
    tree = source(module)
    named = {id(call): names for statement in tree.body for call, names in compiled_by(statement)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ("re", "regex"):
            yield f"{module.__name__}:{node.lineno}: import re, not names of it"
        if isinstance(node, ast.keyword) and node.arg == "regex_engine":
            yield f"{module.__name__}:{node.value.lineno}: pydantic's own engine is linear, Python's is not"
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called.removeprefix("re.") in _SHORTHANDS and called.startswith("re."):
            yield f"{module.__name__}:{node.lineno}: {called} compiles where no test finds it"
        if called == "re.compile" and not any(
            list(patterns_in(vars(module).get(name))) for name in named.get(id(node), [])
        ):
            yield f"{module.__name__}:{node.lineno}: this pattern has no name at the top of the module"


def compiled_by(statement: ast.stmt) -> Iterator[tuple[ast.Call, list[str]]]:
    """Calls in an assignment at the top of a module, with the names assigned to."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    for node in ast.walk(statement.value):
        if isinstance(node, ast.Call):
            yield node, names
