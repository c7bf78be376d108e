"""Conversations and messages as the HTTP API and `conversation.updated` show them."""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict

from conversation.domain.assistant.doing import doing, shown_state
from conversation.domain.assistant.mode import shown_mode
from conversation.domain.consent.state import is_out
from conversation.domain.thread.model import Card, Conversation, Draft, Message, MessageMedia, Preview, Thread
from conversation.domain.thread.planned import FollowUp
from shared.events import TenantChanged, Why
from shared.events.ai_responder import Act
from shared.sms_parts import measure

Wire = dict[str, Any]
MEDIA_PATH = "/api/media"


def message_wire(message: Message) -> Wire:
    return {
        "id": message.id,
        "conversation_id": message.conversation_id,
        "direction": message.direction,
        "author": message.author,
        "text": message.text,
        "media": [media_wire(one) for one in message.media],
        "kind": message.kind or "text",
        "reaction": message.reaction.plain() if message.reaction else None,
        "others": list(message.others),
        "from": message.from_number,
        "to": message.to_number,
        "status": message.status,
        "reason": message.reason,
        "parts": message.parts,
        "encoding": message.encoding,
        "cost": message.cost.plain() if message.cost else None,
        "error": message.error.plain() if message.error else None,
        "created_at": message.created_at,
        "sent_at": message.sent_at,
        "delivered_at": message.delivered_at,
        "why": why_wire(message.why),
        "revision": message.revision,
    }


def media_wire(media: MessageMedia) -> Wire:
    """What is kept here is shown by its path in this API, never by a link of the carrier or for it."""
    return {
        "id": media.id or None,
        "url": f"{MEDIA_PATH}/{media.id}" if media.id else media.url,
        "content_type": media.content_type,
        "size": media.size,
        "state": media.state,
        "reason": media.reason,
    }


def conversation_wire(thread: Thread, conversation: Conversation, tenant: TenantChanged) -> Wire:
    """`ai_mode` is the effective one: the conversation's own, or else the tenant's."""
    draft = thread.draft if thread.draft and thread.draft.conversation_id == conversation.id else None
    needs = conversation.needs_person
    return {
        "id": conversation.id,
        "contact": contact_wire(thread.card),
        "phone_number": thread.number,
        "state": conversation.state,
        "ai_mode": shown_mode(conversation.ai_mode, tenant),
        "shadow": conversation.shadow,
        "ai_state": shown_state(shown_mode(conversation.ai_mode, tenant), doing(thread, conversation)),
        "assistant_id": conversation.assistant_id,
        "assignee": conversation.assignee,
        "guide": conversation.guide,
        "draft": draft_wire(draft) if draft else None,
        "follow_up": follow_up_wire(thread.follow_up, conversation),
        "needs_person": needs.plain() if needs else None,
        "opted_out": is_out(thread),
        "unread": conversation.unread,
        "received": conversation.received,
        "last_inbound_at": conversation.last_inbound_at,
        "labels": list(conversation.labels),
        "snoozed_until": conversation.snoozed_until,
        "notes": conversation.notes,
        "last_message": preview_wire(conversation.last_message),
        "last_activity_at": conversation.last_activity_at,
        "created_at": conversation.created_at,
        "revision": conversation.revision,
    }


def contact_wire(card: Card) -> Wire:
    return {"id": card.id, "phone_number": card.phone_number, "name": card.name, "company": card.company}


def draft_wire(draft: Draft) -> Wire:
    measured = measure(draft.text)
    return {
        "id": draft.id,
        "text": draft.text,
        "parts": measured.parts,
        "encoding": measured.encoding,
        "assistant_id": draft.assistant_id,
        "reason": draft.reason,
        "ungrounded": [claim.plain() for claim in draft.ungrounded],
        "why": why_wire(draft.why, with_texts=True),
        "acts": [act_wire(act) for act in draft.acts],
        "created_at": draft.created_at,
    }


def follow_up_wire(plan: FollowUp | None, conversation: Conversation) -> Wire | None:
    return {"text": plan.text, "at": plan.at} if plan and plan.conversation_id == conversation.id else None


def act_wire(act: Act) -> Wire:
    return {"kind": act.kind, "name": act.name, "value": act.value, "text": act.text, "at": act.at}


def why_wire(why: Why | None, *, with_texts: bool = False) -> Wire | None:
    """How an answer came about. The texts of its passages go only where one answer is looked at."""
    if why is None:
        return None
    passages = [(one if with_texts else one.but(text="")).plain() for one in why.passages]
    return {**asdict(why), "passages": passages, "guards": list(why.guards)}


def preview_wire(preview: Preview | None) -> Wire | None:
    return preview.plain() if preview else None
