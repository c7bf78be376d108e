"""A carrier connection: the carrier's keys that may sign webhooks, and our key for its API, always sealed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from accounts.audit import By, Deed, differences, entry
from shared.aggregates import Decision, NewEvent
from shared.errors import Invalid
from shared.events import ConnectionChanged
from shared.values import Moment, Value

PUBLIC_KEY_BYTES = 32


class Connection(Value):
    facts: ConnectionChanged
    created_at: Moment

    @property
    def id(self) -> str:
        return self.facts.connection_id


def check_public_key(text: str) -> str:
    """The key as it is kept. Raises `Invalid`: the carrier shows base64 of 32 raw bytes, not PEM."""
    cleaned = text.strip()
    try:
        raw = base64.b64decode(cleaned, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != PUBLIC_KEY_BYTES:
        detail = "the public key is base64 text of 32 bytes (44 characters), as the carrier's portal shows it"
        raise Invalid("invalid_public_key", detail)
    return base64.b64encode(raw).decode()


def check_api_key(text: str) -> str:
    """The key as it is kept. Raises `Invalid`: it travels in a header, which takes nothing but printable ASCII."""
    cleaned = text.strip()
    if not (cleaned.isascii() and cleaned.isprintable()):
        detail = "an API key is of printable ASCII characters; copy it anew from the carrier's portal"
        raise Invalid("invalid_api_key", detail)
    return cleaned


def add_connection(state: Connection | None, facts: ConnectionChanged, by: By) -> Decision[Connection] | None:
    if state is not None:
        return None
    return _told(None, Connection(facts=facts, created_at=by.at), by)


def change_connection(state: Connection, changes: Mapping[str, Any], by: By) -> Decision[Connection] | None:
    facts = state.facts.but(**changes)
    if facts == state.facts:
        return None
    return _told(state, state.but(facts=facts.but(revision=facts.revision + 1)), by)


def _told(old: Connection | None, new: Connection, by: By) -> Decision[Connection]:
    deed = Deed("connection.changed" if old else "connection.added", new.id, new.facts.revision)
    audited = entry(new.facts.tenant_id, by, deed, differences(old.facts if old else None, new.facts))
    event = NewEvent(new.facts, subject=new.id, key=new.id)
    return Decision(new, events=(event,), records=(audited,))
