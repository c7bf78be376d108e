"""Identifiers: prefixed, and derived from their cause wherever there is one."""

from __future__ import annotations

import hashlib
import uuid

import uuid_utils

_NAMESPACE = hashlib.sha1(uuid.UUID("6f1d6f2e-1c1e-5d3a-9a57-7061726c6579").bytes, usedforsecurity=False)
_FREE_BITS = ~((0xF000 << 64) | (0xC000 << 48))
_VERSION_5 = (0x5000 << 64) | (0x8000 << 48)
_SEPARATOR = "\x1f"  # cannot occur in ids, so ("a", "bc") and ("ab", "c") differ


def derive(*parts: str) -> str:
    """The uuid5 of these parts: the same cause gives the same id, in any process, at any time."""
    text = _uuid5(parts)
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def derived_id(prefix: str, *parts: str) -> str:
    """A prefixed id derived from its cause, e.g. `msg_…` from tenant, connection and carrier message id."""
    return f"{prefix}_{_uuid5((prefix, *parts))}"


def new_id(prefix: str) -> str:
    """A prefixed UUIDv7 (RFC 9562): random, and sortable by time, for what an HTTP request without a key begins."""
    return f"{prefix}_{uuid_utils.uuid7().hex}"


def _uuid5(parts: tuple[str, ...]) -> str:
    """The 32 digits of what `uuid.uuid5` gives, in half of its time: an event that is handled derives about ten."""
    digest = _NAMESPACE.copy()
    digest.update(_SEPARATOR.join(parts).encode())
    return f"{int.from_bytes(digest.digest()[:16]) & _FREE_BITS | _VERSION_5:032x}"
