"""Texts that start a workflow run: campaigns hears of them, and the assistant leaves it a moment to take them."""

from __future__ import annotations

from datetime import timedelta

from conversation.domain.campaign_replies import follow_from
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Message
from shared.events import ConversationOpened

RUN_PATIENCE = timedelta(seconds=5)
"""A run starts within a second; the assistant must not answer the same text first."""


def call_workflows(edit: Edit, message: Message, *, opened: bool) -> bool:
    """Whether this text may start a run. Groups, reactions and automatic replies never do."""
    triggers = edit.scene.triggers
    if message.others or message.kind or message.keyword:
        return False
    matches, begins = triggers.matches(message.text), opened and triggers.new_conversation
    if matches:
        follow_from(edit, message.created_at)
    if begins:
        edit.publish(_opened(edit, message), message.conversation_id, discriminator=message.conversation_id)
    return matches or begins


def _opened(edit: Edit, message: Message) -> ConversationOpened:
    return ConversationOpened(
        conversation_id=message.conversation_id,
        thread_id=edit.thread.id,
        message_id=message.id,
        number=edit.thread.number,
        contact=edit.thread.contact,
        contact_id=edit.thread.card.id,
        text=message.text,
        effective_at=message.created_at,
    )
