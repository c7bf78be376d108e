"""The opt-outs as sender knows them: by tenant and contact, for all numbers of the tenant.

Filled from conversation's consent pages and kept by live events, opt-out keywords read here at one hop from the
webhook, and the carrier's own refusals. All of these merge in any order. Incomplete means: send nothing.
"""

from __future__ import annotations

import asyncio
from datetime import datetime

import structlog

from shared.aggregates import stored
from shared.database.protocol import CollectionSpec, Database, Document
from shared.errors import Conflict, NotFound, Unavailable
from shared.events import ConsentEntry, merge_consent, standing_opt_outs
from shared.events.conversation import compact_consent
from shared.ids import derived_id
from shared.internal.client import InternalClient

log = structlog.get_logger()

SPEC = CollectionSpec("suppressions", {"tenant_id": "str"})
STATE = CollectionSpec("suppression_state", {})
MAX_RACES = 50
SLOWEST_RETRY_SECONDS = 5.0


def entry_id(message_id: str, what: str) -> str:
    """The id conversation gives the same entry in its ledger, so that a person who lifts it lifts it here too."""
    return derived_id("con", message_id, what)


class Suppressions:
    def __init__(self, database: Database, internal: InternalClient) -> None:
        self._rows = database.collection(SPEC)
        self._state = database.collection(STATE)
        self._internal = internal
        self._complete = False

    @property
    def complete(self) -> bool:
        return self._complete

    def not_ready(self) -> str | None:
        return None if self._complete else "the list of opt-outs is not complete yet; nothing is sent until it is"

    async def record(self, tenant_id: str, contact: str, *entries: ConsentEntry) -> None:
        """Merge these entries in; repeated or out of order, the result is the same."""
        for _ in range(MAX_RACES):
            row = await self._rows.get(_key(tenant_id, contact))
            kept = entries_of(row)
            merged = kept
            for entry in entries:
                merged = compact_consent(merge_consent(merged, entry))
            if merged == kept or await self._save(tenant_id, contact, row, merged):
                return
        raise Conflict("conflict", "other requests are changing this person's consent; try again")

    async def is_suppressed(self, tenant_id: str, contact: str) -> bool:
        """The last gate. Raises `Unavailable` while the list is not complete."""
        if not self._complete:
            raise Unavailable(
                "suppressions_incomplete",
                "the list of opt-outs is still being read; nothing is sent until it is complete",
            )
        return bool(standing_opt_outs(entries_of(await self._rows.get(_key(tenant_id, contact)))))

    async def fill(self) -> None:
        """Pull conversation's pages until it has answered once; a list that was complete before serves meanwhile."""
        delay = 0.1
        while True:
            try:
                self._complete = self._complete or await self._state.get("complete") is not None
                async for row in self._internal.rows("conversation", "consents"):
                    entries = [ConsentEntry.read(entry) for entry in row["entries"]]
                    await self.record(row["tenant_id"], row["contact"], *entries)
                await self._state.put({"id": "complete", "revision": 1})
                self._complete = True
                return
            except (Unavailable, NotFound) as error:
                log.info("suppressions_wait", code=error.code)
                await asyncio.sleep(delay)
                delay = min(delay * 2, SLOWEST_RETRY_SECONDS)

    async def keep_filled(self) -> None:
        """As a background task, which must not end."""
        await self.fill()
        await asyncio.Event().wait()

    async def _save(
        self, tenant_id: str, contact: str, row: Document | None, entries: tuple[ConsentEntry, ...]
    ) -> bool:
        version = row["version"] if row else 0
        document: Document = {
            "id": _key(tenant_id, contact),
            "tenant_id": tenant_id,
            "version": version + 1,
            "entries": [stored(entry) for entry in entries],
        }
        return await (self._rows.replace(document, version) if row else self._rows.insert(document))


def entries_of(row: Document | None) -> tuple[ConsentEntry, ...]:
    return tuple(ConsentEntry.read(entry) for entry in row["entries"]) if row else ()


def opted_out_at_carrier(message_id: str, since: datetime) -> ConsentEntry:
    """The carrier refused a message because this person opted out there; it counts from the attempt's start."""
    return ConsentEntry(entry_id=entry_id(message_id, "carrier"), state="out", effective_at=since)


def _key(tenant_id: str, contact: str) -> str:
    return f"{tenant_id}|{contact}"
