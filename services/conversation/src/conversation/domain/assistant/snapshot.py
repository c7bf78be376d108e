"""What an assistant is shown when it is asked: the latest lines, the unanswered texts last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from conversation.domain.thread.model import Conversation, Message, Thread
from conversation.domain.thread.search_terms import words_of
from shared.events import FINAL_UNSENT, Line, ReplyRequested

LINES = 20
GUIDES = 5
LONGEST_LINE = 10_000
NOTHING_WRITTEN = "[no text]"


@dataclass(frozen=True)
class Guide:
    """A tenant-wide guide: always shown, or only when one of its keywords was written."""

    text: str
    keywords: tuple[str, ...] = ()
    priority: int = 0


@dataclass(frozen=True)
class Surroundings:
    """What else is known when a turn is due; looked up by the handler."""

    guides: tuple[Guide, ...] = ()
    other_channels: tuple[str, ...] = ()


def request(thread: Thread, conversation: Conversation, known: Surroundings, answer_by: datetime) -> ReplyRequested:
    """`ai_mode`, `max_parts` are the caller's to set."""
    lines = history(thread, conversation)
    return ReplyRequested(
        thread_id=thread.id,
        conversation_id=conversation.id,
        turn=thread.turn.n,
        number=thread.number,
        contact=thread.contact,
        ai_mode="off",
        assistant_id=conversation.assistant_id,
        answer_by=answer_by,
        history=lines,
        guide=conversation.guide,
        tenant_guides=_chosen(known.guides, _unanswered_text(thread)),
        contact_facts=_facts(thread),
        other_channels=known.other_channels,
    )


def history(thread: Thread, conversation: Conversation) -> tuple[Line, ...]:
    """The conversation's latest lines in order; what never left is not among them, what is unanswered comes last."""
    said = [one for one in thread.messages if one.conversation_id == conversation.id and one.status not in FINAL_UNSENT]
    open_ids = set(thread.turn.causes)
    answered = [one for one in said if one.id not in open_ids]
    unanswered = [one for one in thread.messages if one.id in open_ids]
    room = max(0, LINES - len(unanswered))
    return tuple(_line(one) for one in [*answered[len(answered) - min(room, len(answered)) :], *unanswered])


def _line(message: Message) -> Line:
    pictures = f"[{len(message.media)} attached]" if message.media else ""
    text = " ".join(part for part in (message.text, pictures) if part) or NOTHING_WRITTEN
    return Line(author=message.author, text=text[:LONGEST_LINE], at=message.created_at)


def _unanswered_text(thread: Thread) -> str:
    return " ".join(one.text for one in thread.messages if one.id in thread.turn.causes)


def _chosen(guides: tuple[Guide, ...], text: str) -> tuple[str, ...]:
    spoken = f" {' '.join(words_of(text))} "

    def wanted(guide: Guide) -> bool:
        return not guide.keywords or any(f" {' '.join(words_of(word))} " in spoken for word in guide.keywords)

    ranked = sorted(filter(wanted, guides), key=lambda guide: (-guide.priority, guide.text))
    return tuple(guide.text for guide in ranked[:GUIDES])


def _facts(thread: Thread) -> tuple[tuple[str, str], ...]:
    card = thread.card
    known = [("name", card.name), ("company", card.company)]
    return (*((key, value) for key, value in known if value), *card.facts)
