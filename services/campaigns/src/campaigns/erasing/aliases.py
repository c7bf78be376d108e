"""Where a report on an erased person's text belongs: sender names the stand-in, ids here derive from the number.

One row per document of an erased person. It is asked only for reports that name a stand-in.
"""

from __future__ import annotations

from shared.database.protocol import CollectionSpec, Database
from shared.phone import is_pseudonym

SPEC = CollectionSpec("erased_ids", {})


class Aliases:
    def __init__(self, database: Database) -> None:
        self._rows = database.collection(SPEC)

    async def note(self, id_by_stand_in: str, id: str) -> None:
        await self._rows.insert({"id": id_by_stand_in, "of": id})

    async def id_of(self, contact: str, id: str) -> str:
        """`id` derives from `contact`; the id that the document has had since before its person was erased."""
        if not is_pseudonym(contact):
            return id
        row = await self._rows.get(id)
        return row["of"] if row else id
