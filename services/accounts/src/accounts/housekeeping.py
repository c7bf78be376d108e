"""Deletes revocations of sessions once the sessions would have expired anyway.

Revocations of API keys stay: a key does not expire by itself.
"""

from __future__ import annotations

from datetime import timedelta

from accounts.store import Storage
from shared.database.protocol import Range

MARGIN = timedelta(days=1)
"""For clocks that differ, and for services that were away."""


async def forget_spent_revocations(storage: Storage) -> int:
    return await storage.revocations.delete({"until": Range(lt=storage.clock.now() - MARGIN)})
