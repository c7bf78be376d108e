"""Under which e-mail addresses and ids of other systems somebody was erased, as keyed hashes (ADR 23).

A neighbour may hold an activity for days. By its time and these hashes it is recognised, although nothing here knows
the address any more. Numbers have theirs in the consent ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from conversation.people.domain.identifiers import Identifier
from shared.database.protocol import Collection, CollectionSpec, Document, In
from shared.erasure import ErasedPerson, ErasureKeys
from shared.erasure.person import hashed_number

SPEC = CollectionSpec("erased_identifiers", {"tenant_id": "str"})


class ErasedIdentifiers:
    def __init__(self, rows: Collection, keys: ErasureKeys) -> None:
        self._rows = rows
        self._keys = keys

    async def keep(self, person: ErasedPerson, identifiers: Sequence[Identifier]) -> int:
        """Returns how many were not kept before. Of several erasures of one address the latest counts."""
        at = person.at
        rows: list[Document] = [
            {
                "id": _id(person.tenant_id, person.key, one),
                "tenant_id": person.tenant_id,
                "revision": int(at.timestamp() * 1000),
                "erased_at": at,
            }
            for one in identifiers
            if one.kind != "phone"
        ]
        return sum(await self._rows.put_many(rows)) if rows else 0

    async def is_older_than_erasure(self, tenant_id: str, identifiers: Sequence[Identifier], at: datetime) -> bool:
        """Whether something of that moment concerns a person who was erased since. No look at all for a tenant that
        has erased nobody."""
        key = await self._keys.of(tenant_id)
        ids = [_id(tenant_id, key, one) for one in identifiers if one.kind != "phone"] if key else []
        if not ids:
            return False
        found = await self._rows.find({"tenant_id": tenant_id, "id": In(ids)}, limit=len(ids))
        return any(at <= row["erased_at"] for row in found.items)


def _id(tenant_id: str, key: bytes, identifier: Identifier) -> str:
    return f"{tenant_id}|{hashed_number(key, f'{identifier.kind}|{identifier.value}')}"
