"""The rules of periods, turns and drafts, decided on values alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.domain import agent_actions
from conversation.domain.assistant.needs_person import ask_for_person, flagged, paused
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Thread
from conversation.domain.thread.resumption import joined
from conversation.domain.thread.wire import draft_wire
from conversation_play import START, Play, new_thread
from shared.aggregates import Decision
from shared.errors import Refused
from shared.events import (
    ConsentChanged,
    ReplyRequested,
    SmsOutbound,
    SmsWithdrawn,
)
from shared.events.ai_responder import UngroundedClaim


@pytest.mark.parametrize(("days", "resumes"), [(0, True), (30, True), (30.01, False), (-5, True)])
def test_a_conversation_is_resumed_within_thirty_days(days: float, resumes: bool) -> None:
    thread, first = joined(new_thread(), START, 30)
    _, second = joined(thread, START + timedelta(days=days), 30)
    assert (second.id == first.id) is resumes


def test_a_late_text_moves_neither_the_last_activity_nor_opens_a_period() -> None:
    thread, _ = joined(new_thread(), START, 30)
    thread, same = joined(thread, START - timedelta(days=40), 30)
    assert same.last_activity_at == START
    assert same.created_at == START - timedelta(days=40)
    assert thread.periods == 1


def test_an_outbound_resumes_and_keeps_a_conversation_alive() -> None:
    play = Play()
    play.text()
    play.now += timedelta(days=29)
    play.write()
    play.now += timedelta(days=29)
    play.text("Back")
    assert play.thread.periods == 1


def test_old_periods_leave_the_thread_but_numbering_goes_on() -> None:
    thread, ids = new_thread(), set[str]()
    for n in range(15):
        thread, conversation = joined(thread, START + timedelta(days=31 * n), 30)
        ids.add(conversation.id)
    assert (len(ids), thread.periods, len(thread.conversations)) == (15, 15, 10)


def test_changing_an_archived_conversation_is_refused() -> None:
    with pytest.raises(Refused, match="conversation_archived"):
        agent_actions.patch(new_thread(), "cnv_gone", {"state": "closed"}, Play().scene)


def test_whoever_never_stops_typing_is_answered_after_half_a_minute() -> None:
    play = Play()
    for _ in range(29):
        play.text()
        play.wait(1)
    assert play.of(ReplyRequested) == []
    play.text()
    play.wait(1)
    assert len(play.of(ReplyRequested)) == 1


def test_an_answer_stands_after_its_question_even_if_our_clock_is_behind() -> None:
    play = Play()
    play.text(at=START + timedelta(seconds=30))
    play.wait(2)
    play.answer()
    assert [message.author for message in play.thread.messages] == ["customer", "assistant"]


def test_whatever_answers_a_customer_says_that_they_have_texted_us() -> None:
    """Sender takes it as proof that the number can be texted: help, answers, parting words, an agent's reply alike."""
    play = Play()
    play.text("HELP", keyword="help")
    play.text()
    play.wait(2)
    play.answer()
    play.fate(1, "delivered")
    play.text("Hm")
    play.wait(2)
    play.answer("A colleague will write", outcome="hand_over")
    play.write()
    sent = play.of(SmsOutbound)
    assert [order.author for order in sent] == ["api", "assistant", "assistant", "agent"]
    assert all(order.contact_texted_us for order in sent)


def test_whoever_was_only_written_to_has_not_texted_us() -> None:
    play = Play()
    play.write()
    assert [order.contact_texted_us for order in play.of(SmsOutbound)] == [False]


def test_a_long_answer_waits_for_a_person() -> None:
    play = Play(max_ai_parts=1)
    play.text()
    play.wait(2)
    play.answer("x" * 200)
    assert play.of(SmsOutbound) == []
    assert play.thread.draft
    assert play.thread.draft.reason == "too_long"
    assert play.thread.latest
    assert play.thread.latest.needs_person


