"""The audit trail: who changed what and when. The save that makes a change files its entry; secrets never appear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.aggregates import NewRecord
from shared.ids import derived_id
from shared.values import Value

AUDIT = "audit"
SECRETS = frozenset({"encrypted_api_key", "password_hash"})
_BOOKKEEPING = frozenset({"revision", "tenant_id"})
_MASK = "(secret)"


@dataclass(frozen=True)
class Author:
    """Who acts, and when."""

    who: str
    """The operator, a user or an API key."""
    at: datetime


@dataclass(frozen=True)
class Action:
    """What was done to which subject. `revision` distinguishes the changes of one subject."""

    what: str
    subject: str
    revision: int


def differences(old: Value | None, new: Value) -> list[dict[str, Any]]:
    """`{field, old, new}` of every field that differs. A secret shows only that it changed."""
    before = old.jsonable() if old else {}
    after = new.jsonable()
    return [
        {"field": name, "old": _masked(name, before.get(name)), "new": _masked(name, value)}
        for name, value in after.items()
        if name not in _BOOKKEEPING and before.get(name) != value
    ]


def audit_entry(tenant_id: str, author: Author, action: Action, changes: list[dict[str, Any]]) -> NewRecord:
    document: dict[str, Any] = {
        "id": derived_id("aud", tenant_id, action.subject, action.what, str(action.revision)),
        "revision": 1,
        "tenant_id": tenant_id,
        "at": author.at,
        "who": author.who,
        "what": action.what,
        "subject": action.subject,
        "changes": changes,
    }
    return NewRecord(AUDIT, document)


def _masked(name: str, value: Any) -> Any:
    return _MASK if name in SECRETS and value else value
