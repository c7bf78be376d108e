"""`/api/contacts/{id}/consent`: whether a contact's numbers may be texted. Consent belongs to each number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends

from conversation.api.contact_schemas import ConsentIn, ContactConsentOut
from conversation.domain.consent import ledger
from conversation.domain.consent.ledger import PersonsWord
from conversation.people.domain.contact import Contact
from conversation.people.reading import ContactQueries
from conversation.resources import Resources
from shared.access.gate import Access, Principal
from shared.errors import Invalid, Refused
from shared.http.idempotency import RequestKey, digest, request_key, require_same
from shared.phone import to_e164

CONSENT = "contact consent"


@dataclass(frozen=True)
class ConsentRequests:
    resources: Resources
    contacts: ContactQueries

    async def shown(self, tenant_id: str, contact_id: str) -> dict[str, Any]:
        contact, queries = await self.resources.people.get(tenant_id, contact_id), self.contacts.queries
        rows = [row for number in contact.phone_numbers for row in await queries.consent_entries(tenant_id, number)]
        rows.sort(key=lambda row: (row["at"], row["id"]), reverse=True)
        return {"contact": await self.contacts.out(contact), "entries": rows}

    async def numbers(self, contact: Contact, body: ConsentIn) -> list[str]:
        """The numbers that are meant. Raises `Refused`, and `Invalid` for a number of somebody else."""
        textable = [number for number in contact.phone_numbers if number.startswith("+")]
        if body.phone_number is not None:
            tenant = await self.resources.tenant(contact.tenant_id)
            number = to_e164(body.phone_number, tenant.default_region)
            if number not in textable:
                raise Invalid("unknown_number", "this contact does not have that number")
            return [number]
        if not textable:
            raise Refused("not_textable", "this contact has no number that can receive texts")
        return textable if body.state == "out" else textable[:1]

    async def record(self, tenant_id: str, phone_number: str, word: PersonsWord, key: RequestKey) -> None:
        if await self._is_recorded(tenant_id, word):
            return
        now = self.resources.clock.now()
        await self.resources.ledger.change(
            tenant_id,
            phone_number,
            key.cause(tenant_id, CONSENT, word.entry_id),
            lambda state: ledger.by_person(state, tenant_id, phone_number, word, now),
        )
        await self._is_recorded(tenant_id, word)  # a concurrent request may have used the same key

    async def _is_recorded(self, tenant_id: str, word: PersonsWord) -> bool:
        """Raises `Invalid` if the same key recorded something else."""
        row = await self.contacts.queries.consent_entry(tenant_id, word.entry_id)
        if row:
            require_same(digest([row["state"], row["evidence"]["text"]]), digest([word.state, word.note]))
        return row is not None


def contact_consent_router(resources: Resources, contacts: ContactQueries, gate: Access) -> APIRouter:
    router = APIRouter(prefix="/api/contacts", tags=["conversation"])
    requests = ConsentRequests(resources, contacts)

    @router.get("/{contact_id}/consent", response_model=ContactConsentOut)
    async def get_consent(contact_id: str, who: Principal = Depends(gate.viewer)) -> dict[str, Any]:
        return await requests.shown(who.tenant_id, contact_id)

    @router.post("/{contact_id}/consent", status_code=201, response_model=ContactConsentOut)
    async def record_consent(
        contact_id: str,
        body: ConsentIn,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(gate.agent),
    ) -> dict[str, Any]:
        """Record an opt-out or opt-in made outside SMS. An opt-in lifts the opt-outs known now, not later ones."""
        contact = await resources.people.get(who.tenant_id, contact_id)
        numbers = await requests.numbers(contact, body)
        for number in numbers:
            about = f"{CONSENT}|{contact_id}" if number == contact.phone_number else f"{CONSENT}|{contact_id}|{number}"
            entry_id = key.id_for("con", who.tenant_id, about)
            word = PersonsWord(entry_id, body.state, body.note, who.label, "person" if who.user_id else "api")
            await requests.record(who.tenant_id, number, word, key)
        return await requests.shown(who.tenant_id, contact_id)

    return router
