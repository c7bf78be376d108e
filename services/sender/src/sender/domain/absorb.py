"""A new message takes its place in the lane, or is refused or withdrawn at once.

An error never dead-letters what carries a stream's number: a refusal is an outcome and consumes the number.
"""

from __future__ import annotations

from datetime import datetime

from sender.domain.lane import MAX_WAITING, Lane
from sender.domain.message import Message, Step
from sender.domain.questions import has_unknown_question
from sender.domain.timing import Timing, after
from shared.blank_text import is_blank
from shared.control_characters import control_character_in
from shared.errors import Invalid
from shared.events import UNKNOWN_QUESTION, Event, NumberChanged, SmsOutbound, lack_of, thread_id
from shared.events.kinds import is_media_url
from shared.phone import is_pseudonym, to_e164
from shared.sms_parts import measure

MAX_PARTS = 10


def lane_of(event: Event[SmsOutbound]) -> Lane:
    """The lane such a message belongs to, empty."""
    order = event.data
    id = thread_id(event.tenant_id, order.number, order.contact)
    return Lane(id=id, tenant_id=event.tenant_id, number=order.number, contact=order.contact)


def absorb(
    lane: Lane | None, event: Event[SmsOutbound], number: NumberChanged | None, now: datetime, timing: Timing
) -> Lane | None:
    """The lane with this message in it; None if it is there already (the same id under another event)."""
    lane = _reached(lane or lane_of(event), event.data.contact)
    if lane.find(event.data.message_id):
        return None
    message = new_message(lane, event, now)
    problem = _problem(lane, message, number)
    if problem:
        reason, detail = problem
        return lane.with_message(message.moved("refused", now, reason, detail))
    withdrawal = next((each for each in lane.withdrawals if each.covers(message)), None)
    if withdrawal:
        return lane.with_message(message.moved("withdrawn", now, withdrawal.reason))
    if has_unknown_question(lane, event.data):
        detail = "a workflow had asked this person something that was not known when this answer was made"
        return lane.with_message(message.moved("refused", now, UNKNOWN_QUESTION, detail))
    waits = message.but(gap_at=after(now, timing.gap)) if message.stream else message
    return lane.with_message(waits)


def _reached(lane: Lane, contact: str) -> Lane:
    """A person who was erased, and is texted again since."""
    return lane.but(contact=contact) if is_pseudonym(lane.contact) else lane


def new_message(lane: Lane, event: Event[SmsOutbound], now: datetime) -> Message:
    measured = measure(event.data.text)
    return Message(
        id=event.data.message_id,
        tenant_id=event.tenant_id,
        lane_id=lane.id,
        order=event.data,
        ordered_at=event.time,
        event_id=event.id,
        correlation_id=event.correlation_id,
        traceparent=event.traceparent,
        created_at=now,
        changed_at=now,
        look_at=now,
        history=(Step(at=now, status="queued"),),
        parts=max(1, measured.parts),
        encoding=measured.encoding if event.data.text else None,
    )


def _problem(lane: Lane, message: Message, number: NumberChanged | None) -> tuple[str, str] | None:
    """Why it can never be sent: a stable code and what to do about it."""
    order = message.order
    if number is None or number.tenant_id != message.tenant_id:
        return "number_not_yours", "the sending number does not belong to this tenant"
    if lack := lack_of(number, order.media_urls):
        return lack.code, lack.detail
    if wrong := _wrong_number(order):
        return wrong
    if is_blank(order.text) and not order.media_urls:
        return "empty", "there is neither text nor media"
    if told := control_character_in(order.text):
        return "control_character", told
    if not all(map(is_media_url, order.media_urls)):
        return "invalid_media_url", "a media URL must be an http or https address"
    if message.parts > MAX_PARTS:
        return "too_long", f"the text takes {message.parts} parts; the carrier takes {MAX_PARTS} at most"
    if sum(1 for _ in lane.live_messages(message.priority)) >= MAX_WAITING:  # a campaign's crowd keeps no reply out
        return "lane_full", f"{MAX_WAITING} messages to this person are waiting already"
    return _stream_problem(lane, message)


def _wrong_number(order: SmsOutbound) -> tuple[str, str] | None:
    if order.contact_texted_us:
        return None
    try:
        if to_e164(order.contact, "US") != order.contact:
            return "invalid_phone_number", "the recipient is not a number in E.164 form"
    except Invalid as error:
        return error.code, error.detail
    return None


def _stream_problem(lane: Lane, message: Message) -> tuple[str, str] | None:
    if message.stream is None or message.order.seq is None:
        return None
    if lane.holds_number_of(message):
        return "number_taken", "another message of this stream has the same number"
    if lane.stream(message.stream).knows(message.order.seq):
        return "late", "its number in the stream was skipped or used; send it again under a new number"
    return None
