"""The string below a field says what it means: docs/events.md, AsyncAPI and OpenAPI show it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import Any


def field_notes(kind: type[Any]) -> dict[str, str]:
    """The notes of a class's fields, its bases included. Reads the source, so call it to document, never to handle."""
    notes: dict[str, str] = {}
    for part in reversed(kind.__mro__):
        if part.__module__.partition(".")[0] not in ("builtins", "typing", "msgspec"):
            notes |= _notes_in(part)
    return notes


def _notes_in(kind: type[Any]) -> dict[str, str]:
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(definition, ast.ClassDef)
    return {
        field.target.id: inspect.cleandoc(note.value.value)
        for field, note in zip(definition.body, definition.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(note, ast.Expr)
        and isinstance(note.value, ast.Constant)
        and isinstance(note.value.value, str)
    }