def test_an_answer_with_an_ungrounded_claim_waits_for_a_person_with_the_claim_marked() -> None:
    play = Play()
    play.text()
    play.wait(2)
    play.answer("It is $35.", ungrounded=(UngroundedClaim(words="$35", kind="price"),))
    assert play.of(SmsOutbound) == []
    assert play.thread.draft
    assert (play.thread.draft.reason, play.thread.draft.ungrounded[0].words) == ("ungrounded", "$35")
    assert play.thread.latest
    assert play.thread.latest.needs_person
    assert play.thread.latest.needs_person.reason == "answer_ungrounded"
    assert '"$35" (price)' in play.thread.latest.needs_person.detail
    assert draft_wire(play.thread.draft)["ungrounded"] == [{"words": "$35", "kind": "price"}]


def test_the_hourly_limit_hands_over() -> None:
    play = Play(max_ai_messages_per_hour=2)
    for n in range(3):
        play.text(f"question {n}")
        play.wait(2)
        play.answer(f"answer {n}")
        play.fate(n, "delivered")
    assert len(play.of(SmsOutbound)) == 2
    assert play.thread.latest
    assert play.thread.latest.needs_person
    assert play.thread.latest.needs_person.reason == "ai_limit"


def test_eight_answers_in_ten_minutes_are_a_loop() -> None:
    play = Play(max_ai_messages_per_hour=100)
    for n in range(12):
        play.text(f"question {n}")
        play.wait(3)
        play.answer(f"answer {n}")
        play.fate(n, "delivered")
    assert len(play.of(SmsOutbound)) == 8


def test_parting_words_of_a_hand_over_are_sent_and_nothing_withdraws_them() -> None:
    play = Play()
    play.text()
    play.wait(2)
    play.answer("A colleague will write to you.", "hand_over")
    [sent] = play.of(SmsOutbound)
    assert sent.turn is None
    play.text("Thanks")
    play.wait(10)
    assert len(play.of(ReplyRequested)) == 1


def test_an_answer_that_could_not_be_sent_is_told_to_a_person() -> None:
    play = Play()
    play.text()
    play.wait(2)
    play.answer()
    play.fate(0, "expired")
    assert play.thread.latest
    assert play.thread.latest.needs_person
    assert play.thread.latest.needs_person.reason == "answer_not_sent"


def test_unanswered_texts_are_the_last_lines_wherever_their_time_puts_them() -> None:
    play = Play()
    play.text("first")
    play.wait(5)
    play.answer("answer")
    play.fate(0, "delivered")
    play.text("sent long ago, arrived now", at=START - timedelta(minutes=5))
    play.wait(5)
    assert play.of(ReplyRequested)[-1].history[-1].text == "sent long ago, arrived now"


def test_a_suspended_tenants_assistant_is_silent() -> None:
    play = Play(status="suspended")
    play.text()
    play.wait(5)
    assert play.of(ReplyRequested) == []


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("get me your BOSS!", "wrote: boss"),
        ("representative", "wrote: representative"),
        ("can I speak with someone please", "wrote: speak with someone"),
        ("quiero hablar con una persona", "wrote: quiero hablar con una persona"),
    ],
)
def test_who_asks_for_a_person_is_handed_over(text: str, detail: str) -> None:
    play = Play(hand_over_phrases=("boss",))
    play.text(text)
    latest = play.thread.latest
    assert latest
    assert latest.needs_person
    assert (latest.needs_person.reason, latest.needs_person.detail) == ("asked_for_person", detail)


@pytest.mark.parametrize("text", ["embossed paper please", "I don't need to talk to a person", "no boss today"])
def test_who_does_not_ask_for_a_person_is_answered(text: str) -> None:
    play = Play(hand_over_phrases=("boss",))
    play.text(text)
    play.wait(5)
    assert len(play.of(ReplyRequested)) == 1


def test_a_decision_about_a_conversation_the_thread_does_not_hold_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="not among"):
        Edit(new_thread(), Play().scene).update("cnv_x", unread=1)


def test_asking_for_a_person_for_a_lesser_reason_writes_nothing() -> None:
    play = Play()
    play.text("I want a person")
    play.take(_asked(play, paused("hand_over", play.now)))
    edit = Edit(play.thread, play.scene)
    assert play.thread.latest
    ask_for_person(edit, play.thread.latest, flagged("failure", play.now + timedelta(hours=1)))
    assert edit.thread == play.thread
    assert not edit.is_dirty


