"""Tells campaigns of the texts that concern campaigns and workflows, so that it need not read all others.

The selection does not depend on the order in which texts and campaign texts arrive.
"""

from __future__ import annotations

from datetime import datetime

from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Message
from shared.events import ContactTexted, Media, SmsOutbound, is_of_campaigns


def note_campaign_text(edit: Edit, sent: SmsOutbound, at: datetime) -> None:
    if is_of_campaigns(sent.author, sent.campaign_id):
        follow_from(edit, at)


def follow_from(edit: Edit, at: datetime) -> None:
    """Campaigns hears of the contact's texts from this moment on, those included that are here already."""
    since = edit.thread.campaign_since
    if since is not None and since <= at:
        return
    edit.change(campaign_since=at)
    for message in edit.thread.messages:
        passed_on = since is not None and since <= message.created_at
        if message.direction == "inbound" and not passed_on:
            tell_campaigns(edit, message)


def tell_campaigns(edit: Edit, message: Message) -> None:
    """Where a campaign or workflow has texted before. Consent tells of keywords."""
    since = edit.thread.campaign_since
    if since is None or message.created_at < since or message.keyword:
        return
    told = ContactTexted(
        message_id=message.id,
        thread_id=edit.thread.id,
        conversation_id=message.conversation_id,
        number=edit.thread.number,
        contact=edit.thread.contact,
        text=message.text,
        media=tuple(Media(url=one.url, content_type=one.content_type, size=one.size) for one in message.media),
        others=message.others,
        kind=message.kind,
        effective_at=message.created_at,
    )
    edit.publish(told, message.id, discriminator=message.id)
