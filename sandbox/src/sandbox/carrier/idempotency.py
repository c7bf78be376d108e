"""Telnyx's rules for `Idempotency-Key`: success is replayed byte for byte for 24 hours, a failure frees the key.

A record belongs to key + organisation + method + path. The same key with another body is 422. A repeat while the first
request is under way is 409 with code 10036.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta

from pydantic import BaseModel

from sandbox.carrier.errors import CarrierError
from sandbox.journal import Journal, Shelf
from shared.clock import Clock

_PATTERN = re.compile(r"[A-Za-z0-9_:-]{1,255}")
_KEPT = timedelta(hours=24)


class KeptAnswer(BaseModel):
    body_sha256: str
    answer: str
    at: datetime


class Ticket:
    """One request under one key, from its arrival to its end. Without a key it remembers nothing."""

    def __init__(self, keys: Keys, scope: str | None, body_sha256: str, replay: bytes | None) -> None:
        self._keys = keys
        self._scope = scope
        self._body_sha256 = body_sha256
        self.replay = replay

    def keep(self, answer: bytes) -> None:
        if self._scope and self.replay is None:
            self._keys.keep(self._scope, self._body_sha256, answer)

    def free(self) -> None:
        if self._scope and self.replay is None:
            self._keys.free(self._scope)

    def done(self) -> None:
        if self._scope and self.replay is None:
            self._keys.land(self._scope)


class Keys:
    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._kept = Shelf(journal, "key", KeptAnswer)
        self._in_flight: set[str] = set()
        self._clock = clock

    def begin(self, key: str | None, place: tuple[str, str, str], body: bytes) -> Ticket:
        """`place` is organisation, method and path."""
        digest = hashlib.sha256(body).hexdigest()
        if key is None:
            return Ticket(self, None, digest, None)
        if not _PATTERN.fullmatch(key):
            raise CarrierError("10015", "Idempotency-Key must be 1 to 255 letters, digits, '_', ':' or '-'.")
        scope = " ".join((*place, key))
        if scope in self._in_flight:
            raise CarrierError("10036", "A request with this Idempotency-Key is being processed.")
        kept = self._fresh(scope)
        if kept and kept.body_sha256 != digest:
            raise CarrierError("10027", "This Idempotency-Key was used with another request body.")
        if kept is None:
            self._in_flight.add(scope)
        return Ticket(self, scope, digest, kept.answer.encode() if kept else None)

    def keep(self, scope: str, body_sha256: str, answer: bytes) -> None:
        self._kept.put(scope, KeptAnswer(body_sha256=body_sha256, answer=answer.decode(), at=self._clock.now()))

    def free(self, scope: str) -> None:
        self._kept.drop(scope)

    def land(self, scope: str) -> None:
        self._in_flight.discard(scope)

    def clear(self) -> None:
        self._kept.clear()

    def _fresh(self, scope: str) -> KeptAnswer | None:
        kept = self._kept.get(scope)
        if kept and self._clock.now() - kept.at >= _KEPT:
            self._kept.drop(scope)
            return None
        return kept
