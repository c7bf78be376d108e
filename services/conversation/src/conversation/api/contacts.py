"""`/api/contacts`: contacts, their merges and their timeline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from conversation.api.contact_bodies import arrangement, changed_as_asked, check_texts, new_contact
from conversation.api.contact_schemas import (
    ContactIn,
    ContactOut,
    ContactPatch,
    MergedContactOut,
    MergeIn,
    TimelineItemOut,
    UnmergedContactOut,
    UnmergeIn,
)
from conversation.api.conversations import Limit
from conversation.inbox.listing import PageRequest
from conversation.labels.requests import Labels
from conversation.people.parts import ContactParts
from conversation.resources import Resources
from conversation.timeline.domain.entry import Actor
from shared.access.gate import Access, Principal
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import Listing

MERGE = "contact merge"


def contacts_router(resources: Resources, parts: ContactParts, labels: Labels, gate: Access) -> APIRouter:
    router = APIRouter(prefix="/api/contacts", tags=["conversation"])
    _reading_routes(router, resources, parts, gate)
    _writing_routes(router, Writing(resources, parts, labels), gate)
    _merging_routes(router, parts, gate)
    return router


def _reading_routes(router: APIRouter, resources: Resources, parts: ContactParts, gate: Access) -> None:
    @router.get("", response_model=Listing[ContactOut])
    async def list_contacts(
        q: Annotated[
            str | None, Query(max_length=200, description="Beginning of a name, company, number or e-mail address.")
        ] = None,
        limit: Limit = 50,
        cursor: str | None = None,
        who: Principal = Depends(gate.viewer),
    ) -> dict[str, Any]:
        return await parts.queries.listed(who.tenant_id, q, PageRequest(limit, cursor))

    @router.get("/{contact_id}", response_model=ContactOut)
    async def get_contact(contact_id: str, who: Principal = Depends(gate.viewer)) -> dict[str, Any]:
        """The id of a contact that was merged into another answers with that one."""
        return await parts.queries.one(who.tenant_id, contact_id)

    @router.get("/{contact_id}/timeline", response_model=Listing[TimelineItemOut])
    async def get_timeline(
        contact_id: str, limit: Limit = 50, cursor: str | None = None, who: Principal = Depends(gate.viewer)
    ) -> dict[str, Any]:
        """Everything on every channel, newest first: texts, activities, notes, consent and changes."""
        contact = await resources.people.get(who.tenant_id, contact_id)
        return await parts.timeline.page(contact, PageRequest(limit, cursor))


@dataclass(frozen=True)
class Writing:
    """What routes work with that make or change a contact."""

    resources: Resources
    parts: ContactParts
    labels: Labels


def _writing_routes(router: APIRouter, writing: Writing, gate: Access) -> None:
    resources, parts, labels = writing.resources, writing.parts, writing.labels

    @router.post("", status_code=201, response_model=ContactOut)
    async def create_contact(
        body: ContactIn, key: RequestKey = Depends(request_key), who: Principal = Depends(gate.agent)
    ) -> dict[str, Any]:
        """A name in `labels` that is new makes a label. 409 `identifier_taken` names the contact that an identifier
        belongs to."""
        tenant = await resources.tenant(who.tenant_id)
        new = new_contact(body, tenant.default_region)
        new.values["labels"] = tuple(await labels.known_as(who, body.labels))
        made = await parts.requests.create(who.tenant_id, new, key)
        await labels.known_as(who, new.values["labels"])  # one that was deleted meanwhile is made anew
        return await parts.queries.out(made)

    @router.patch("/{contact_id}", response_model=ContactOut)
    async def patch_contact(
        contact_id: str, body: ContactPatch, who: Principal = Depends(gate.agent)
    ) -> dict[str, Any]:
        """What is left out stays as it is. A name in `labels` that is new makes a label. Conversations show the change
        a moment later.

        409 `identifier_taken` names the contact that an identifier belongs to; 409 `number_in_use` refuses to remove a
        number that has conversations. Then nothing is changed."""
        check_texts(body)
        if "labels" in body.model_fields_set:
            body = body.model_copy(update={"labels": await labels.known_as(who, body.labels)})
        tenant = await resources.tenant(who.tenant_id)
        arrange = arrangement(body, tenant.default_region)
        change = partial(changed_as_asked, body, resources.clock.now())
        changed = await parts.requests.change(who.tenant_id, contact_id, change, arrange)
        if "labels" in body.model_fields_set:
            await labels.known_as(who, body.labels)  # as above
        return await parts.queries.out(changed)


def _merging_routes(router: APIRouter, parts: ContactParts, gate: Access) -> None:
    @router.post("/{contact_id}/merge", response_model=MergedContactOut)
    async def merge_contacts(
        contact_id: str, body: MergeIn, key: RequestKey = Depends(request_key), who: Principal = Depends(gate.agent)
    ) -> dict[str, Any]:
        """Make two contacts one. The one with the smaller id survives: its values win, the other's fill gaps, and
        `merges` names what conflicted. The other id answers with the survivor. Consent stays with each number.

        Merging what is one contact already changes nothing. 409 `too_many_merges`, `too_many_identifiers`."""
        ids = (contact_id, body.other_id)
        merge_id = key.id_for("mrg", who.tenant_id, f"{MERGE}|{contact_id}|{body.other_id}")
        survivor, merged_as = await parts.requests.merge(who.tenant_id, ids, merge_id, _actor(who))
        return {**await parts.queries.out(survivor), "merge_id": merged_as}

    @router.post("/{contact_id}/unmerge", response_model=UnmergedContactOut)
    async def unmerge_contacts(
        contact_id: str, body: UnmergeIn, _key: RequestKey = Depends(request_key), who: Principal = Depends(gate.agent)
    ) -> dict[str, Any]:
        """Undo a merge: the other contact is back with what it had, its numbers' conversations and its activities.
        What was noted since the merge stays with the survivor.

        409 `merged_since` if the contact has itself been merged into another one since: undo that merge first."""
        contact, restored = await parts.requests.unmerge(who.tenant_id, contact_id, body.merge_id, _actor(who))
        return {**await parts.queries.out(contact), "restored": await parts.queries.out(restored)}


def _actor(who: Principal) -> Actor:
    if who.user_id:
        return Actor(author="agent", user_id=who.user_id)
    return Actor(author="api", key_id=who.subject_id)
