"""What has to be noted once an installation is back at the moment of a backup, wherever its databases are.

The sender looks for each text at the carrier before it sends it, and live events begin anew. No other service gives out
anything that the world outside would have seen already.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from realtime.new_epoch import begin_new_epochs
from sender.sending.restored import Restored, note_restore
from shared.database.protocol import Database


async def _begin_anew(database: Database, _: Restored) -> None:
    await begin_new_epochs(database)


NOTES: dict[str, Callable[[Database, Restored], Awaitable[None]]] = {"sender": note_restore, "realtime": _begin_anew}
"""By the service whose database it goes to."""


async def note_in(database: Database, service: str, restored: Restored) -> None:
    """Opens the database and closes it."""
    try:
        await database.start()
        await NOTES[service](database, restored)
    finally:
        await database.close()
