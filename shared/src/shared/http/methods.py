"""A request's method as a label of metrics and spans: strangers can send any word, each of them a label of its own."""

from __future__ import annotations

from starlette.types import Scope

_KNOWN = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def method_of(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _KNOWN else "other"
