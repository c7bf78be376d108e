"""What each event does: one change of one thread (or of one person's consent), decided by the domain."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from conversation.channel_activity import Activities
from conversation.contacts import Contacts, card_of
from conversation.domain import agent_actions, receive, record_outbound
from conversation.domain.assistant import accept_reply, request_reply
from conversation.domain.assistant.snapshot import Surroundings
from conversation.domain.consent import ledger, opt_out
from conversation.domain.thread.context import Scene
from conversation.domain.thread.model import contact_id
from conversation.guides import Guides
from conversation.store import Ledger, Messages, Threads
from shared import tracing
from shared.aggregates import Cause
from shared.clock import Clock
from shared.database.protocol import Document
from shared.errors import NotFound
from shared.events import (
    ConsentChanged,
    ConsentEntry,
    ContactActivity,
    Event,
    EventData,
    ReplyDrafted,
    SmsInbound,
    SmsOutbound,
    SmsStatus,
    TenantChanged,
)
from shared.internal.read_models import ReadModel

SOURCE = "conversation"


@dataclass(frozen=True)
class Desk:
    """Everything handlers and requests work with."""

    threads: Threads
    messages: Messages
    contacts: Contacts
    ledger: Ledger
    guides: Guides
    activities: Activities
    tenants: ReadModel[TenantChanged]
    clock: Clock

    async def tenant(self, tenant_id: str) -> TenantChanged:
        tenant = await self.tenants.get(tenant_id)
        if tenant is None:
            raise NotFound("unknown_tenant", "accounts knows no such tenant (yet)")
        return tenant

    async def scene(self, tenant_id: str, correlation_id: str = "", consent: tuple[ConsentEntry, ...] = ()) -> Scene:
        return Scene(self.clock.now(), await self.tenant(tenant_id), correlation_id, consent)

    async def scene_with_consent(self, tenant_id: str, contact: str, correlation_id: str = "") -> Scene:
        return await self.scene(tenant_id, correlation_id, await self.ledger.entries(tenant_id, contact))


async def on_sms_inbound(event: Event[SmsInbound], desk: Desk) -> None:
    text, scene = event.data, await _scene(event, desk)
    await desk.threads.between(
        Cause.of(event), text.number, text.contact, lambda thread: receive.receive(thread, text, scene)
    )


async def on_sms_outbound(event: Event[SmsOutbound], desk: Desk) -> None:
    """What we published ourselves is in its thread already."""
    if event.source == SOURCE:
        return
    sent, scene = event.data, await _scene(event, desk)
    hints = {"name": sent.contact_name, "company": sent.contact_company}
    card = await desk.contacts.fill(event.tenant_id, sent.contact, hints, scene.now)
    await desk.threads.between(
        Cause.of(event),
        sent.number,
        sent.contact,
        lambda thread: record_outbound.record_outbound(thread.knowing(card), sent, event.time, scene),
    )


async def on_sms_status(event: Event[SmsStatus], desk: Desk) -> None:
    """Mostly of a message the thread still holds; an older one is fetched, for its record to be brought up to date."""
    status, cause, scene = event.data, Cause.of(event), await _scene(event, desk)
    between = (status.number, status.contact)
    change = await desk.threads.between(
        cause, *between, lambda thread: record_outbound.absorb_status(thread, status, None, scene, looked=False)
    )
    if change.state is not None and (change.fresh or change.state.message(status.message_id)):
        return
    filed = await desk.messages.get(event.tenant_id, status.message_id)
    await desk.threads.between(
        cause, *between, lambda thread: record_outbound.absorb_status(thread, status, filed, scene, looked=True)
    )


async def on_reply_drafted(event: Event[ReplyDrafted], desk: Desk) -> None:
    draft = event.data
    scene = await desk.scene_with_consent(event.tenant_id, draft.contact, event.correlation_id)
    await desk.threads.change(
        draft.thread_id, Cause.of(event), lambda thread: accept_reply.on_drafted(thread, draft, scene)
    )


async def on_consent_changed(event: Event[ConsentChanged], desk: Desk) -> None:
    change, tenant_id = event.data, event.tenant_id
    now = desk.clock.now()
    await desk.ledger.change(
        tenant_id, change.contact, Cause.of(event), lambda state: ledger.absorb(state, tenant_id, change, now)
    )


async def on_contact_activity(event: Event[ContactActivity], desk: Desk) -> None:
    await desk.activities.keep(event)


async def on_turn_due(document: Document, desk: Desk) -> None:
    """The customer has been quiet long enough, a withdrawn answer's fate is known, or an answer never came."""
    thread = desk.threads.state_of(document)
    turn, due_at = thread.turn, thread.turn.due_at
    if due_at is None:
        return
    scene, guides, lately = await asyncio.gather(
        desk.scene_with_consent(thread.tenant_id, thread.contact, turn.correlation_id),
        desk.guides.of(thread.tenant_id),
        desk.activities.lately(thread.tenant_id, thread.contact),
    )
    known = Surroundings(guides, lately)
    what = f"{thread.id}|{turn.n}|{turn.state}"
    cause = Cause.due(thread.tenant_id, what, turn.correlation_id, turn.traceparent)
    facts = {"tenant": thread.tenant_id, "correlation": turn.correlation_id}
    with tracing.span("turn due", service=SOURCE, parent=turn.traceparent, facts=facts):
        await desk.threads.change(thread.id, cause, lambda present: request_reply.on_due(present, known, scene))


async def on_contact_changed(document: Document, desk: Desk) -> None:
    """Bring a changed card into every thread of the contact."""
    card, tenant_id = card_of(document), document["tenant_id"]
    scene = await desk.scene(tenant_id)
    async for found in desk.threads.of_contact(tenant_id, card.id):
        cause = Cause.due(tenant_id, f"{found.id}|card|{card.revision}", card.id)
        await desk.threads.change(found.id, cause, lambda thread: agent_actions.with_card(thread, card, scene))
    await desk.contacts.spread_done(document)


async def on_consent_spread(document: Document, desk: Desk) -> None:
    """A STOP to one number holds for all: let every thread of the contact hear what the ledger knows."""
    consents = desk.ledger.aggregates.state_of(document)
    tenant_id, entries = consents.tenant_id, consents.entries
    scene = await desk.scene(tenant_id)
    version = f"{document['id']}|{document['version']}"
    async for found in desk.threads.of_contact(tenant_id, contact_id(tenant_id, consents.contact)):
        cause = Cause.due(tenant_id, f"{found.id}|{version}", document["id"])
        await desk.threads.change(found.id, cause, lambda thread: opt_out.hear(thread, entries, scene))
    done = Cause.due(tenant_id, version, document["id"])
    await desk.ledger.change(tenant_id, consents.contact, done, lambda state: ledger.spread(state, entries))


async def _scene(event: Event[EventData], desk: Desk) -> Scene:
    scene = await desk.scene(event.tenant_id, event.correlation_id)
    return replace(scene, traceparent=event.traceparent)
