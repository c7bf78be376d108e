"""What an assistant is shown when it is asked: the latest texts, the unanswered ones last, within the size budget."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from conversation.domain.assistant.snapshot_budget import (
    CONTACT_FACTS_BYTES,
    GUIDE_BYTES,
    HISTORY_BYTES,
    LINE_BYTES,
    OTHER_CHANNELS_BYTES,
    cut,
    fitting,
)
from conversation.domain.judgement.autopilot import Allowance
from conversation.domain.media.words import attached
from conversation.domain.thread.model import Conversation, Message, Thread
from conversation.guides.domain.choice import choose
from conversation.guides.domain.guide import Guide
from shared.blank_text import is_blank
from shared.events import FINAL_UNSENT, ChosenGuide, ReplyRequested, TextMedia, TranscriptLine

LINES = 20
LONGEST_LABEL = 200
MEDIA_SHOWN = 10
NOTHING_WRITTEN = "[no text]"


@dataclass(frozen=True)
class Surroundings:
    """Guides, other channels' activities and our number's name, read by the handler when a turn is due."""

    guides: tuple[Guide, ...] = ()
    other_channels: tuple[str, ...] = ()
    number_label: str = ""
    allowances: Mapping[str, Allowance] = field(default_factory=dict[str, Allowance])
    """By guide id; a guide without one leaves the mode to the conversation."""

    def allowance_of(self, wanted: ReplyRequested) -> Allowance:
        """What the guide of this request allows."""
        guide = wanted.chosen_guide
        return self.allowances.get(guide.id, Allowance()) if guide else Allowance()


def request(thread: Thread, conversation: Conversation, known: Surroundings, answer_by: datetime) -> ReplyRequested:
    """The caller sets `ai_mode` and `max_parts`. Raises `ValueError` if there is no text to answer, or one too long."""
    shown = _shown(thread, conversation)
    return ReplyRequested(
        thread_id=thread.id,
        conversation_id=conversation.id,
        turn=thread.turn.n,
        number=thread.number,
        number_label=known.number_label[:LONGEST_LABEL],
        contact=thread.contact,
        ai_mode="off",
        assistant_id=conversation.assistant_id,
        answer_by=answer_by,
        history=tuple(TranscriptLine(author=one.author, text=text, at=one.created_at) for one, text in shown),
        text_media=_media([one for one, _ in shown], thread.turn.causes),
        wordless=_is_wordless(thread),
        guide=cut(conversation.guide, GUIDE_BYTES),
        chosen_guide=_fitted(choose(known.guides, _unanswered_text(thread))),
        contact_facts=_facts(thread),
        other_channels=_newest_fitting(known.other_channels, OTHER_CHANNELS_BYTES),
    ).checked()


def _shown(thread: Thread, conversation: Conversation) -> list[tuple[Message, str]]:
    """The conversation's latest lines, oldest first, then the unanswered texts. Messages that never left are not shown.

    Where the budget does not hold them all, the oldest lines are left out.
    """
    said = [one for one in thread.messages if one.conversation_id == conversation.id and one.status not in FINAL_UNSENT]
    open_ids = set(thread.turn.causes)
    answered = [one for one in said if one.id not in open_ids]
    unanswered = [one for one in thread.messages if one.id in open_ids]
    room = max(0, LINES - len(unanswered))
    shown = [*answered[len(answered) - min(room, len(answered)) :], *unanswered]
    texts = _newest_fitting([_spoken(one) for one in shown], HISTORY_BYTES)
    return list(zip(shown[len(shown) - len(texts) :], texts, strict=True))


def _spoken(message: Message) -> str:
    words = "" if is_blank(message.text) else message.text
    return " ".join(part for part in (words, attached(message.media)) if part) or NOTHING_WRITTEN


def _media(shown: Sequence[Message], causes: Collection[str]) -> tuple[TextMedia, ...]:
    """What came with the unanswered texts, the newest where there is too much of it; with none of them, what came with
    the latest text that had some, since they may be about that. Missing media are in words only."""
    theirs = [one for one in shown if one.direction == "inbound" and one.media]
    asked_about = [one for one in theirs if one.id in causes] or theirs[-1:]
    sent = [
        TextMedia(id=one.id, message_id=message.id, content_type=one.content_type[:100], size=one.size)
        for message in asked_about
        for one in message.media
        if one.state in ("awaited", "stored")
    ]
    return tuple(sent[-MEDIA_SHOWN:])


def _is_wordless(thread: Thread) -> bool:
    unanswered = [one for one in thread.messages if one.id in thread.turn.causes]
    return all(is_blank(one.text) for one in unanswered) and any(one.media for one in unanswered)


def _newest_fitting(texts: Sequence[str], total: int) -> tuple[str, ...]:
    """Of texts in order of time, the last that fit."""
    return fitting(reversed(texts), total, LINE_BYTES)[::-1]


def _unanswered_text(thread: Thread) -> str:
    return " ".join(one.text for one in thread.messages if one.id in thread.turn.causes)


def _fitted(guide: ChosenGuide | None) -> ChosenGuide | None:
    if guide is None:
        return None
    return guide.but(
        instructions=cut(guide.instructions, GUIDE_BYTES), response_template=cut(guide.response_template, LINE_BYTES)
    )


def _facts(thread: Thread) -> tuple[tuple[str, str], ...]:
    card = thread.card
    known = [("name", card.name), ("company", card.company)]
    pairs = [*((key, value) for key, value in known if value), *card.facts]
    values = fitting((f"{key}{value}" for key, value in pairs), CONTACT_FACTS_BYTES, LINE_BYTES)
    return tuple((key, text[len(key) :]) for (key, _), text in zip(pairs, values, strict=False))
