"""`/api/contacts`: contacts and their consent to receive texts."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from conversation.api.contact_schemas import ConsentIn, ContactConsentOut, ContactOut, ContactPatch
from conversation.api.conversations import Limit
from conversation.domain.consent import ledger
from conversation.domain.consent.ledger import PersonsWord
from conversation.domain.contact_fields import with_fields
from conversation.inbox.listing import PageRequest
from conversation.labels.requests import Labels
from conversation.people.domain.contact import Contact
from conversation.people.reading import ContactQueries
from conversation.resources import Resources
from shared.access.gate import Access, Principal
from shared.errors import Refused
from shared.http.idempotency import RequestKey, digest, request_key, require_same
from shared.http.paging import Listing

CONSENT = "contact consent"


def contacts_router(resources: Resources, contacts: ContactQueries, labels: Labels, gate: Access) -> APIRouter:
    router = APIRouter(prefix="/api/contacts", tags=["conversation"])

    @router.get("", response_model=Listing[ContactOut])
    async def list_contacts(
        q: Annotated[str | None, Query(max_length=200, description="Beginning of a name, company or number.")] = None,
        limit: Limit = 50,
        cursor: str | None = None,
        who: Principal = Depends(gate.viewer),
    ) -> dict[str, Any]:
        return await contacts.listed(who.tenant_id, q, PageRequest(limit, cursor))

    @router.get("/{contact_id}", response_model=ContactOut)
    async def get_contact(contact_id: str, who: Principal = Depends(gate.viewer)) -> dict[str, Any]:
        return await contacts.one(who.tenant_id, contact_id)

    @router.patch("/{contact_id}", response_model=ContactOut)
    async def patch_contact(
        contact_id: str, body: ContactPatch, who: Principal = Depends(gate.agent)
    ) -> dict[str, Any]:
        """What is left out stays as it is. Conversations show the change a moment later."""
        now = resources.clock.now()
        if "labels" in body.model_fields_set:
            body = body.model_copy(update={"labels": await labels.known_as(who, body.labels)})
        changed = await resources.people.change(who.tenant_id, contact_id, partial(_patched, body, now), now)
        return await contacts.out(changed)

    _consent_routes(router, resources, contacts, gate)
    return router


def _patched(body: ContactPatch, now: datetime, contact: Contact) -> Contact:
    changes = body.model_dump(include=body.model_fields_set)
    if "facts" in changes:
        changes["facts"] = tuple(changes["facts"].items())
    if "fields" in changes:
        changes["fields"] = with_fields(contact.fields, changes["fields"], now)
    if "labels" in changes:
        changes["labels"] = tuple(changes["labels"])
    return contact.but(**changes)


def _consent_routes(router: APIRouter, resources: Resources, contacts: ContactQueries, gate: Access) -> None:
    queries = contacts.queries

    async def contact_consent(tenant_id: str, contact_id: str) -> dict[str, Any]:
        contact = await resources.people.get(tenant_id, contact_id)
        rows = [row for number in contact.phone_numbers for row in await queries.consent_entries(tenant_id, number)]
        rows.sort(key=lambda row: (row["at"], row["id"]), reverse=True)
        return {"contact": await contacts.out(contact), "entries": rows}

    async def recorded(tenant_id: str, word: PersonsWord) -> bool:
        """Raises `Invalid` if the same key recorded something else."""
        row = await queries.consent_entry(tenant_id, word.entry_id)
        if row:
            require_same(digest([row["state"], row["evidence"]["text"]]), digest([word.state, word.note]))
        return row is not None

    @router.get("/{contact_id}/consent", response_model=ContactConsentOut)
    async def get_consent(contact_id: str, who: Principal = Depends(gate.viewer)) -> dict[str, Any]:
        return await contact_consent(who.tenant_id, contact_id)

    @router.post("/{contact_id}/consent", status_code=201, response_model=ContactConsentOut)
    async def record_consent(
        contact_id: str,
        body: ConsentIn,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(gate.agent),
    ) -> dict[str, Any]:
        """Record an opt-out or opt-in made outside SMS. An opt-in lifts the opt-outs known now, not later ones."""
        phone_number = (await resources.people.get(who.tenant_id, contact_id)).phone_number
        if phone_number is None or not phone_number.startswith("+"):
            raise Refused("not_textable", "this contact has no number that can receive texts")
        entry_id = key.id_for("con", who.tenant_id, f"{CONSENT}|{contact_id}")
        word = PersonsWord(entry_id, body.state, body.note, who.label, "person" if who.user_id else "api")
        now = resources.clock.now()
        if not await recorded(who.tenant_id, word):
            await resources.ledger.change(
                who.tenant_id,
                phone_number,
                key.cause(who.tenant_id, CONSENT, entry_id),
                lambda state: ledger.by_person(state, who.tenant_id, phone_number, word, now),
            )
            await recorded(who.tenant_id, word)  # a concurrent request may have used the same key
        return await contact_consent(who.tenant_id, contact_id)
