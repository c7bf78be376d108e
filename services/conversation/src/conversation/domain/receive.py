"""A customer's text arrives: it is filed, then its consent keyword is obeyed, then it may open a turn.

The same texts in any order and any number lead to the same thread. Two exceptions depend on when a text arrives: which
conversation a late one joins, and which message a reaction is found to quote.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Literal

from conversation.domain.assistant.follow_ups import cancel_follow_up
from conversation.domain.assistant.needs_person import PausingReason, ask_for_person, flagged, paused
from conversation.domain.assistant.turn import count_text, open_turn, opens_turn
from conversation.domain.campaign_replies import tell_campaigns
from conversation.domain.consent.help_reply import answer_help
from conversation.domain.consent.opt_out import written
from conversation.domain.inbound_usage import inbound_usage
from conversation.domain.media.receive import await_media, media_of
from conversation.domain.reactions import reaction_to
from conversation.domain.thread.arrival import count_received
from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Conversation, Message, Thread
from conversation.domain.workflows.start import RUN_PATIENCE, call_workflows
from shared.aggregates import Decision
from shared.blank_text import is_blank
from shared.consent import ConsentReading, read_consent
from shared.consent.hand_over import asks_for_a_person
from shared.events import SmsInbound

_E164 = re.compile(r"\+[1-9]\d{1,14}")


def receive(thread: Thread, event: SmsInbound, scene: Scene) -> Decision[Thread] | None:
    if thread.message(event.message_id):
        return None
    edit = Edit(thread, scene)
    edit.change(contact_texted_us=True)
    cancel_follow_up(edit, "the customer wrote")
    conversation = edit.join(event.effective_at)
    conversation = count_received(edit, conversation, event.effective_at, event.message_id)
    reading = read_consent(event.text)
    message = edit.file(_message(event, conversation, reading, thread))
    await_media(edit, message)
    edit.publish(inbound_usage(event, conversation.id), event.message_id, edit.thread.tenant_id)
    tell_campaigns(edit, message)
    if _E164.fullmatch(event.contact):  # short codes and names cannot receive texts
        _react(edit, event, message, reading, opened=conversation.ordinal > thread.periods)
    return edit.done()


def _react(edit: Edit, event: SmsInbound, message: Message, reading: ConsentReading, *, opened: bool) -> None:
    """Groups are not answered automatically. A keyword in a group counts as its writer's, as it does in the sender;
    "please stop texting me" there may be said to another participant."""
    addressed_to_us = not event.others or reading.plain_keyword
    wish = event.keyword or (reading.reading if addressed_to_us else "none")
    starts_run = wish == "none" and call_workflows(edit, message, opened=opened)
    if wish == "stop":
        written(edit, message, "out", _evidence(event, reading))
    elif wish == "start":
        written(edit, message, "in", _evidence(event, reading))
        if "?" in event.text and not event.others and not reading.plain_keyword:
            _react_to_text(edit, message, reading)  # "start texting me again, are you open today?"
    elif event.others:
        ask_for_person(edit, _conversation_of(edit, message), flagged("group_text", message.created_at))
    elif wish == "help":
        if not event.carrier_answered:
            answer_help(edit, message)
    elif reading.kind == "text" and (message.media or not is_blank(message.text)):
        _react_to_text(edit, message, reading, starts_run=starts_run)


def _evidence(event: SmsInbound, reading: ConsentReading) -> Literal["keyword", "phrase"]:
    """A keyword is what the carrier matched too, whatever else the text says."""
    matched_by_carrier = event.keyword is not None and (event.carrier_answered or reading.reading != event.keyword)
    return "keyword" if matched_by_carrier or reading.plain_keyword else "phrase"


def _react_to_text(edit: Edit, message: Message, reading: ConsentReading, *, starts_run: bool = False) -> None:
    asked = asks_for_a_person(message.text, edit.scene.tenant.hand_over_phrases)
    if reading.reading == "possible_stop":
        _pause(edit, message, "possible_opt_out", f"reads like: {reading.rule}")
    elif asked:
        _pause(edit, message, "asked_for_person", f"wrote: {asked}")
    elif opens_turn(edit, message):
        open_turn(edit, message, RUN_PATIENCE if starts_run else timedelta())
    else:
        count_text(edit)


def _pause(edit: Edit, message: Message, reason: PausingReason, detail: str) -> None:
    ask_for_person(edit, _conversation_of(edit, message), paused(reason, message.created_at, detail))
    count_text(edit)


def _conversation_of(edit: Edit, message: Message) -> Conversation:
    return edit.conversation(message.conversation_id)


def _message(event: SmsInbound, conversation: Conversation, reading: ConsentReading, thread: Thread) -> Message:
    return Message(
        id=event.message_id,
        conversation_id=conversation.id,
        direction="inbound",
        author="customer",
        text=event.text,
        media=media_of(event),
        kind="" if reading.kind == "text" else reading.kind,
        reaction=reaction_to(reading, thread),
        others=event.others,
        keyword=event.keyword,
        from_number=event.contact,
        to_number=event.number,
        status="received",
        parts=event.parts,
        encoding=event.encoding,
        cost=event.cost,
        created_at=event.effective_at,
    )
