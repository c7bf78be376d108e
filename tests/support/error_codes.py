"""Every error code that the product can answer with or log, read off its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import shared.errors
from shared.http.app import _WORDS
from source_tree import SOURCES, spelled, tree_of

Found = tuple[str, int]
_BY_HAND = {"problem", "_refuse"}
"""Functions that take a status and a code: refusals that no exception carries."""
COMPUTED: dict[tuple[str, str], tuple[str, ...]] = {
    ("numbers", "lack.code"): ("number_without_sms", "number_without_mms"),
    ("commands", "lack.code"): ("number_without_sms", "number_without_mms"),
    ("approve_draft", "f'draft_{past}'"): ("draft_approved", "draft_rejected"),
    ("reception", "error.code"): ("malformed",),
    ("starting", "ALREADY_RUNNING"): ("already_running",),
    ("starting", "TOO_MANY_RUNS"): ("too_many_runs",),
    ("sample", "problem.code"): ("too_long", "empty"),
    ("withdrawing", "pending"): ("pause_pending", "cancel_pending"),
    ("rows", "_CODES.get(problem.code, problem.code)"): ("invalid_number", "landline"),
    ("lifecycle", "code"): (
        "not_a_draft", "not_scheduled", "not_running", "not_paused", "not_under_way", "not_started",
    ),
    ("limited", "refusal.code"): ("reading_failed", "reading_needs_too_much"),
    ("parent", "code"): (),  # of another process, which raised it
    ("client", "code"): (),  # of the broker's process, which raised it
}  # fmt: skip
"""Codes that are no literal where they are raised, by file and expression."""


def codes_in_source() -> dict[str, set[int]]:
    """Every code, with the statuses it is answered with."""
    codes: dict[str, set[int]] = {"http_error": set()}
    for path in SOURCES:
        if not {"sandbox", "testkit"} & set(path.parts):
            for code, status in _codes_of(path):
                codes.setdefault(code, set()).add(status)
    for status, code in _WORDS.items():
        codes.setdefault(code, set()).add(status)
    return codes


def _codes_of(path: Path) -> Iterator[Found]:
    tree = tree_of(path)
    statuses = _statuses(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = spelled(node.func).rpartition(".")[2]
        if name in statuses and node.args:
            yield from ((code, statuses[name]) for code in _spelled(path, node.args[0]))
        elif name in _BY_HAND and len(node.args) > 1:
            match node.args[:2]:
                case [ast.Constant(value=int() as status), ast.Constant(value=str() as code)]:
                    yield code, status
                case _:
                    pass  # of an exception


def _statuses(tree: ast.Module) -> dict[str, int]:
    """The classes of shared.errors that this module imports, and those it makes of them."""
    known: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "shared.errors":
            known |= {
                each.asname or each.name: getattr(shared.errors, each.name).status
                for each in node.names
                if each.name[0].isupper() and not each.name.isupper()
            }
    return known


def _spelled(path: Path, code: ast.expr) -> tuple[str, ...]:
    if isinstance(code, ast.Constant) and isinstance(code.value, str):
        return (code.value,)
    try:
        return COMPUTED[path.stem, ast.unparse(code)]
    except KeyError:
        raise AssertionError(
            f"{path.name}:{code.lineno}: name the codes of `{ast.unparse(code)}` in COMPUTED"
        ) from None
