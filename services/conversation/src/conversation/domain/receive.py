"""A customer's text arrives: it is filed, then its consent keyword is obeyed, then it may open a turn.

The same texts in any order and any number lead to the same thread. One exception: the conversation that a late text
joins depends on when it arrives.
"""

from __future__ import annotations

import re

from conversation.domain.assistant.limits import asks_for_a_person
from conversation.domain.assistant.mode import effective_mode
from conversation.domain.assistant.needs_person import PausingReason, ask_for_person, paused
from conversation.domain.assistant.turn import count_text, open_turn
from conversation.domain.consent.help_reply import answer_help
from conversation.domain.consent.opt_out import written
from conversation.domain.consent.phrases import read_consent
from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Conversation, Message, Thread
from shared.aggregates import Decision
from shared.blank_text import is_blank
from shared.events import SmsInbound, UsageRecorded

_E164 = re.compile(r"\+[1-9]\d{1,14}")


def receive(thread: Thread, event: SmsInbound, scene: Scene) -> Decision[Thread] | None:
    if thread.message(event.message_id):
        return None
    edit = Edit(thread, scene)
    edit.change(contact_texted_us=True)
    conversation = edit.join(event.effective_at)
    conversation = edit.update(conversation, state="open", unread=conversation.unread + 1)
    message = edit.file(_message(event, conversation))
    _book_parts(edit, event, conversation)
    if _E164.fullmatch(event.contact):  # short codes and names cannot receive texts
        _react(edit, event, message)
    return edit.done()


def _react(edit: Edit, event: SmsInbound, message: Message) -> None:
    """Groups are not answered automatically. A keyword in a group counts as its writer's, as it does in the sender."""
    if event.keyword == "stop":
        written(edit, message, "out", "keyword")
    elif event.keyword == "start":
        written(edit, message, "in", "keyword")
    elif event.others:
        return
    elif event.keyword == "help":
        if not event.carrier_answered:
            answer_help(edit, message)
    elif message.media or not is_blank(message.text):
        _react_to_text(edit, message)


def _react_to_text(edit: Edit, message: Message) -> None:
    reading = read_consent(message.text)
    phrase = asks_for_a_person(message.text, edit.scene.tenant)
    if reading == "out":
        written(edit, message, "out", "phrase")
    elif reading == "unclear":
        _pause(edit, message, "possible_opt_out", "may want no more texts; ask, or opt the contact out")
    elif phrase:
        _pause(edit, message, "asked_for_person", f"wrote: {phrase}")
    elif _wants_answer(edit, message):
        open_turn(edit, message)
    else:
        count_text(edit)


def _pause(edit: Edit, message: Message, reason: PausingReason, detail: str) -> None:
    ask_for_person(edit, _conversation_of(edit, message), paused(reason, message.created_at, detail))
    count_text(edit)


def _wants_answer(edit: Edit, message: Message) -> bool:
    """The opt-out itself is checked when the turn is due: a START sent before this text may still arrive."""
    stopped_at = edit.thread.last_stop_at
    if stopped_at and message.created_at <= stopped_at:
        return False
    return effective_mode(_conversation_of(edit, message), edit.scene.tenant) != "off"


def _conversation_of(edit: Edit, message: Message) -> Conversation:
    return edit.conversation(message.conversation_id)


def _message(event: SmsInbound, conversation: Conversation) -> Message:
    return Message(
        id=event.message_id,
        conversation_id=conversation.id,
        direction="inbound",
        author="customer",
        text=event.text,
        media=event.media,
        from_number=event.contact,
        to_number=event.number,
        status="received",
        parts=event.parts,
        encoding=event.encoding,
        cost=event.cost,
        created_at=event.effective_at,
    )


def _book_parts(edit: Edit, event: SmsInbound, conversation: Conversation) -> None:
    usage = UsageRecorded(
        ledger_key=f"{event.message_id}:sms_parts_in",
        revision=1,
        kind="sms_parts_in",
        quantity=event.parts,
        carrier_cost=event.cost,
        used_at=event.effective_at,
        number=event.number,
        contact=event.contact,
        message_id=event.message_id,
        conversation_id=conversation.id,
        message_type="mms" if event.media else "sms",
    )
    edit.publish(usage, event.message_id, edit.thread.tenant_id)
