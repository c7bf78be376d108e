"""Turns in the messages of one conversation: the customer's unanswered texts, and the answer that was sent to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from conversation.domain.assistant.snapshot_budget import HISTORY_BYTES, LINE_BYTES, fitting
from conversation.domain.thread.model import Message
from shared.blank_text import is_blank
from shared.events import FINAL_UNSENT, TranscriptLine
from shared.values import Moment, Value

LINES = 20
SAME_ANSWER = timedelta(minutes=10)
"""Several texts of one author in a row are one answer if they follow each other within this time."""
ANSWERING = frozenset({"agent", "assistant"})


class AnsweredTurn(Value):
    message_id: str
    """Of the answer's first text."""
    at: Moment
    history: tuple[TranscriptLine, ...]
    sent: str
    sent_by: str

    @property
    def question(self) -> str:
        """The customer's unanswered texts."""
        texts: list[str] = []
        for line in reversed(self.history):
            if line.author != "customer":
                break
            texts.append(line.text)
        return " ".join(reversed(texts))


def answered_turns(messages: Sequence[Message]) -> list[AnsweredTurn]:
    """`messages` of one conversation in order of time. A question that a campaign or nobody answered is none."""
    said = [one for one in messages if one.status not in FINAL_UNSENT and not one.kind and not is_blank(one.text)]
    found: list[AnsweredTurn] = []
    for n, message in enumerate(said):
        if n and message.author in ANSWERING and said[n - 1].author == "customer":
            found.append(_turn(said[:n], _answer(said[n:])))
    return found


def _answer(following: Sequence[Message]) -> list[Message]:
    answer = [following[0]]
    for message in following[1:]:
        if message.author != answer[0].author or message.created_at > answer[-1].created_at + SAME_ANSWER:
            break
        answer.append(message)
    return answer


def _turn(before: Sequence[Message], answer: list[Message]) -> AnsweredTurn:
    lines = before[-LINES:]
    texts = fitting((one.text for one in reversed(lines)), HISTORY_BYTES, LINE_BYTES)[::-1]
    history = tuple(
        TranscriptLine(author=one.author, text=text, at=one.created_at)
        for one, text in zip(lines[len(lines) - len(texts) :], texts, strict=True)
    )
    first = answer[0]
    sent = "\n".join(one.text for one in answer)
    return AnsweredTurn(message_id=first.id, at=first.created_at, history=history, sent=sent, sent_by=first.author)
