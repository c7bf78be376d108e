"""The engine of workflows: which text is the reply to which question, and what ends or holds a run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from campaigns.workflows.domain.effects import (
    Await,
    Ended,
    Release,
    Took,
    Withdraw,
)
from campaigns.workflows.domain.happenings import (
    Due,
    MovedOn,
    OptedOut,
    Resumed,
    Started,
    Stopped,
    TextSettled,
)
from campaigns.workflows.domain.waits import GRACE, takes_reply
from workflow_play import NOON, Play, save, send, wait

END = {"id": "end", "type": "end"}


def condition(expression: str, then: list[Any], otherwise: list[Any] | None = None) -> dict[str, Any]:
    return {"id": "if", "type": "condition", "if": expression, "then": then, "else": otherwise or []}


def test_a_reply_is_taken_saved_and_used() -> None:
    play = Play(send("a"), wait(), save(), condition("saved.score >= 4", [send("t", "{score}!")], [send("s", "Sorry")]))
    play.start()
    assert play.sends[0].reply_within == 3600
    play.accept()
    assert play.effects[-1] == Await(play.now + timedelta(hours=1))
    assert play.run.state == "waiting"
    play.reply("five")
    assert Took(("in_1",)) in play.effects
    assert play.texts[-1] == "5!"
    assert play.run.saved_as_json() == {"score": 5}
    assert play.passed == ["a", "wait", "save", "if", "t"]


def test_texts_within_the_quiet_seconds_are_one_reply() -> None:
    play = Play(send("a"), wait(), save(kind="text"), send("b", "{score}"))
    play.start()
    play.accept()
    play.hear("chocolate")
    play.hear("and vanilla", after=1)
    assert play.happen(Due(), after=1.5).run is play.run
    play.hear("please", after=0.4)
    play.due()
    assert play.texts[-1] == "chocolate and vanilla please"


def test_a_time_out_has_a_branch_of_its_own() -> None:
    play = Play(send("a"), wait(on_timeout=[send("b", "Still there?")]), save(), send("c", "Bye"))
    play.start()
    play.accept()
    deadline = play.now + timedelta(hours=1)
    assert play.run.due_at == deadline + GRACE
    play.due()
    assert (play.texts[1:], play.run.since, play.effects[-1]) == (["Still there?"], deadline, Release())
    play.accept()
    assert play.texts[-1] == "Bye"
    assert "save no_reply" in play.story


def test_a_text_counts_by_its_own_time_however_late_it_is_handled() -> None:
    play = Play(send("a"), wait(seconds=60), send("b"))
    play.start()
    play.accept()
    in_time = play.now + timedelta(seconds=59)
    play.hear("yes", after=63, effective_at=in_time)
    play.due()
    assert "wait replied" in play.story
    late = Play(send("a"), wait(seconds=60), send("b"))
    late.start()
    late.accept()
    late.hear("yes", after=62)
    late.due()
    assert "wait timed_out" in late.story


def test_a_reply_that_overtakes_the_report_of_its_question_is_kept() -> None:
    play = Play(send("a"), wait(), save(kind="text"))
    play.start()
    play.hear("yes", after=3)
    play.accept(after=2, at=play.now - timedelta(seconds=2))
    play.due()
    assert play.run.saved_as_json() == {"score": "yes"}


def test_a_text_from_before_the_question_is_no_reply_to_it() -> None:
    play = Play(send("a"), wait())
    play.start()
    play.hear("what is this", after=3)
    play.accept(after=5)
    assert (play.run.phase, play.run.reply) == ("waiting", "")


def test_an_answer_that_cannot_be_read_is_asked_for_again_with_the_same_time_out() -> None:
    retry = save(retry_text="A number please", max_retries=2, on_invalid=[send("no", "Never mind")])
    play = Play(send("a"), wait(seconds=600), retry, send("z", "Thanks"))
    play.start()
    play.accept()
    play.reply("dunno")
    assert (play.texts[-1], play.sends[-1].reply_within) == ("A number please", 600)
    play.accept()
    assert play.run.due_at == play.now + timedelta(seconds=600) + GRACE
    play.reply("maybe")
    play.accept()
    play.reply("well")
    assert play.texts[1:] == ["A number please", "A number please", "Never mind"]
    assert len({text.message_id for text in play.sends}) == 4
    play.accept()
    assert play.texts[-1] == "Thanks"


def test_nobody_answers_a_second_question_for_ever() -> None:
    retry = save(retry_text="A number please", max_retries=5, on_invalid=[END])
    play = Play(send("a"), wait(), retry, send("z"))
    play.start()
    play.accept()
    play.reply("dunno")
    play.accept()
    play.due()
    assert (play.run.state, play.run.step) == ("finished", "end")


@pytest.mark.parametrize("moves", range(4))
def test_stop_ends_the_run_wherever_it_stands(moves: int) -> None:
    play = Play(send("a"), wait(), send("b"))
    for move in (play.start, play.accept, lambda: play.hear("x"), play.due)[: moves + 1]:
        move()
    sent = len(play.sends)
    play.happen(OptedOut(effective_at=play.now))
    assert play.run.state == "stopped"
    for happening in (Started(), Due(), Resumed()):
        play.happen(happening, after=10_000)
    assert len(play.sends) == sent


def test_an_opt_out_from_before_the_run_is_no_new_one() -> None:
    play = Play(send("a"))
    play.start()
    play.happen(OptedOut(effective_at=NOON - timedelta(days=1)))
    assert play.run.state == "running"
    play.lose("suppressed", "opted_out")
    assert (play.run.state, play.effects[-1]) == ("stopped", Ended("stopped", "opted_out", "a"))


def test_a_paused_campaign_holds_sends_and_nothing_else() -> None:
    play = Play(send("a"), wait(), save(kind="text"), send("b", "{score}"))
    play.start()
    play.accept()
    play.gate = "held"
    play.reply("yes")
    assert (len(play.sends), play.run.phase, play.run.state) == (1, "held", "waiting")
    play.due()  # looks again
    assert len(play.sends) == 1
    play.gate = "open"
    play.happen(Resumed())
    assert play.texts[1:] == ["yes"]


def test_a_text_that_the_pause_withdrew_is_sent_again_under_a_new_id() -> None:
    play = Play(send("a", "1"), send("b", "2"))
    play.start()
    play.gate = "held"
    play.lose("withdrawn", "campaign_withdrawn")
    assert play.run.phase == "held"
    play.gate = "open"
    play.happen(Resumed())
    play.accept()
    assert play.texts == ["1", "1", "2"]
    assert len({text.message_id for text in play.sends}) == 3


def test_a_run_can_be_stopped_and_moved_on() -> None:
    play = Play(send("a"), wait(), send("b", "2"))
    play.start()
    play.accept()
    play.happen(MovedOn(by="usr_1"))
    assert play.texts[1:] == ["2"]
    stopped = play.happen(Stopped(by="usr_1"))
    assert stopped.effects[:2] == (Withdraw(play.sends[-1].message_id), Ended("stopped", "stopped", "b"))
    loops = [{"id": f"g{n}", "type": "go_to", "step": "a", "at_most": 100} for n in range(12)]
    failed = Play({"id": "a", "type": "set_field", "field": "x", "value": "1"}, *loops, send("z", "out"))
    failed.start()
    failed.happen(MovedOn(by="usr_1"))
    assert failed.run.state in ("running", "failed")


def test_what_comes_twice_or_too_early_changes_nothing() -> None:
    play = Play(send("a"), wait(), send("b"))
    play.start()
    assert play.happen(Started()).run is play.run
    first = play.accept()
    assert first.run.phase == "waiting"
    settled = TextSettled(
        message_id=play.sends[0].message_id, accepted=True, at=play.now, status="accepted", revision=1
    )
    assert play.happen(settled).run is play.run
    assert play.happen(Due()).run is play.run
    play.hear("yes")
    play._texts = 0
    assert play.hear("yes", after=0).run is play.run
    assert play.happen(settled.but(message_id="msg_other")).run is play.run


def test_of_two_waiting_runs_the_one_that_asked_last_takes_the_reply() -> None:
    first, second = Play(send("a"), wait(seconds=60), id="run_a"), Play(send("a"), wait(seconds=60), id="run_b")
    first.start()
    first.accept()
    second.now = first.now + timedelta(seconds=20)
    second.start()
    second.accept()
    both = (first.run, second.run)
    asked = first.now
    assert takes_reply(both, asked + timedelta(seconds=10)) is first.run
    assert takes_reply(both, asked + timedelta(seconds=30)) is second.run
    assert takes_reply(both, asked + timedelta(seconds=70)) is second.run
    assert takes_reply(both, asked + timedelta(seconds=90)) is None
    first.hear("hello", after=30, mine=False)
    assert (first.run.phase, first.run.texted_at) == ("waiting", first.now)


def test_a_held_run_looks_less_often_the_longer_it_is_held() -> None:
    """100,000 of them may be held for weeks."""
    play = Play(send("a"))
    play.gate = "held"
    play.start()
    looks = 0
    while play.now < NOON + timedelta(days=7):
        play.due()
        looks += 1
    assert looks < 40
    play.gate = "open"
    play.due()
    assert len(play.texts) == 1
