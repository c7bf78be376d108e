"""What the other services keep of a person, asked page by page over internal HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from conversation.people.domain.contact import Contact
from shared.errors import ParleyError, Unavailable
from shared.internal.client import InternalClient
from shared.internal.kept import PATH

SECTIONS = (
    ("sender", "messages"),
    ("campaigns", "recipients"),
    ("campaigns", "runs"),
    ("campaigns", "rejected_rows"),
    ("ai-responder", "replay_cases"),
    ("accounts", "usage"),
)
Page = dict[str, Any]


@dataclass(frozen=True)
class OtherSections:
    internal: InternalClient

    async def begun(self, contact: Contact) -> list[tuple[str, str, Page]]:
        """The first page of each section. Raises `Unavailable` that names the service that does not answer: a part
        that is missing must not look like nothing."""
        return [(service, section, await self._page(contact, service, section, "")) for service, section in SECTIONS]

    async def rows(self, contact: Contact, service: str, section: str, first: Page) -> AsyncIterator[dict[str, Any]]:
        page = first
        while True:
            for row in page["items"]:
                yield row
            if not page["next_cursor"]:
                return
            page = await self._page(contact, service, section, page["next_cursor"])

    async def _page(self, contact: Contact, service: str, section: str, cursor: str) -> Page:
        asked = {
            "tenant_id": contact.tenant_id,
            "phone_numbers": contact.phone_numbers,
            "contact_ids": contact.ids,
            "emails": contact.emails,
            "external_ids": contact.external_ids,
            "section": section,
            "cursor": cursor,
        }
        try:
            return await self.internal.call(service, PATH, asked)
        except ParleyError as error:
            detail = f"{service} does not answer, and an export without it would be incomplete; try again in a moment"
            raise Unavailable("export_incomplete", detail, operator_detail=error.operator_detail) from None
