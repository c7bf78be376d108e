"""One JSON document, written as it is read: a person with a million messages takes no more memory than one with ten."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from conversation.exporting.others import OtherSections, Page
from conversation.exporting.own import OwnSections
from conversation.people.domain.contact import Contact
from conversation.people.reading import ContactQueries


@dataclass(frozen=True)
class PersonExport:
    contacts: ContactQueries
    own: OwnSections
    others: OtherSections

    async def of(self, tenant_id: str, contact_id: str, now: datetime) -> AsyncIterator[bytes]:
        """Nothing is written before every service has answered once. Raises `NotFound`, `Unavailable`. If one is lost
        later, the document ends in the middle, so that no reader takes it for a whole one."""
        contact = await self.contacts.people.get(tenant_id, contact_id)
        shown = await self.contacts.out(contact)
        begun = await self.others.begun(contact)
        return self._written(contact, {"exported_at": now, "contact": shown}, begun)

    async def _written(
        self, contact: Contact, head: dict[str, Any], begun: list[tuple[str, str, Page]]
    ) -> AsyncIterator[bytes]:
        yield _json(head)[:-1]
        for name, rows in self.own.of(contact).items():
            async for piece in _listed(name, rows()):
                yield piece
        for service, section, first in begun:
            rows = self.others.rows(contact, service, section, first)
            async for piece in _listed(f"{service.replace('-', '_')}_{section}", rows):
                yield piece
        yield b"}"


async def _listed(name: str, rows: AsyncIterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    yield b"," + _json(name) + b":["
    between = b""
    async for row in rows:
        yield between + _json(row)
        between = b","
    yield b"]"


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)
