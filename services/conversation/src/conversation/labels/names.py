"""A tenant's labels, for those who only read them."""

from __future__ import annotations

from conversation.labels.domain.book import LabelBook
from conversation.labels.requests import LABEL_BOOKS
from shared.database.protocol import Collection, Database


class LabelNames:
    def __init__(self, database: Database) -> None:
        self._books: Collection = database.collection(LABEL_BOOKS.spec())

    async def of_tenant(self, tenant_id: str) -> LabelBook:
        document = await self._books.get(tenant_id)
        return LABEL_BOOKS.state.read(document["state"]) if document else LabelBook()

    async def name_of(self, tenant_id: str, text: str) -> str:
        return (await self.of_tenant(tenant_id)).name_of(text)