def _asked(play: Play, needs: Any) -> Decision[Thread]:
    edit = Edit(play.thread, play.scene)
    assert play.thread.latest
    ask_for_person(edit, play.thread.latest, needs)
    return edit.done()


def test_reading_a_conversation_writes_nothing() -> None:
    play = Play()
    play.text()
    assert play.thread.latest
    edit = Edit(play.thread, play.scene)
    assert edit.conversation(play.thread.latest.id) == play.thread.latest
    assert not edit.is_dirty
    assert edit.done().events == ()
    assert edit.thread.conversations == play.thread.conversations, "no new revision"
    with pytest.raises(ValueError, match="not among"):
        edit.conversation("cnv_x")


def test_a_patch_to_what_is_so_already_is_no_change() -> None:
    play = Play()
    play.text()
    assert play.thread.latest
    id = play.thread.latest.id
    play.take(agent_actions.patch(play.thread, id, {"assignee": "usr_1"}, play.scene))
    same = {"assignee": "usr_1", "state": "open", "guide": ""}
    assert agent_actions.patch(play.thread, id, same, play.scene) is None


steps = st.lists(
    st.one_of(
        st.tuples(st.just("text"), st.sampled_from(["Hello", "And?", "Rye?"])),
        st.tuples(st.just("wait"), st.sampled_from([1.0, 2.0, 31.0, 700.0])),
        st.tuples(st.just("answer"), st.sampled_from(["reply", "hand_over", "failure"])),
        st.tuples(st.just("fate"), st.tuples(st.integers(0, 3), st.sampled_from(["withdrawn", "delivered", "late"]))),
        st.tuples(st.just("write"), st.just("")),
        st.tuples(st.just("back"), st.just("")),
        st.tuples(st.just("stop"), st.sampled_from(["STOP", "please stop texting me"])),
    ),
    max_size=25,
)


@given(steps)
@settings(max_examples=300, deadline=None)
def test_promises_hold_in_every_story(story: list[tuple[str, Any]]) -> None:
    play, stopped_after = Play(max_ai_messages_per_hour=1000), None
    for what, how in story:
        _step(play, what, how)
        if what == "stop" and stopped_after is None:
            stopped_after = len(play.of(SmsOutbound))
    sent: list[SmsOutbound] = play.of(SmsOutbound)
    assert [one.seq for one in sent] == list(range(1, len(sent) + 1)), "the stream has no gaps"
    assert stopped_after in (None, len(sent)), "nothing is decided after STOP"
    turns = [one.turn for one in sent if one.turn is not None]
    assert turns == sorted(set(turns)), "no turn is answered twice"
    asked = [one.turn for one in play.of(ReplyRequested)]
    assert asked == sorted(set(asked))
    assert len(play.of(ConsentChanged)) >= (stopped_after is not None)
    _no_text_has_two_answers(play, sent)


def _no_text_has_two_answers(play: Play, sent: list[SmsOutbound]) -> None:
    """Unless the earlier answer was withdrawn, or is being withdrawn and nobody said for thirty seconds."""
    withdrawn = {one.turn for one in play.of(SmsWithdrawn)}
    fates = {message.id: message for message in play.thread.messages}
    answered: set[str] = set()
    for one in sent:
        if one.author != "assistant":
            continue
        texts = {cause for cause in one.causes if cause.startswith("msg_")}
        assert not texts & answered
        if one.turn not in withdrawn and fates[one.message_id].status not in ("withdrawn", "expired"):
            answered |= texts


def _step(play: Play, what: str, how: Any) -> None:
    if what == "text":
        play.now += timedelta(milliseconds=500)
        play.text(how)
    elif what == "stop":
        play.text(how, "stop" if how == "STOP" else None)
    elif what == "wait":
        play.wait(how)
    elif what == "answer":
        play.answer("Hi" if how == "reply" else "", how)
    elif what == "fate":
        n, status = how
        play.fate(n, "submitting" if status == "late" else status, too_late=status == "late")
    elif what == "back" and play.thread.latest:
        play.take(agent_actions.patch(play.thread, play.thread.latest.id, {"ai_mode": None}, play.scene))
    elif what == "write":
        try:
            play.write()
        except Refused as error:
            assert error.code == "opted_out"  # noqa: PT017 - refusing is the promise
