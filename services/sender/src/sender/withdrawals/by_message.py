"""Messages withdrawn by their ids alone before they came here: without the thread no lane can remember them.

Read when such a message has been absorbed and filed, and once more after its claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.clock import Clock
from shared.database.protocol import CollectionSpec, Database, Range

SPEC = CollectionSpec("message_withdrawals", {"at": "datetime"}, (("at",),))
KEPT = timedelta(days=30)
"""Longer than the event of such a message can be on its way: a dead letter older than 29 days is refused."""


class MessageWithdrawals:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._rows = database.collection(SPEC)
        self._clock = clock

    async def remember(self, tenant_id: str, message_ids: Sequence[str], reason: str, now: datetime) -> None:
        """The first reason given for a message stands."""
        await self._rows.insert_many([{"id": _key(tenant_id, id), "reason": reason, "at": now} for id in message_ids])

    async def reason(self, tenant_id: str, message_id: str) -> str | None:
        """Why this message is not wanted; None: it was not withdrawn by id."""
        row = await self._rows.get(_key(tenant_id, message_id))
        return row["reason"] if row else None

    async def sweep(self) -> int:
        """Forget what is too old; returns how many."""
        return await self._rows.delete({"at": Range(lt=self._clock.now() - KEPT)})


def _key(tenant_id: str, message_id: str) -> str:
    return f"{tenant_id}|{message_id}"
