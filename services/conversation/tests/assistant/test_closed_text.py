"""What is said outside business hours: once in some hours, and a person answers later."""

from __future__ import annotations

from typing import Any

from conversation_play import Play
from shared.events import SmsOutbound

CLOSED = "We are closed."
HOUR = 3600


def closed(play: Play, **more: Any) -> None:
    play.answer(CLOSED, say_once_in_hours=12, **more)


def asked_again(play: Play, seconds: float) -> None:
    play.wait(seconds)
    play.text("Hello?")
    play.wait(31)


def needs(play: Play) -> tuple[str, bool] | None:
    assert play.thread.latest
    wanted = play.thread.latest.needs_person
    return (wanted.reason, wanted.paused) if wanted else None


def test_the_text_is_said_once_in_its_hours_and_a_person_is_asked_each_time() -> None:
    play = Play()
    asked_again(play, 0)
    closed(play)
    play.fate(0, "delivered")
    assert needs(play) == ("outside_hours", False)
    asked_again(play, 11 * HOUR)
    closed(play)
    assert len(play.of(SmsOutbound)) == 1
    assert play.thread.turn.state == "idle"
    asked_again(play, HOUR)
    closed(play)
    assert [one.text for one in play.of(SmsOutbound)] == [CLOSED, CLOSED]


def test_one_that_never_left_is_said_again() -> None:
    play = Play()
    asked_again(play, 0)
    closed(play)
    play.text("One more thing")
    play.fate(0, "withdrawn")
    play.wait(31)
    closed(play)
    assert len(play.of(SmsOutbound)) == 2


def test_a_machine_that_answers_every_text_hears_it_once() -> None:
    play = Play()
    for _ in range(5):
        asked_again(play, 60)
        closed(play)
        play.fate(0, "delivered")
    assert len(play.of(SmsOutbound)) == 1


def test_where_people_approve_it_waits_as_a_draft() -> None:
    play = Play(ai_mode="suggest")
    asked_again(play, 0)
    closed(play)
    assert play.of(SmsOutbound) == []
    assert play.thread.draft
    assert play.thread.draft.text == CLOSED


def test_handed_over_it_is_said_once_too_and_the_assistant_is_silent() -> None:
    play = Play()
    asked_again(play, 0)
    closed(play, outcome="hand_over")
    assert ([one.text for one in play.of(SmsOutbound)], needs(play)) == ([CLOSED], ("hand_over", True))


def test_an_ordinary_answer_in_the_morning_settles_it() -> None:
    play = Play()
    asked_again(play, 0)
    closed(play)
    play.fate(0, "delivered")
    asked_again(play, 12 * HOUR)
    play.answer("Good morning!")
    assert (needs(play), len(play.of(SmsOutbound))) == (None, 2)
