"""Who changed what, and when: an entry per change, filed by the very save that makes the change. Secrets never."""

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
_HIDDEN = "(secret)"


@dataclass(frozen=True)
class By:
    """`who` is the operator, a user or an API key."""

    who: str
    at: datetime


@dataclass(frozen=True)
class Deed:
    """What was done to what. `revision` tells the changes of one subject apart."""

    what: str
    subject: str
    revision: int


def differences(old: Value | None, new: Value) -> list[dict[str, Any]]:
    """`{field, old, new}` of every field that differs; of a secret only that it does."""
    before = old.model_dump(mode="json") if old else {}
    after = new.model_dump(mode="json")
    return [
        {"field": name, "old": _shown(name, before.get(name)), "new": _shown(name, value)}
        for name, value in after.items()
        if name not in _BOOKKEEPING and before.get(name) != value
    ]


def entry(tenant_id: str, by: By, deed: Deed, changes: list[dict[str, Any]]) -> NewRecord:
    document: dict[str, Any] = {
        "id": derived_id("aud", tenant_id, deed.subject, deed.what, str(deed.revision)),
        "revision": 1,
        "tenant_id": tenant_id,
        "at": by.at,
        "who": by.who,
        "what": deed.what,
        "subject": deed.subject,
        "changes": changes,
    }
    return NewRecord(AUDIT, document)


def _shown(name: str, value: Any) -> Any:
    return _HIDDEN if name in SECRETS and value else value
