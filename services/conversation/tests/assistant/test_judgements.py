"""What people do with the assistant's answers is judged once, and an ordinary automatic answer costs nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conversation.domain import agent_actions
from conversation.domain.assistant.approve_draft import Approval, approve_draft, reject_draft
from conversation.domain.judgement.judge import JUDGEMENTS
from conversation.domain.thread.send import Outgoing
from conversation_play import Play
from shared.aggregates import Decision, NewRecord
from shared.events import ReplyJudged, ReplyRequested, SmsOutbound, Why
from shared.events.ai_responder import UngroundedClaim

WHY = Why(version=3, guide_id="gde_1", intent="opening hours")
DRAFT = "We open at nine."


class Desk(Play):
    """A play that keeps what was filed about judgements."""

    def __init__(self, **tenant: Any) -> None:
        super().__init__(**tenant)
        self.filed: list[NewRecord] = []

    def take(self, decision: Decision[Any] | None) -> None:
        super().take(decision)
        if decision:
            self.filed += [record for record in decision.records if record.collection == JUDGEMENTS]

    def drafted(self, text: str = DRAFT, **more: Any) -> None:
        self.text("When do you open?")
        self.wait(2)
        self.answer(text, why=WHY, **more)

    def approve(self, text: str = "") -> None:
        assert self.thread.draft
        self.take(approve_draft(self.thread, self.thread.draft.id, Approval(text, "usr_1"), self.scene))

    @property
    def verdicts(self) -> list[tuple[str, str, float | None]]:
        return [(one.mode, one.verdict, one.distance) for one in self.of(ReplyJudged)]


def test_a_draft_sent_as_it_was_is_accepted_and_says_how_it_came_about() -> None:
    desk = Desk(ai_mode="suggest")
    desk.drafted()
    desk.approve()
    [judged] = desk.of(ReplyJudged)
    assert (judged.verdict, judged.distance, judged.mode) == ("accepted", 0.0, "suggest")
    assert (judged.run_id, judged.version, judged.guide_id, judged.intent) == ("run_1", 3, "gde_1", "opening hours")
    [record] = desk.filed
    assert (record.document["id"], record.document["guide_id"]) == ("run_1", "gde_1")


def test_an_edit_is_kept_as_the_share_that_was_changed() -> None:
    desk = Desk(ai_mode="suggest")
    desk.drafted("We open at nine.")
    desk.approve("We open at nine!")
    [(_, verdict, distance)] = desk.verdicts
    assert verdict == "edited"
    assert distance == pytest.approx(1 / 16, abs=0.001)


def test_a_rejected_draft_is_judged_once() -> None:
    desk = Desk(ai_mode="suggest")
    desk.drafted()
    assert desk.thread.draft
    draft_id = desk.thread.draft.id
    for _ in range(2):
        desk.take(reject_draft(desk.thread, draft_id, desk.scene))
    assert desk.verdicts == [("suggest", "rejected", None)]


def test_a_person_who_writes_instead_has_judged_the_draft() -> None:
    desk = Desk(ai_mode="suggest")
    desk.drafted()
    desk.write("Nine o'clock, except on Mondays.")
    [(mode, verdict, distance)] = desk.verdicts
    assert (mode, verdict) == ("suggest", "replaced")
    assert distance
    assert distance > 0.5


def test_a_draft_that_the_customer_overtook_was_judged_by_nobody() -> None:
    desk = Desk(ai_mode="suggest")
    desk.drafted()
    desk.text("Never mind")
    assert desk.verdicts == [("suggest", "superseded", None)]
    assert desk.filed == []


def test_an_ordinary_automatic_answer_publishes_and_files_nothing() -> None:
    desk = Desk(ai_mode="auto")
    desk.drafted()
    desk.fate(0, "delivered")
    desk.text("Thanks")
    assert desk.of(SmsOutbound)
    assert (desk.verdicts, desk.filed) == ([], [])


def test_a_person_who_writes_right_after_an_automatic_answer_corrects_it() -> None:
    desk = Desk(ai_mode="auto")
    desk.drafted("We open at nine.")
    desk.fate(0, "delivered")
    desk.now += timedelta(minutes=5)
    desk.write("We open at ten.")
    desk.write("Sorry about that.")
    [(mode, verdict, distance)] = desk.verdicts
    assert (mode, verdict) == ("auto", "replaced")
    assert distance


@pytest.mark.parametrize("between", ["an hour", "a text"])
def test_a_person_with_something_new_to_say_corrects_nothing(between: str) -> None:
    desk = Desk(ai_mode="auto")
    desk.drafted()
    desk.fate(0, "delivered")
    if between == "an hour":
        desk.now += timedelta(hours=1)
    else:
        desk.text("And on Sundays?")
    desk.write("Your cake is ready.")
    assert desk.verdicts == []


@pytest.mark.parametrize("mode", ["auto", "suggest"])
def test_a_hand_over_is_told_in_either_mode(mode: str) -> None:
    desk = Desk(ai_mode=mode)
    desk.drafted("", outcome="hand_over", reason="wants a refund")
    assert desk.verdicts == [(mode, "handed_over", None)]


def test_an_automatic_answer_that_was_held_counts_as_automatic() -> None:
    desk = Desk(ai_mode="auto")
    desk.drafted("It is $35.", ungrounded=(UngroundedClaim(words="$35", kind="price"),))
    desk.approve("It is $30.")
    [(mode, verdict, _)] = desk.verdicts
    assert (mode, verdict) == ("auto", "edited")


SHADOWED = {"ai_mode": "off", "shadow": True}


def test_a_silent_answer_is_neither_sent_nor_shown_and_is_compared_with_the_persons() -> None:
    desk = Desk(**SHADOWED)
    desk.drafted("We open at nine.")
    [wanted] = desk.of(ReplyRequested)
    assert (wanted.shadow, wanted.ai_mode) == (True, "off")
    assert (desk.of(SmsOutbound), desk.thread.draft, desk.verdicts) == ([], None, [])
    desk.now += timedelta(hours=3)
    desk.write("We open at nine.")
    desk.write("Bring a friend!")
    assert desk.verdicts == [("shadow", "accepted", 0.0)]
    assert desk.thread.silent is None


def test_a_persons_other_words_replace_the_silent_answer() -> None:
    desk = Desk(**SHADOWED)
    desk.drafted("We open at nine.")
    desk.write("Sorry, closed today.")
    [(mode, verdict, distance)] = desk.verdicts
    assert (mode, verdict) == ("shadow", "replaced")
    assert distance
    assert distance > 0.5


def test_a_silent_hand_over_is_compared_too() -> None:
    desk = Desk(**SHADOWED)
    desk.drafted("A colleague will write.", outcome="hand_over", reason="upset")
    assert (desk.of(SmsOutbound), desk.verdicts) == ([], [])
    assert desk.thread.latest
    assert desk.thread.latest.needs_person is None
    desk.write("I am so sorry.")
    assert desk.verdicts == [("shadow", "handed_over", None)]


def test_the_customers_next_text_makes_a_silent_answer_void() -> None:
    desk = Desk(**SHADOWED)
    desk.drafted()
    desk.text("Anybody there?")
    desk.write("We open at nine.")
    assert desk.verdicts == []


def test_without_shadow_the_assistant_is_not_asked_where_people_answer() -> None:
    desk = Desk(ai_mode="off")
    desk.drafted()
    assert desk.of(ReplyRequested) == []


def test_a_silent_answer_that_does_not_come_is_missed_by_nobody() -> None:
    desk = Desk(**SHADOWED)
    desk.text()
    desk.wait(2)
    desk.wait(3600)
    assert desk.thread.turn.state == "idle"
    assert desk.thread.latest
    assert desk.thread.latest.needs_person is None


def test_writing_beside_a_silent_turn_leaves_the_conversations_mode_alone() -> None:
    """Else the conversation would stay off when the tenant turns its assistant on."""
    desk = Desk(**SHADOWED)
    desk.text()
    decision = agent_actions.write(desk.thread, Outgoing("msg_p1", "Hello", "agent"), desk.scene, takes_over=False)
    assert decision.state.latest
    assert decision.state.latest.ai_mode is None
