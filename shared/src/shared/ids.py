"""Identifiers: prefixed, and derived from their cause wherever there is one."""

from __future__ import annotations

import os
import time
import uuid

_NAMESPACE = uuid.UUID("6f1d6f2e-1c1e-5d3a-9a57-7061726c6579")
_SEPARATOR = "\x1f"  # cannot occur in ids, so ("a", "bc") and ("ab", "c") differ


def derive(*parts: str) -> str:
    """The uuid5 of these parts: the same cause gives the same id, in any process, at any time."""
    return str(uuid.uuid5(_NAMESPACE, _SEPARATOR.join(parts)))


def derived_id(prefix: str, *parts: str) -> str:
    """A prefixed id derived from its cause, e.g. `msg_…` from tenant, connection and carrier message id."""
    return f"{prefix}_{uuid.uuid5(_NAMESPACE, _SEPARATOR.join((prefix, *parts))).hex}"


def new_id(prefix: str) -> str:
    """A random, time-sortable id (the layout of UUIDv7), for what an HTTP request without a key begins."""
    stamp = time.time_ns() // 1_000_000
    return f"{prefix}_{stamp:012x}{os.urandom(10).hex()}"
