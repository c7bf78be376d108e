"""What an assistant is shown stays within its budget, whatever customers, people and other channels wrote."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.json import schema

from conversation.domain.assistant.snapshot_budget import (
    CUT_MARK,
    GUIDE_BYTES,
    HISTORY_BYTES,
    LINE_BYTES,
    SNAPSHOT_BYTES,
    cut,
    fitting,
    weight,
)
from conversation.guides.domain.guide import Guide
from conversation_play import START, TENANT, Play
from shared.events import Event, ReplyRequested, SmsInbound, decode
from shared.events.envelope import MAX_EVENT_BYTES

EMOJI = "\N{CROISSANT}" * 9_990


def guide_of(n: int) -> Guide:
    return Guide(
        id=f"gde_{n}", tenant_id=TENANT, name=f"{n}", instructions=EMOJI, response_template=EMOJI, priority=n,
        created_at=START, updated_at=START,
    )  # fmt: skip


def encoded(request: ReplyRequested) -> bytes:
    event = Event("evt", "conversation", request.thread_id, START, "ten_one", request.thread_id, request)
    return event.encode()


def test_sixty_texts_of_ten_thousand_emoji_are_asked_about_newest_first() -> None:
    play = Play()
    for n in range(60):
        play.now += timedelta(milliseconds=10)
        play.text(f"{n} {EMOJI}")
    play.wait(31)
    [wanted] = play.of(ReplyRequested)
    body = encoded(wanted)
    assert len(body) < SNAPSHOT_BYTES < MAX_EVENT_BYTES / 2
    assert decode(body, ReplyRequested).data == wanted
    assert wanted.history[-1].text.startswith("59 ")
    assert all(line.text.endswith(CUT_MARK) for line in wanted.history)
    numbers = [int(line.text.split()[0]) for line in wanted.history]
    assert numbers == list(range(60 - len(numbers), 60))
    assert len(numbers) * LINE_BYTES <= HISTORY_BYTES < (len(numbers) + 1) * LINE_BYTES


def test_guides_facts_and_other_channels_have_their_share_too() -> None:
    play = Play()
    play.text("Hello")
    assert play.thread.latest
    own = play.thread.latest.but(guide=EMOJI)
    facts = tuple((f"fact {n}", EMOJI[:1000]) for n in range(50))
    card = play.thread.card.but(name="Ada", facts=facts)
    play.thread = play.thread.but(conversations=(own,), card=card)
    guides = tuple(guide_of(n) for n in range(50))
    play.wait(2, guides=guides, other_channels=tuple(f"{n} {EMOJI}" for n in range(5)))
    [wanted] = play.of(ReplyRequested)
    assert len(encoded(wanted)) < SNAPSHOT_BYTES
    assert wanted.guide.endswith(CUT_MARK)
    assert weight(wanted.guide) <= GUIDE_BYTES
    assert wanted.chosen_guide
    assert wanted.chosen_guide.name == "49", "the most important guide"
    assert wanted.chosen_guide.instructions.endswith(CUT_MARK)
    assert wanted.chosen_guide.response_template.endswith(CUT_MARK)
    assert wanted.contact_facts[:2] == (("name", "Ada"), ("fact 0", EMOJI[:1000]))
    assert wanted.other_channels[-1].startswith("4 "), "the latest stays"


def test_a_snapshot_without_any_text_asks_for_a_person() -> None:
    play = Play()
    play.text("Hello")
    play.thread = play.thread.but(messages=())
    play.wait(2)
    assert play.of(ReplyRequested) == []
    assert play.thread.turn.due_at is None
    assert play.thread.latest
    assert play.thread.latest.needs_person
    assert play.thread.latest.needs_person.reason == "failure"


@pytest.mark.parametrize("text", ["", "short", "line\n" * 3000, '"' * 9000, "é" * 5000, EMOJI])
def test_a_cut_text_fits_and_says_so(text: str) -> None:
    shown = cut(text, LINE_BYTES)
    assert len(orjson.dumps(shown)) - 2 == weight(shown) <= LINE_BYTES
    assert shown == text or (shown.endswith(CUT_MARK) and text.startswith(shown.removesuffix(CUT_MARK)))


@given(st.lists(st.text()), st.integers(0, 200), st.integers(6, 60))
def test_what_fits_are_the_first_texts_and_never_too_much(texts: list[str], total: int, each: int) -> None:
    shown = fitting(texts, total, each)
    assert sum(map(weight, shown)) <= total
    assert all(weight(text) <= each for text in shown)
    assert list(shown) == [cut(text, each) for text in texts[: len(shown)]]


def test_a_text_as_long_as_an_event_takes_can_be_asked_about() -> None:
    longest: int = schema(SmsInbound)["$defs"]["SmsInbound"]["properties"]["text"]["maxLength"]
    play = Play()
    play.text("x" * longest)
    play.wait(2)
    [wanted] = play.of(ReplyRequested)
    assert decode(encoded(wanted), ReplyRequested).data.history[0].text.endswith(CUT_MARK)
