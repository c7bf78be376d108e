"""What was uploaded of an erased person: rejected rows, and files that nobody has committed.

A file that is being imported is deleted when its import ends, within minutes, and the rows it brought are erased by
the next look. A preview may lie for days, its file may be packed, and numbers stand in it in any spelling. So no
preview outlives an erasure: the file is uploaded again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from campaigns.imports.requests import Imports
from campaigns.imports.store import ImportAggregates, RejectedRows
from shared.database.paging import delete_if, pages
from shared.database.protocol import Document, Range, Sort
from shared.erasure import ErasedPerson
from shared.internal.kept import KeptIn, Rows, of_tenant


@dataclass(frozen=True)
class FileErasure:
    imports: Imports
    aggregates: ImportAggregates
    kept: RejectedRows

    async def previews(self, person: ErasedPerson) -> int:
        erased = 0
        where = {"tenant_id": person.tenant_id, "previewed_at": Range(lte=person.at)}
        async for page in pages(self.aggregates, where, Sort("previewed_at")):
            for document in page:
                await self.imports.cancel(self.aggregates.state_of(document))
            erased += len(page)
        return erased

    async def rejected(self, person: ErasedPerson) -> int:
        where = {"tenant_id": person.tenant_id}
        return await delete_if(self.kept.collection, where, Sort("kept_at"), lambda row: person.is_among(row["values"]))


def kept_rejected(rejected: RejectedRows) -> Rows:
    """For an export: rows that name the person."""
    return Rows(rejected.collection, of_tenant, Sort("kept_at"), _shown)


def _shown(row: Document, asked: KeptIn) -> dict[str, Any] | None:
    names = ("import_id", "row", "code", "detail", "values", "kept_at")
    return {name: row[name] for name in names} if asked.mentions.is_among(row["values"]) else None
