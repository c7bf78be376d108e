"""What a service keeps of one person, page by page, for the export of conversation (docs/privacy.md)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from shared.database.protocol import Collection, Document, Sort, Where
from shared.erasure.mentions import Mentions
from shared.errors import NotFound
from shared.http.paging import listing
from shared.internal.access import internal_only
from shared.keyring import Keyring

PATH = "kept-of-a-person"
PAGE = 200


class KeptIn(BaseModel):
    """Of which person, and which part of it."""

    tenant_id: Annotated[str, Field(max_length=100)]
    phone_numbers: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=100)]
    contact_ids: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=500)] = []
    emails: Annotated[list[Annotated[str, Field(max_length=320)]], Field(max_length=100)] = []
    external_ids: Annotated[list[tuple[str, str]], Field(max_length=100)] = []
    section: Annotated[str, Field(max_length=50)]
    cursor: str = ""

    @cached_property
    def mentions(self) -> Mentions:
        """Of rows that have no field for the person: which of them speak of them."""
        return Mentions(
            tuple(self.contact_ids), tuple(self.phone_numbers), tuple(self.emails), tuple(self.external_ids)
        )


KeptPage = tuple[list[dict[str, Any]], str | None]
"""What was found, which may be nothing, and where the next page begins."""
Section = Callable[[KeptIn], Awaitable[KeptPage]]


@dataclass(frozen=True)
class Rows:
    """A section made of a collection: what `where` finds, as `shown`; None: another person's."""

    collection: Collection
    where: Callable[[KeptIn], Where]
    sort: Sort
    shown: Callable[[Document, KeptIn], dict[str, Any] | None]

    async def __call__(self, asked: KeptIn) -> KeptPage:
        page = await self.collection.find(self.where(asked), sort=self.sort, limit=PAGE, cursor=asked.cursor or None)
        rows = [self.shown(document, asked) for document in page.items]
        return [row for row in rows if row is not None], page.next_cursor


def of_tenant(asked: KeptIn) -> Where:
    return {"tenant_id": asked.tenant_id}


def kept_router(service: str, sections: Mapping[str, Section], keyring: Keyring) -> APIRouter:
    router = APIRouter(
        prefix=f"/internal/{service}", include_in_schema=False, dependencies=[Depends(internal_only(keyring))]
    )

    @router.post(f"/{PATH}")
    async def kept(asked: KeptIn) -> dict[str, Any]:
        section = sections.get(asked.section)
        if section is None:
            raise NotFound("not_found", f"{service} keeps nothing of that name")
        return listing(*await section(asked))

    return router
