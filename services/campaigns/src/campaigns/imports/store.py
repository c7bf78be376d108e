"""How imports, their rejected rows and saved mappings are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from campaigns.imports.domain.fields import ColumnMapping
from campaigns.imports.domain.model import Import
from campaigns.imports.domain.rejected import RejectedRow
from shared.aggregates import Aggregates, Kind
from shared.clock import Clock
from shared.database.protocol import Collection, CollectionSpec, Database, In, Page, Range, Sort
from shared.errors import NotFound
from shared.ids import derived_id

IMPORTS = Kind(
    "imports",
    Import,
    fields={"due_at": "datetime", "previewed_at": "datetime"},
    indexes=(("due_at",), ("previewed_at",)),
    index=lambda known: {
        "due_at": known.due_at,
        "previewed_at": known.created_at if known.state == "preview" else None,
    },
)
REJECTED_SPEC = CollectionSpec(
    "import_rejected",
    {"tenant_id": "str", "import_id": "str", "row": "int", "kept_at": "datetime"},
    (("import_id", "row"), ("kept_at",)),
)
PROFILES_SPEC = CollectionSpec("mapping_profiles", {"tenant_id": "str"})
_PAGE = 500

ImportAggregates = Aggregates[Import]


class RejectedRows:
    def __init__(self, database: Database, clock: Clock) -> None:
        self.collection: Collection = database.collection(REJECTED_SPEC)
        self._clock = clock

    async def add(self, known: Import, rows: Sequence[RejectedRow]) -> None:
        """Repeating it changes nothing."""
        now = self._clock.now()
        documents = [
            {
                "id": f"{known.id}|{row.row:08d}",
                "tenant_id": known.tenant_id,
                "import_id": known.id,
                "row": row.row,
                "kept_at": now,
                "code": row.code,
                "detail": row.detail,
                "values": list(row.values),
            }
            for row in rows
        ]
        if documents:
            await self.collection.insert_many(documents)

    async def page(self, known: Import, limit: int, cursor: str | None) -> Page:
        where = {"tenant_id": known.tenant_id, "import_id": known.id}
        return await self.collection.find(where, sort=Sort("row"), limit=limit, cursor=cursor)

    async def delete(self, known: Import) -> None:
        where = {"tenant_id": known.tenant_id, "import_id": known.id}
        while page := (await self.collection.find(where, sort=Sort("row"), limit=_PAGE)).items:
            await self.collection.delete({"id": In([row["id"] for row in page])})

    async def forget(self, before: datetime) -> None:
        old = {"kept_at": Range(lt=before)}
        while page := (await self.collection.find(old, sort=Sort("kept_at"), limit=_PAGE)).items:
            await self.collection.delete({"id": In([row["id"] for row in page])})


class Profiles:
    """The mappings that a tenant has corrected, by the columns they are for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database.collection(PROFILES_SPEC)
        self._clock = clock

    async def save(self, tenant_id: str, fingerprint: str, mapping: ColumnMapping) -> None:
        """The latest one counts; of two at the same moment, either."""
        id = _profile_id(tenant_id, fingerprint)
        kept = await self._collection.get(id)
        document = {
            "id": id,
            "tenant_id": tenant_id,
            "revision": kept["revision"] + 1 if kept else 1,
            "saved_at": self._clock.now(),
            "mapping": [list(pair) for pair in mapping],
        }
        await self._collection.put(document)

    async def find(self, tenant_id: str, fingerprint: str) -> Mapping[int, str | None] | None:
        document = await self._collection.get(_profile_id(tenant_id, fingerprint))
        return dict(document["mapping"]) if document else None


async def import_of(imports: ImportAggregates, tenant_id: str, campaign_id: str, import_id: str) -> Import:
    """Raises `NotFound`, for another tenant's too."""
    known = await imports.get(import_id)
    if known is None or known.tenant_id != tenant_id or known.campaign_id != campaign_id:
        raise NotFound("not_found", "There is no such import.")
    return known


def _profile_id(tenant_id: str, fingerprint: str) -> str:
    return derived_id("map", tenant_id, fingerprint)
