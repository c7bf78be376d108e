"""`/api/contacts`: who the people at the other end are, and what they said about being texted."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from conversation.api.conversations import Limit
from conversation.api.schemas import ConsentIn, ContactConsentOut, ContactOut, ContactPatchIn
from conversation.domain.consent import ledger
from conversation.domain.consent.ledger import PersonsWord
from conversation.handlers import Desk
from conversation.queries import Reading, Span, contact_shown
from shared.access.gate import Gate, Principal
from shared.errors import Refused
from shared.http.idempotency import RequestKey, digest, request_key, require_same
from shared.http.paging import Listing

CONSENT = "contact consent"


def contacts_router(desk: Desk, reading: Reading, gate: Gate) -> APIRouter:
    router = APIRouter(prefix="/api/contacts", tags=["conversation"])

    async def shown(tenant_id: str, id: str) -> dict[str, Any]:
        document = await desk.contacts.get(tenant_id, id)
        return contact_shown(document, await desk.ledger.entries(tenant_id, document["phone_number"]))

    @router.get("", response_model=Listing[ContactOut])
    async def list_contacts(
        q: Annotated[str | None, Query(max_length=200, description="name, company or number")] = None,
        limit: Limit = 50,
        cursor: str | None = None,
        who: Principal = Depends(gate.viewer),
    ) -> dict[str, Any]:
        return await reading.contacts(who.tenant_id, q, Span(limit, cursor or None))

    @router.get("/{contact_id}", response_model=ContactOut)
    async def get_contact(contact_id: str, who: Principal = Depends(gate.viewer)) -> dict[str, Any]:
        return await shown(who.tenant_id, contact_id)

    @router.patch("/{contact_id}", response_model=ContactOut)
    async def patch_contact(
        contact_id: str, body: ContactPatchIn, who: Principal = Depends(gate.agent)
    ) -> dict[str, Any]:
        """What is not named stays; conversations show the change a moment later."""
        changes = body.model_dump(include=body.model_fields_set)
        if "facts" in changes:
            changes["facts"] = [list(pair) for pair in changes["facts"].items()]
        await desk.contacts.change(who.tenant_id, contact_id, changes, desk.clock.now())
        return await shown(who.tenant_id, contact_id)

    _consent_routes(router, desk, reading, gate)
    return router


def _consent_routes(router: APIRouter, desk: Desk, reading: Reading, gate: Gate) -> None:
    async def shown(tenant_id: str, contact_id: str) -> dict[str, Any]:
        document = await desk.contacts.get(tenant_id, contact_id)
        entries = await desk.ledger.entries(tenant_id, document["phone_number"])
        rows = await reading.consent_entries(tenant_id, document["phone_number"])
        return {"contact": contact_shown(document, entries), "entries": rows}

    async def recorded(tenant_id: str, word: PersonsWord) -> bool:
        """Raises `Invalid` if the same key recorded something else."""
        row = await reading.consent_entry(tenant_id, word.entry_id)
        if row:
            require_same(digest([row["state"], row["evidence"]["text"]]), digest([word.state, word.note]))
        return row is not None

    @router.get("/{contact_id}/consent", response_model=ContactConsentOut)
    async def get_consent(contact_id: str, who: Principal = Depends(gate.viewer)) -> dict[str, Any]:
        return await shown(who.tenant_id, contact_id)

    @router.post("/{contact_id}/consent", status_code=201, response_model=ContactConsentOut)
    async def record_consent(
        contact_id: str,
        body: ConsentIn,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(gate.agent),
    ) -> dict[str, Any]:
        """Record what the contact told a person. An opt-in lifts the opt-outs known now; a later one wins again."""
        contact = (await desk.contacts.get(who.tenant_id, contact_id))["phone_number"]
        if not contact.startswith("+"):
            raise Refused("not_textable", "this sender cannot be texted, so there is nothing to consent to")
        entry_id = key.id_for("con", who.tenant_id, f"{CONSENT}|{contact_id}")
        word = PersonsWord(entry_id, body.state, body.note, who.label, "person" if who.user_id else "api")
        now = desk.clock.now()
        if not await recorded(who.tenant_id, word):
            await desk.ledger.change(
                who.tenant_id,
                contact,
                key.cause(who.tenant_id, CONSENT, entry_id),
                lambda state: ledger.by_person(state, who.tenant_id, contact, word, now),
            )
            await recorded(who.tenant_id, word)  # under the same key somebody else may have been first
        return await shown(who.tenant_id, contact_id)
