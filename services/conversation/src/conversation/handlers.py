"""One function per event: it changes one thread, or one person's consent, as the domain decides."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from conversation.activities.domain.activity import activity_of
from conversation.activities.linking import Linking
from conversation.domain.assistant import accept_reply, request_reply
from conversation.domain.assistant.acts import fields_noted, possible
from conversation.domain.assistant.follow_ups import follow_up_due
from conversation.domain.assistant.snapshot import Surroundings
from conversation.domain.consent import ledger, opt_out
from conversation.domain.receive import receive
from conversation.domain.record_outbound import absorb_status, record_outbound
from conversation.domain.snooze import wake_due
from conversation.domain.thread.context import Scene
from conversation.domain.thread.model import Thread, contact_id
from conversation.domain.workflows.act import act
from conversation.resources import Resources
from shared import tracing
from shared.aggregates import Cause
from shared.database.protocol import Document
from shared.events import (
    ConsentChanged,
    ConsentEvidence,
    ContactActivity,
    Event,
    EventData,
    ReplyDrafted,
    ReplyJudged,
    SmsInbound,
    SmsOutbound,
    SmsStatus,
    WorkflowActed,
    thread_id,
)
from shared.ids import derived_id
from shared.phone import is_pseudonym

SOURCE = "conversation"


async def on_sms_inbound(event: Event[SmsInbound], resources: Resources) -> None:
    """The tenant's triggers count as they are now, like its settings."""
    text, scene = event.data, await _scene(event, resources)
    if await resources.ledger.is_older_than_erasure(event.tenant_id, text.contact, text.effective_at):
        await _keep_wish(event, resources)
        return
    triggers = await resources.triggers.of_tenant(event.tenant_id)
    scene = replace(scene, triggers=triggers, assignee=await resources.turns.next_for(text, scene.tenant))
    await resources.threads.between(
        Cause.of(event), text.number, text.contact, lambda thread: receive(thread, text, scene)
    )
    if text.media:
        resources.media.alarm.ring()


async def _keep_wish(event: Event[SmsInbound], resources: Resources) -> None:
    """A text from before its writer was erased is not filed; a STOP in it counts, without its words."""
    text = event.data
    if text.keyword not in ("stop", "start"):
        return
    change = ConsentChanged(
        entry_id=derived_id("con", text.message_id, text.keyword),
        contact=text.contact,
        state="out" if text.keyword == "stop" else "in",
        effective_at=text.effective_at,
        evidence=ConsentEvidence(kind="keyword", message_id=text.message_id),
    )
    await resources.ledger.absorb(event.tenant_id, change, Cause.of(event), resources.clock.now())


async def on_sms_outbound(event: Event[SmsOutbound], resources: Resources) -> None:
    """A message from another service. Our own are in their threads already."""
    if event.source == SOURCE:
        return
    sent, scene = event.data, await _scene(event, resources)
    if await resources.ledger.is_older_than_erasure(event.tenant_id, sent.contact, event.time):
        return
    hints = {"name": sent.contact_name, "company": sent.contact_company}
    card = await resources.people.fill(event.tenant_id, sent.contact, hints, scene.now)
    run_id = sent.stream if event.source == "campaigns" and sent.author == "workflow" else None
    await resources.threads.between(
        Cause.of(event),
        sent.number,
        sent.contact,
        lambda thread: record_outbound(thread.knowing(card), sent, event.time, scene, run_id=run_id),
    )


async def on_sms_status(event: Event[SmsStatus], resources: Resources) -> None:
    """Usually the thread still holds the message. If not, its record is read, so that it can be updated."""
    status, cause, scene = event.data, Cause.of(event), await _scene(event, resources)
    between = (status.number, status.contact)
    if is_pseudonym(status.contact) or await _is_of_erased(event, resources):
        return
    change = await resources.threads.between(
        cause, *between, lambda thread: absorb_status(thread, status, None, scene, looked=False)
    )
    if change.state is not None and (change.fresh or change.state.message(status.message_id)):
        return
    filed = await resources.messages.get(event.tenant_id, status.message_id)
    await resources.threads.between(
        cause, *between, lambda thread: absorb_status(thread, status, filed, scene, looked=True)
    )


async def _is_of_erased(event: Event[SmsStatus], resources: Resources) -> bool:
    """A report on a text from before its recipient was erased: nothing is left that it could change."""
    status = event.data
    erased = await resources.ledger.erased(event.tenant_id, status.contact)
    if erased is None:
        return False
    thread = await resources.threads.get(thread_id(event.tenant_id, status.number, status.contact))
    if thread is None or thread.is_erased:
        return True
    known = thread.message(status.message_id) or await resources.messages.get(event.tenant_id, status.message_id)
    return known is None


async def on_reply_drafted(event: Event[ReplyDrafted], resources: Resources) -> None:
    draft = event.data
    if any(act.kind == "label" for act in draft.acts):
        draft = draft.but(acts=possible(draft.acts, await resources.label_names.of_tenant(event.tenant_id)))
    scene = await resources.scene_with_consent(event.tenant_id, draft.contact, event.correlation_id)
    await resources.threads.change(
        draft.thread_id, Cause.of(event), lambda thread: accept_reply.on_drafted(thread, draft, scene)
    )


async def on_consent_changed(event: Event[ConsentChanged], resources: Resources) -> None:
    await resources.ledger.absorb(event.tenant_id, event.data, Cause.of(event), resources.clock.now())


