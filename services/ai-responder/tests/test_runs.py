"""The run of a turn: absorbed once, superseded by a newer turn, recorded by its present claim only."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from responder_world import NOON, requested

from ai_responder.domain import runs
from ai_responder.domain.outcome import ReplyOutcome
from ai_responder.domain.runs import Claimed, Setback, Thread
from ai_responder.domain.tokens import ModelCall
from shared.aggregates import Decision
from shared.errors import Invalid
from shared.events import ReplyDrafted, UsageRecorded

LATER = NOON + timedelta(seconds=5)
CALL = ModelCall(number=1, model="m", prompt=36, cached=64, completion=20)
REPLY = ReplyOutcome(kind="reply", text="At 7.", model="m")


def absorbed(*turns: int) -> Thread:
    state: Thread | None = None
    for turn in turns:
        decision = runs.receive(state, requested(turn=turn), NOON)
        state = decision.state if decision else state
    assert state
    return state


def claimed(state: Thread) -> tuple[Thread, Claimed]:
    decision = runs.claim(state, LATER)
    assert decision
    return decision.state, decision.answer


def published(decision: Decision[Thread] | None, kind: type) -> list[Any]:
    return [event.data for event in decision.events if isinstance(event.data, kind)] if decision else []


@given(st.lists(st.integers(1, 6), min_size=1, max_size=20), st.randoms())
def test_order_and_duplication_of_requests_do_not_change_what_is_answered(
    turns: list[int], chance: random.Random
) -> None:
    shuffled = chance.sample(turns, len(turns)) + chance.sample(turns, len(turns) // 2)
    assert absorbed(*shuffled) == absorbed(max(turns))


@given(st.lists(st.sampled_from(["request", "claim", "record", "put_off", "expire"]), max_size=40), st.randoms())
def test_whatever_happens_each_turn_is_drafted_at_most_once_and_only_while_it_is_the_latest(
    steps: list[str], chance: random.Random
) -> None:
    state, now, turn = absorbed(1), NOON, 1
    claims: list[Claimed] = []
    drafted: list[int] = []
    for step in steps:
        now += timedelta(seconds=chance.choice([0, 1, 40]))
        decision: Decision[Thread] | None = None
        if step == "request":
            decision = runs.receive(state, requested(turn=chance.randint(1, turn + 1)), now)
        elif step == "claim":
            decision = runs.claim(state, now)
            claims += [decision.answer] if decision else []
        elif claims and step == "record":
            decision = runs.record(state, chance.choice(claims), REPLY, [CALL], now)
        elif claims and step == "put_off":
            decision = runs.put_off(state, chance.choice(claims), Setback(reason="away"), [CALL], now)
        elif claims:
            decision = runs.expire(state, state.run, now)
        drafts = published(decision, ReplyDrafted)
        assert all(draft.turn == state.turn for draft in drafts)
        drafted += [draft.turn for draft in drafts]
        if decision:
            assert decision.state.turn >= state.turn
            state = decision.state
            turn = state.turn
    assert len(drafted) == len(set(drafted))


def test_a_newer_turn_replaces_the_run_and_the_older_answer_is_dropped_but_billed() -> None:
    state, old = claimed(absorbed(1))
    newer = runs.receive(state, requested(turn=2), LATER)
    assert newer
    decision = runs.record(newer.state, old, REPLY, [CALL], LATER)
    assert published(decision, ReplyDrafted) == []
    [used] = published(decision, UsageRecorded)
    assert {line.ledger_key.partition(":")[2]: line.quantity for line in used.lines} == {
        "tokens_prompt": 36,
        "tokens_cached": 64,
        "tokens_completion": 20,
    }
    assert decision
    assert decision.state == newer.state


def test_a_late_request_of_an_older_turn_changes_nothing() -> None:
    assert runs.receive(absorbed(5), requested(turn=4), LATER) is None
    assert runs.receive(absorbed(5), requested(turn=5), LATER) is None


def test_a_thread_never_takes_a_request_of_another_tenant() -> None:
    stranger = requested(turn=9)
    stranger = type(stranger)(**{**stranger.__dict__, "tenant_id": "ten_b"})
    with pytest.raises(Invalid, match="wrong_tenant"):
        runs.receive(absorbed(1), stranger, LATER)


def test_a_run_in_somebodys_hands_is_not_claimed_again() -> None:
    state, _ = claimed(absorbed(1))
    assert runs.claim(state, LATER + timedelta(hours=1)) is None


def test_recording_ends_the_run_drops_its_snapshot_and_names_the_attempt_in_the_ledger() -> None:
    state, mine = claimed(absorbed(1))
    decision = runs.record(state, mine, REPLY, [CALL], LATER)
    assert decision
    assert (decision.state.run.state, decision.state.run.request) == ("done", None)
    [draft] = published(decision, ReplyDrafted)
    assert (draft.text, draft.outcome, draft.assistant_id, draft.run_id) == (
        "At 7.",
        "reply",
        mine.assistant_id,
        mine.run.id,
    )
    [used] = published(decision, UsageRecorded)
    keys = [line.ledger_key for line in used.lines]
    assert keys == [f"{mine.run.id}.1.1:{kind}" for kind in ("tokens_prompt", "tokens_cached", "tokens_completion")]
    assert runs.claim(decision.state, LATER) is None


def test_while_the_model_is_away_the_run_waits_longer_each_time_until_people_are_told() -> None:
    state, now, pauses = absorbed(1), LATER, list[float]()
    for _ in range(20):
        decision = runs.claim(state, now)
        assert decision
        ended = runs.put_off(decision.state, decision.answer, Setback(reason="the model is away"), [], now)
        assert ended
        state = ended.state
        if state.run.state == "done":
            break
        assert state.run.due_at
        pauses.append((state.run.due_at - now).total_seconds())
        now = state.run.due_at
    [draft] = published(ended, ReplyDrafted)
    assert (draft.outcome, draft.reason) == ("failure", "the model is away")
    assert pauses == [2, 4, 8, 16, 32]


def test_a_model_that_asks_to_wait_beyond_the_deadline_is_a_failure_at_once() -> None:
    state, mine = claimed(absorbed(1))
    [draft] = published(
        runs.put_off(state, mine, Setback(reason="throttled", after_seconds=700), [], LATER), ReplyDrafted
    )
    assert draft.outcome == "failure"
    waits = runs.put_off(state, mine, Setback(reason="throttled", after_seconds=100), [], LATER)
    assert waits
    assert waits.state.run.due_at == LATER + timedelta(seconds=100)


def test_a_worker_that_was_told_to_stop_costs_the_run_nothing() -> None:
    state, mine = claimed(absorbed(1))
    decision = runs.put_off(state, mine, Setback(reason="stopped", counts=0), [], LATER)
    assert decision
    assert (decision.state.run.failures, decision.state.run.due_at) == (0, LATER)


def test_an_expired_claim_is_estimated_and_its_workers_late_figures_replace_the_estimate() -> None:
    state, lost = claimed(absorbed(1))
    expired = runs.expire(state, state.run, LATER)
    [[estimate]] = [event.lines for event in published(expired, UsageRecorded)]
    assert estimate.estimate
    assert expired
    late = runs.record(expired.state, lost, REPLY, [CALL], LATER)
    assert published(late, ReplyDrafted) == []
    [used] = published(late, UsageRecorded)
    figure = next(line for line in used.lines if line.kind == "tokens_prompt")
    assert (figure.ledger_key, figure.estimate) == (estimate.ledger_key, False)
    assert figure.revision > estimate.revision


def test_a_claim_whose_worker_has_moved_since_does_not_expire() -> None:
    state, mine = claimed(absorbed(1))
    beaten = runs.beat(state, mine)
    assert beaten
    assert runs.expire(beaten.state, state.run, LATER) is None


def test_a_run_that_kills_every_worker_it_meets_ends_with_a_word_to_people() -> None:
    state, deaths = absorbed(1), 0
    while state.run.state != "done":
        decision = runs.claim(state, LATER)
        assert decision
        expired = runs.expire(decision.state, decision.state.run, LATER)
        assert expired
        state, deaths = expired.state, deaths + 1
    assert deaths == runs.MOST_CLAIMS
    assert published(expired, ReplyDrafted)[0].reason == "the process that was answering died"
