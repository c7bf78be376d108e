"""What a run does, move by move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaigns.workflows.domain.effects import (
    Await,
    Ended,
    HandOver,
    NotSent,
    Release,
    SetContactField,
)
from campaigns.workflows.domain.happenings import (
    ContactChanged,
    Due,
    TextSettled,
)
from campaigns.workflows.domain.move import MOST_COSTLY
from campaigns.workflows.domain.run import MOST_HISTORY, ContactFacts
from campaigns.workflows.domain.sends import message_id_of
from campaigns.workflows.domain.stepping import MOST_MOVES
from workflow_play import NOON, Play, save, send, wait

END = {"id": "end", "type": "end"}


def condition(expression: str, then: list[Any], otherwise: list[Any] | None = None) -> dict[str, Any]:
    return {"id": "if", "type": "condition", "if": expression, "then": then, "else": otherwise or []}


def test_steps_run_in_order_each_after_the_carrier_took_the_one_before() -> None:
    play = Play(send("a", "1"), send("b", "2"))
    play.start()
    assert (play.run.state, play.texts) == ("running", ["1"])
    play.accept()
    assert play.texts == ["1", "2"]
    play.accept()
    assert (play.run.state, play.effects[-1]) == ("finished", Ended("finished", "end", "b"))


def test_the_text_of_a_campaign_is_step_zero() -> None:
    play = Play(send("a", "2"), opening="Hi {first_name} of {city}")
    play.start()
    assert play.texts == ["Hi Ann of Rome"]
    assert play.sends[0].message_id == message_id_of("run_1", "opening", 1)
    play.accept()
    assert play.texts[1:] == ["2"]


def test_first_texts_are_bulk_and_answers_are_one_to_one() -> None:
    play = Play(send("a"), wait(), send("b"), {"id": "d", "type": "delay", "seconds": 3600}, send("c"))
    play.start()
    play.accept()
    play.reply("hello")
    play.accept()
    play.due()
    assert [(text.priority, text.quiet_hours) for text in play.sends] == [
        ("bulk", True),
        ("one", False),
        ("bulk", True),
    ]


def test_a_person_who_started_the_run_is_answered() -> None:
    play = Play(send("a", "{size}"), trigger={"type": "keyword", "keywords": ["CAKE"]}, saved=())
    play.definition = Play(save(field="size", kind="text"), send("a", "{size}")).definition
    play.start("cake")
    assert (play.texts, play.sends[0].priority) == (["cake"], "one")


def test_a_failed_send_stands_in_the_history_and_the_run_goes_on() -> None:
    play = Play(send("a", "1"), send("b", "2"))
    play.start()
    play.lose("failed", "invalid_recipient")
    assert play.texts == ["1", "2"]
    assert play.run.history[0].detail == "failed invalid_recipient"


def test_a_text_with_a_hole_is_not_sent() -> None:
    play = Play(send("a", "Hi {town}"), send("b", "2"))
    play.start()
    assert (play.texts, play.effects[0]) == (["2"], NotSent("a", "missing_variable", "town"))
    whole = Play(send("a", "2"), opening="Hi {town}")
    whole.start()
    assert whole.effects == [NotSent("opening", "missing_variable", "town"), Ended("finished", "missing_variable", "opening")]  # fmt: skip # noqa: E501


def test_a_delay_counts_from_the_acceptance_of_the_text_before() -> None:
    play = Play(send("a"), {"id": "d", "type": "delay", "seconds": 600}, send("b"))
    play.start()
    play.accept(after=7200)  # hours in the queue
    assert play.run.due_at == NOON + timedelta(seconds=7200 + 600)
    assert play.happen(Due(), after=599).run is play.run
    play.due()
    assert len(play.sends) == 2


def test_a_delay_until_a_local_time_and_a_scheduled_send_know_the_clock_of_the_person() -> None:
    ten = {"id": "s", "type": "schedule_send", "text": "x", "local_time": "10:00"}
    play = Play({"id": "d", "type": "delay", "until_local_time": "09:00"}, ten)
    play.start()
    assert play.run.due_at == datetime(2026, 3, 5, 15, tzinfo=UTC)  # Chicago
    play.due()
    assert play.run.due_at == datetime(2026, 3, 5, 16, tzinfo=UTC)
    play.due()
    assert play.texts == ["x"]
    tokyo = Play(ten, contact=ContactFacts(timezone="Asia/Tokyo"))
    tokyo.start()
    assert tokyo.run.due_at == datetime(2026, 3, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "due"),
    [
        (["mon", "fri"], datetime(2026, 3, 6, 16, tzinfo=UTC)),
        (["wed"], datetime(2026, 3, 11, 15, tzinfo=UTC)),  # today's is past, and the clocks change on Sunday
        (3, datetime(2026, 3, 7, 16, tzinfo=UTC)),
        (5, datetime(2026, 3, 9, 15, tzinfo=UTC)),
    ],
)
def test_a_scheduled_send_keeps_to_days(days: Any, due: datetime) -> None:
    play = Play({"id": "s", "type": "schedule_send", "text": "x", "local_time": "10:00", "days": days})
    play.start()
    assert play.run.due_at == due


def test_a_moment_that_has_passed_sends_now() -> None:
    play = Play({"id": "s", "type": "schedule_send", "text": "x", "at": "2026-03-04T10:00:00-06:00"})
    play.start()
    assert play.texts == ["x"]


def test_a_local_time_that_the_clock_skips_or_shows_twice_comes_once() -> None:
    def due(start: datetime, clock: str) -> datetime | None:
        play = Play({"id": "d", "type": "delay", "until_local_time": clock})
        play.now = start
        play.start()
        return play.run.due_at

    assert due(datetime(2026, 3, 8, 6, tzinfo=UTC), "02:30") == datetime(2026, 3, 8, 8, 30, tzinfo=UTC)
    assert due(datetime(2026, 11, 1, 6, tzinfo=UTC), "01:30") == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    between = datetime(2026, 11, 1, 6, 45, tzinfo=UTC)  # after the first 01:30, before the second
    assert due(between, "01:30") == datetime(2026, 11, 2, 7, 30, tzinfo=UTC)


def test_a_loop_ends_at_its_limit_and_falls_through() -> None:
    play = Play(send("a", "again"), {"id": "loop", "type": "go_to", "step": "a", "at_most": 2}, send("b", "enough"))
    play.start()
    for _ in range(4):
        play.accept()
    assert play.texts == ["again"] * 3 + ["enough"]
    assert len({text.message_id for text in play.sends}) == 4


def test_loops_within_loops_end_too() -> None:
    jumps = [{"id": f"g{n}", "type": "go_to", "step": "a", "at_most": 100} for n in range(12)]
    play = Play({"id": "a", "type": "set_field", "field": "x", "value": "1"}, *jumps)
    play.start()
    assert (play.run.state, play.run.moves) == ("failed", MOST_MOVES)
    assert len(play.run.history) == MOST_HISTORY
    assert play.run.history_dropped > 0


def test_a_filter_lets_only_some_pass() -> None:
    for city, state in (("Rome", "running"), ("Paris", "finished")):
        play = Play({"id": "f", "type": "filter", "keep": f"recipient.city == '{city}'"}, send("a"))
        play.start()
        assert play.run.state == state
    assert play.effects == [Ended("finished", "filtered", "f")]


def test_a_step_whose_condition_is_false_is_skipped() -> None:
    play = Play(send("a", when="recipient.zip != ''"), send("b", "2"))
    play.start()
    assert (play.texts, play.passed, play.story[0]) == (["2"], ["b"], "a skipped")


def test_an_expression_without_value_is_false_and_stands_in_the_history() -> None:
    play = Play(condition("recipient.town == ''", [send("a")], [send("b", "2")]), save())
    play.start()
    assert (play.texts, play.story[0]) == (["2"], "if expression_failed")
    unset = Play(wait(seconds=60), save(), condition("saved.score > 3", [send("a")], [send("b", "2")]))
    unset.start()
    unset.due()
    assert unset.texts == ["2"]


def test_conditions_know_the_status_of_the_last_message_and_the_contact() -> None:
    steps = (
        send("a"),
        wait(seconds=60),
        condition("last_message.status == 'delivered' && 'vip' in contact.labels", [END]),
    )
    play = Play(*steps, send("b", "2"))
    play.start()
    play.accept()
    id = play.sends[0].message_id
    play.happen(TextSettled(message_id=id, accepted=True, at=play.now, status="delivered", revision=3))
    play.happen(TextSettled(message_id=id, accepted=True, at=play.now, status="sent", revision=2))
    play.happen(ContactChanged(contact=ContactFacts(labels=("vip",), revision=2)))
    play.due()
    assert play.run.step == "end"


def test_saved_dates_are_moments_for_conditions() -> None:
    play = Play(
        wait(), save(field="day", kind="date"), condition("saved.day - now < duration('48h')", [send("soon", "{day}")])
    )
    play.start()
    play.reply("tomorrow")
    assert play.texts == ["2026-03-05"]


def test_a_field_of_the_contact_is_set_and_usable() -> None:
    play = Play({"id": "f", "type": "set_field", "field": "taste", "value": "{city} {nothing}"}, send("a", "{taste}"))
    play.start()
    assert (play.effects[0], play.texts) == (SetContactField("taste", "Rome"), ["Rome"])


def test_to_hand_over_ends_the_run_and_its_silence() -> None:
    over = {"id": "h", "type": "hand_over", "to": "assistant", "note": "{name} wants cake"}
    play = Play(send("a"), wait(), over, send("b"))
    play.start()
    play.accept()
    play.reply("cake?")
    assert HandOver("assistant", "Ann Lee wants cake", ("in_1",)) in play.effects
    assert Release() not in play.effects
    assert (play.run.state, play.run.silent) == ("finished", False)


def test_the_assistant_stays_silent_from_question_to_answer_only() -> None:
    play = Play(send("a"), wait(), send("b"), {"id": "d", "type": "delay", "seconds": 60}, wait("w2"))
    play.start()
    play.accept()
    play.reply("yes")
    assert Release() not in play.effects
    play.accept()
    assert play.effects[-1] == Release()
    play.due()
    assert isinstance(play.effects[-1], Await)


def test_a_decision_evaluates_so_many_costly_conditions_and_no_more() -> None:
    """It keeps all other work waiting, so a loop over regular expressions must come to its end soon."""
    steps = [condition("!reply.text.matches('x')", []), {"id": "go", "type": "go_to", "step": "if", "at_most": 99}]
    play = Play(*steps)
    play.start()
    failed = [line for line in play.run.history if line.what == "expression_failed"]
    assert (play.run.state, len(failed)) == ("finished", 100 - MOST_COSTLY)