async def on_workflow_acted(event: Event[WorkflowActed], resources: Resources) -> None:
    acted, scene = event.data, await _scene(event, resources)
    if await resources.ledger.is_older_than_erasure(event.tenant_id, acted.contact, acted.at):
        return
    if acted.action == "set_field":
        if acted.field:
            fields = {acted.field: acted.value}
            await resources.people.set_fields(event.tenant_id, acted.contact, fields, acted.at, scene.now)
        return
    await resources.threads.between(
        Cause.of(event), acted.number, acted.contact, lambda thread: act(thread, acted, scene)
    )


async def on_contact_activity(event: Event[ContactActivity], resources: Resources, linking: Linking) -> None:
    """One from before its person was erased does not come back, however long a neighbour has held it."""
    told, number = event.data, event.data.phone_number
    at = min(event.time, told.at)
    if number and await resources.ledger.is_older_than_erasure(event.tenant_id, number, at):
        return
    activity = activity_of(event.tenant_id, told, resources.clock.now())
    if await resources.erased_identifiers.is_older_than_erasure(event.tenant_id, activity.identifiers, at):
        return
    await linking.learn_from(await resources.activities.keep(activity))


async def on_reply_judged(event: Event[ReplyJudged], resources: Resources) -> None:
    """Our own: one more judgement may give the guide its autopilot, or take it away."""
    if event.data.guide_id:
        await resources.autopilots.reconsider(event.tenant_id, event.data.guide_id, Cause.of(event))


async def on_turn_due(document: Document, resources: Resources) -> None:
    """The quiet period is over, the status of a withdrawn answer is known, or the answer did not come in time; or a
    snoozed conversation wakes."""
    thread = resources.threads.state_of(document)
    turn, due_at, now = thread.turn, thread.turn.due_at, resources.clock.now()
    if any(one.snoozed_until and one.snoozed_until <= now for one in thread.conversations):
        await _wake(thread, resources)
    if thread.field_notes:
        await _note_fields(thread, resources)
    if thread.follow_up and thread.follow_up.at <= now:
        await _follow_up(thread, resources)
    if due_at is None or due_at > now:
        return
    scene, guides, activities, label = await asyncio.gather(
        resources.scene_with_consent(thread.tenant_id, thread.contact, turn.correlation_id),
        resources.guides.of_tenant(thread.tenant_id),
        resources.activities.latest(thread.tenant_id, thread.contact, thread.card.others),
        resources.numbers.label_of(thread.number),
    )
    allowances = await resources.autopilots.allowances(thread.tenant_id, guides)
    known = Surroundings(guides, activities, label, allowances)
    what = f"{thread.id}|{turn.n}|{turn.state}"
    cause = Cause.due(thread.tenant_id, what, turn.correlation_id, turn.traceparent)
    facts = {"tenant": thread.tenant_id, "correlation": turn.correlation_id}
    with tracing.span("turn due", service=SOURCE, parent=turn.traceparent, facts=facts):
        await resources.threads.change(thread.id, cause, lambda present: request_reply.on_due(present, known, scene))


async def _note_fields(thread: Thread, resources: Resources) -> None:
    """On the contact's card, before the thread forgets them."""
    scene, noted = await resources.scene(thread.tenant_id), thread.field_notes
    for note in noted:
        fields = {note.field: note.value}
        await resources.people.set_fields(thread.tenant_id, thread.contact, fields, note.at, scene.now)
    cause = Cause.due(thread.tenant_id, f"{thread.id}|noted|{thread.saves}", thread.id)
    await resources.threads.change(thread.id, cause, lambda present: fields_noted(present, noted))


async def _follow_up(thread: Thread, resources: Resources) -> None:
    scene = await resources.scene_with_consent(thread.tenant_id, thread.contact)
    cause = Cause.due(thread.tenant_id, f"{thread.id}|follow-up|{thread.saves}", thread.id)
    await resources.threads.change(thread.id, cause, lambda present: follow_up_due(present, scene))


async def _wake(thread: Thread, resources: Resources) -> None:
    scene = await resources.scene(thread.tenant_id)
    cause = Cause.due(thread.tenant_id, f"{thread.id}|wake|{thread.saves}", thread.id)
    await resources.threads.change(thread.id, cause, lambda present: wake_due(present, scene))


async def on_consent_spread(document: Document, resources: Resources) -> None:
    """A STOP to one number holds for all: copy the ledger's entries into each of the contact's threads."""
    consents = resources.ledger.aggregates.state_of(document)
    tenant_id, entries = consents.tenant_id, consents.entries
    scene = await resources.scene(tenant_id)
    version = f"{document['id']}|{document['version']}"
    person = await resources.people.by_number(tenant_id, consents.contact)
    ids = {contact_id(tenant_id, consents.contact), *(person.ids if person else ())}
    ids |= {person.was_in} if person and person.was_in else set()
    async for found in resources.threads.of_contact(tenant_id, sorted(ids)):
        if found.contact != consents.contact:
            continue  # consent belongs to a number, and a contact may have several
        cause = Cause.due(tenant_id, f"{found.id}|{version}", document["id"])
        await resources.threads.change(found.id, cause, lambda thread: opt_out.hear(thread, entries, scene))
    done = Cause.due(tenant_id, version, document["id"])
    await resources.ledger.change(tenant_id, consents.contact, done, lambda state: ledger.spread(state, entries))


async def _scene(event: Event[EventData], resources: Resources) -> Scene:
    scene = await resources.scene(event.tenant_id, event.correlation_id)
    return replace(scene, traceparent=event.traceparent)
