"""After a restore the installation is back at the moment of its backup, and the carrier is not.

What left between the two is `queued` here once more, or is decided once more under the same id. So for some days each
text is looked for in the carrier's records before its first request: it is never sent twice because of a restore.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sender.domain.message import Message
from shared.clock import Clock
from shared.database.protocol import CollectionSpec, Database
from shared.values import Moment, Value

RESTORES = CollectionSpec("restores", {})
LOOKED_BACK_FOR = timedelta(days=3)
"""Most of what waited in a backup leaves at once. A campaign that has to wait for hours and caps takes days."""
RECORDS_AGAIN_SECONDS = 30
REASON = "carrier_records"
"""Why a text waits while the carrier's records cannot be read."""
_LAST = "last"
_MOST_CLEARED = 100_000


class Restored(Value):
    taken_at: Moment
    """Of what moment the backup is."""
    restored_at: Moment


async def note_restore(database: Database, restored: Restored) -> None:
    """Told by the restore, before the first start. What an earlier restore left to look for is looked for as well."""
    rows = database.collection(RESTORES)
    before = await _last(database)
    if before and restored.restored_at < before.restored_at + LOOKED_BACK_FOR:
        restored = restored.but(taken_at=min(before.taken_at, restored.taken_at))
    moments = {"taken_at": restored.taken_at, "restored_at": restored.restored_at}
    await rows.put({"id": _LAST, "revision": round(restored.restored_at.timestamp() * 1000), **moments})


class LookBack:
    """Which texts the carrier may have taken without our knowing."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        database.collection(RESTORES)
        self._clock = clock
        self._read = False
        self._restored: Restored | None = None
        self._cleared: set[str] = set()

    async def since(self, message: Message) -> datetime | None:
        """From which moment on it may have left; None if there is nothing to look for."""
        if not self._read:
            self._restored, self._read = await _last(self._database), True
        if self._restored is None or message.status != "queued" or message.id in self._cleared:
            return None
        ends = self._restored.restored_at + LOOKED_BACK_FOR
        recent = message.created_at <= self._restored.restored_at or self._clock.now() < ends
        return self._restored.taken_at if recent else None

    def clear(self, message: Message) -> None:
        """It is not in the records."""
        if len(self._cleared) >= _MOST_CLEARED:
            self._cleared.clear()
        self._cleared.add(message.id)


async def _last(database: Database) -> Restored | None:
    document = await database.collection(RESTORES).get(_LAST)
    return Restored(taken_at=document["taken_at"], restored_at=document["restored_at"]) if document else None
