"""A carrier connection: the carrier's public keys that verify webhooks, and our key for its API, always sealed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from accounts.audit import Action, Author, audit_entry, differences
from shared.aggregates import Decision, NewEvent
from shared.ed25519 import KEY_BYTES, usable_ed25519_key
from shared.errors import Invalid
from shared.events import ConnectionChanged
from shared.values import Moment, Value


class Connection(Value):
    facts: ConnectionChanged
    created_at: Moment
    unsafe_public_keys: tuple[str, ...] = ()
    """Entered before such keys were refused: kept to be shown, never published and never used."""

    @property
    def id(self) -> str:
        return self.facts.connection_id

    @property
    def is_usable(self) -> bool:
        """Whether any webhook of it can be verified."""
        return bool(self.facts.public_keys)


def canonical_public_key(text: str) -> str:
    """The key as it is kept. Raises `Invalid`: the carrier shows base64 of 32 raw bytes, not PEM."""
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != KEY_BYTES:
        raise Invalid(
            "invalid_public_key",
            "The public key is base64 text of 32 bytes (44 characters), as the carrier's portal shows it.",
        )
    return base64.b64encode(raw).decode()


def safe_public_key(text: str) -> str:
    """As `canonical_public_key`. Raises `Invalid("unsafe_public_key")` for a key under which anybody can sign."""
    key = canonical_public_key(text)
    if not _is_safe(key):
        raise Invalid(
            "unsafe_public_key",
            "With this public key anybody could forge webhooks: it is no ordinary Ed25519 key. "
            "Copy the key from the carrier's portal again.",
        )
    return key


def _is_safe(key: str) -> bool:
    return usable_ed25519_key(base64.b64decode(key))


def printable_api_key(text: str) -> str:
    """The key as it is kept. Raises `Invalid`: it travels in an HTTP header, which takes printable ASCII only."""
    cleaned = text.strip()
    if not (cleaned.isascii() and cleaned.isprintable()):
        raise Invalid(
            "invalid_api_key", "An API key is printable ASCII characters; copy it again from the carrier's portal."
        )
    return cleaned


def add_connection(state: Connection | None, facts: ConnectionChanged, author: Author) -> Decision[Connection] | None:
    if state is not None:
        return None
    return _decision(None, Connection(facts=facts, created_at=author.at), author)


def change_connection(state: Connection, changes: Mapping[str, Any], author: Author) -> Decision[Connection] | None:
    """New public keys replace the unsafe ones too."""
    facts = state.facts.but(**changes)
    unsafe = () if "public_keys" in changes else state.unsafe_public_keys
    if facts == state.facts and unsafe == state.unsafe_public_keys:
        return None
    facts = facts.but(revision=facts.revision + 1)
    return _decision(state, state.but(facts=facts, unsafe_public_keys=unsafe), author)


def withdraw_unsafe_keys(state: Connection | None, author: Author) -> Decision[Connection] | None:
    """Keys stored before they were checked: from now on no service gets them. None where all are safe."""
    if state is None or all(map(_is_safe, state.facts.public_keys)):
        return None
    safe = tuple(key for key in state.facts.public_keys if _is_safe(key))
    unsafe = tuple(key for key in state.facts.public_keys if not _is_safe(key))
    facts = state.facts.but(public_keys=safe, revision=state.facts.revision + 1)
    return _decision(state, state.but(facts=facts, unsafe_public_keys=(*state.unsafe_public_keys, *unsafe)), author)


def _decision(old: Connection | None, new: Connection, author: Author) -> Decision[Connection]:
    action = Action("connection.changed" if old else "connection.added", new.id, new.facts.revision)
    changes = differences(old.facts if old else None, new.facts)
    event = NewEvent(new.facts, subject=new.id, key=new.id)
    return Decision(new, events=(event,), records=(audit_entry(new.facts.tenant_id, author, action, changes),))
