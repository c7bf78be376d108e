"""The opt-outs as sender knows them: by tenant and contact, for all numbers of the tenant.

Filled from conversation's consent pages and kept by live events, opt-out keywords read here at one hop from the
webhook, and the carrier's own refusals. All of these merge in any order. Incomplete means: send nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime
from typing import Any

import structlog

from shared.aggregates import stored
from shared.database.protocol import CollectionSpec, Database, Document
from shared.erasure import ErasedPerson, ErasureKeys
from shared.erasure.person import hashed_number
from shared.errors import Conflict, NotFound, Unavailable
from shared.events import ConsentEntry, merge_consent, standing_opt_outs
from shared.events.conversation import compact_consent
from shared.ids import derived_id
from shared.internal.client import InternalClient
from shared.phone import pseudonym

log = structlog.get_logger()

SPEC = CollectionSpec("suppressions", {"tenant_id": "str", "moved": "bool"})
"""By tenant and number; of an erased person by tenant and hash, with `erased_at`."""
STATE = CollectionSpec("suppression_state", {})
MAX_RACES = 50
SLOWEST_RETRY_SECONDS = 5.0


def entry_id(message_id: str, what: str) -> str:
    """The id conversation gives the same entry in its ledger, so that a person who lifts it lifts it here too."""
    return derived_id("con", message_id, what)


class Suppressions:
    def __init__(self, database: Database, internal: InternalClient, keys: ErasureKeys) -> None:
        self._rows = database.collection(SPEC)
        self._state = database.collection(STATE)
        self._internal = internal
        self._keys = keys
        self._complete = False

    @property
    def complete(self) -> bool:
        return self._complete

    def not_ready(self) -> str | None:
        return None if self._complete else "the list of opt-outs is not complete yet; nothing is sent until it is"

    async def record(self, tenant_id: str, contact: str, *entries: ConsentEntry) -> None:
        """Merge these entries in; repeated or out of order, the result is the same.

        What is older than the erasure of its person goes to the hash, and what comes later to a row of the number
        again, which begins with what the hash has.
        """
        for _ in range(MAX_RACES):
            row = await self._rows.get(_key(tenant_id, contact))
            hashed = await self._hashed_row(tenant_id, contact) if _is_gone(row) else None
            if hashed and all(entry.effective_at <= hashed["erased_at"] for entry in entries):
                contact, row = hashed["contact"], hashed
            kept = entries_of(hashed if _is_gone(row) else row)
            merged = kept
            for entry in entries:
                merged = compact_consent(merge_consent(merged, entry))
            if merged == kept or await self._save(tenant_id, contact, row, merged):
                return
        raise _too_many_races()

    async def is_suppressed(self, tenant_id: str, contact: str) -> bool:
        """The last gate. Raises `Unavailable` while the list is not complete."""
        if not self._complete:
            raise Unavailable(
                "suppressions_incomplete",
                "the list of opt-outs is still being read; nothing is sent until it is complete",
            )
        row = await self._rows.get(_key(tenant_id, contact))
        return bool(standing_opt_outs(entries_of(await self._hashed_row(tenant_id, contact) if _is_gone(row) else row)))

    async def erased_at(self, tenant_id: str, contact: str) -> datetime | None:
        """When the person with this number was last erased. No look at all for a tenant that has erased nobody."""
        row = await self._hashed_row(tenant_id, contact)
        return row["erased_at"] if row else None

    async def stand_in(self, tenant_id: str, contact: str) -> str | None:
        key = await self._keys.of(tenant_id)
        return pseudonym(key, contact) if key else None

    async def hash_number(self, person: ErasedPerson, number: str) -> bool:
        """Keep what is known of this number under its hash as well. False if nothing had to be added."""
        hashed = person.hashed(number)
        for _ in range(MAX_RACES):
            row = await self._rows.get(_key(person.tenant_id, number))
            before = await self._rows.get(_key(person.tenant_id, hashed))
            merged = entries_of(before)
            for entry in entries_of(row):
                merged = compact_consent(merge_consent(merged, entry))
            at = max(person.at, before["erased_at"]) if before else person.at
            if before and (merged, at) == (entries_of(before), before["erased_at"]):
                return False
            if await self._save(person.tenant_id, hashed, before, merged, at):
                return True
        raise _too_many_races()

    async def drop_number(self, person: ErasedPerson, number: str) -> bool:
        """Delete the number's own row, once its hash has everything. A row that says more since stays.

        It is marked first and deleted only while it is marked: a STOP that comes in between makes it a row again.
        """
        id = _key(person.tenant_id, number)
        await self.hash_number(person, number)
        row = await self._rows.get(id)
        if row is None or any(entry.effective_at > person.at for entry in entries_of(row)):
            return False
        version = row["version"]
        bare: Document = {"id": id, "tenant_id": person.tenant_id, "version": version + 1, "entries": [], "moved": True}
        if not row.get("moved") and not await self._rows.replace(bare, version):
            return False
        return await self._rows.delete({"id": id, "moved": True}) > 0

    async def fill(self) -> None:
        """Pull conversation's pages until it has answered once; a list that was complete before serves meanwhile."""
        delay = 0.1
        while True:
            try:
                self._complete = self._complete or await self._state.get("complete") is not None
                await self._pull_keys()
                async for row in self._internal.rows("conversation", "consents"):
                    await self._take(row)
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

    async def _pull_keys(self) -> None:
        """Of tenants that have erased people, for a list that is read anew. A conversation of an earlier version has
        no such page: it has erased nobody."""
        with contextlib.suppress(NotFound):
            async for row in self._internal.rows("conversation", "erasure-keys"):
                await self._keys.adopt(row["tenant_id"], self._keys.opened(row["sealed"]))

    async def _take(self, row: dict[str, Any]) -> None:
        tenant_id, contact = row["tenant_id"], row["contact"]
        entries = [ConsentEntry.read(entry) for entry in row["entries"]]
        if (erased_at := row.get("erased_at")) and await self._rows.get(_key(tenant_id, contact)) is None:
            await self._save(tenant_id, contact, None, tuple(entries), datetime.fromisoformat(erased_at))
        await self.record(tenant_id, contact, *entries)

    async def _hashed_row(self, tenant_id: str, contact: str) -> Document | None:
        key = await self._keys.of(tenant_id)
        return await self._rows.get(_key(tenant_id, hashed_number(key, contact))) if key else None

    async def _save(
        self,
        tenant_id: str,
        contact: str,
        row: Document | None,
        entries: tuple[ConsentEntry, ...],
        erased_at: datetime | None = None,
    ) -> bool:
        version = row["version"] if row else 0
        document: Document = {
            "id": _key(tenant_id, contact),
            "tenant_id": tenant_id,
            "version": version + 1,
            "entries": [stored(entry) for entry in entries],
        }
        if erased_at := erased_at or (row or {}).get("erased_at"):
            document |= {"contact": contact, "erased_at": erased_at}  # a hash, which its row may name
        return await (self._rows.replace(document, version) if row else self._rows.insert(document))


def entries_of(row: Document | None) -> tuple[ConsentEntry, ...]:
    return tuple(ConsentEntry.read(entry) for entry in row["entries"]) if row else ()


def _is_gone(row: Document | None) -> bool:
    return row is None or bool(row.get("moved"))


def _too_many_races() -> Conflict:
    return Conflict("conflict", "other requests are changing this person's consent; try again")


def opted_out_at_carrier(message_id: str, since: datetime) -> ConsentEntry:
    """The carrier refused a message because this person opted out there; it counts from the attempt's start."""
    return ConsentEntry(entry_id=entry_id(message_id, "carrier"), state="out", effective_at=since)


def _key(tenant_id: str, contact: str) -> str:
    return f"{tenant_id}|{contact}"
