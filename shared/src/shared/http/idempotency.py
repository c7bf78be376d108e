"""`Idempotency-Key` on requests that create or send: a repeat is the same cause and makes the same ids."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import Header

from shared.aggregates.cause import Cause
from shared.errors import Invalid
from shared.ids import derived_id, new_id

MAX_KEY = 200


@dataclass(frozen=True)
class RequestKey:
    """`value` is None where the caller gave no key."""

    value: str | None

    def id_for(self, prefix: str, tenant_id: str, route: str) -> str:
        """The id of what this request makes: derived from its key, or new."""
        return derived_id(prefix, tenant_id, route, self.value) if self.value else new_id(prefix)

    def cause(self, tenant_id: str, route: str, resource_id: str) -> Cause:
        return Cause.request(tenant_id, f"{route}|{resource_id}", correlation_id=resource_id)


def request_key(idempotency_key: str | None = Header(default=None)) -> RequestKey:
    """A FastAPI dependency. Raises `Invalid("bad_idempotency_key")`."""
    if idempotency_key is None:
        return RequestKey(None)
    if not idempotency_key.strip() or len(idempotency_key) > MAX_KEY or not idempotency_key.isprintable():
        raise Invalid("bad_idempotency_key", f"Idempotency-Key is 1 to {MAX_KEY} printable characters")
    return RequestKey(idempotency_key)


def digest(body: Any) -> str:
    """A fingerprint of a request's meaning, kept beside what it made, to refuse another body under the same key."""
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def require_same(kept: str | None, given: str) -> None:
    """Raises `Invalid("idempotency_key_reused")` if the same key came with another body."""
    if kept != given:
        raise Invalid("idempotency_key_reused", "this Idempotency-Key was used with another body; use a new key")
