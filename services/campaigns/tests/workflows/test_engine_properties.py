"""Whatever happens, in whatever order and however often: one text per step and visit, and an end within limits."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.workflows.domain.definition import examine
from campaigns.workflows.domain.effects import Ended, SendText
from campaigns.workflows.domain.engine import advance
from campaigns.workflows.domain.happenings import (
    Due,
    Happening,
    MovedOn,
    OptedOut,
    Replied,
    Resumed,
    Started,
    Stopped,
    TextSettled,
)
from campaigns.workflows.domain.run import MOST_HISTORY
from campaigns.workflows.domain.sends import message_id_of
from campaigns.workflows.domain.stepping import MOST_MOVES
from workflow_play import NOON, definition, new_run, save, send, wait

STEPS = (
    send("a", "1"),
    wait(on_timeout=[send("remind", "2")]),
    save(retry_text="3", max_retries=2, on_invalid=[send("odd", "4")]),
    {"id": "d", "type": "delay", "seconds": 60},
    send("b", "5"),
    {"id": "again", "type": "go_to", "step": "b", "at_most": 2},
)
MOST = {"a": 1, "remind": 1, "save": 2, "odd": 1, "b": 3}
IDS = [message_id_of("run_1", path, n) for path in ("a", "remind", "save.retry", "odd", "b") for n in (1, 2, 3)]
SECONDS = st.sampled_from([0, 1, 3, 60, 3_000, 3_600, 4_000])


def _settled(id: str, status: str, revision: int) -> TextSettled:
    accepted = status in ("accepted", "delivered")
    return TextSettled(message_id=id, accepted=accepted, at=NOON, status=status, revision=revision)


HAPPENINGS: st.SearchStrategy[Happening] = st.one_of(
    st.just(Started()),
    st.just(Due()),
    st.just(Due()),
    st.builds(_settled, st.sampled_from(IDS), st.sampled_from(["accepted", "delivered", "failed"]), st.integers(1, 3)),
    st.builds(
        lambda n, text, quiet: Replied(message_id=f"in_{n}", text=text, effective_at=NOON, quiet_seconds=quiet),
        st.integers(0, 9),
        st.sampled_from(["5", "dunno", ""]),
        st.sampled_from([0.0, 2.0]),
    ),
    st.just(Resumed()),
)
ENDINGS = st.sampled_from([OptedOut(effective_at=NOON + timedelta(days=9)), Stopped(by="usr_1"), MovedOn(by="usr_1")])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(HAPPENINGS, SECONDS, st.sampled_from(["open", "open", "held"])), max_size=60))
def test_no_order_of_happenings_sends_a_step_twice(story: list[tuple[Happening, float, Any]]) -> None:
    workflow, run, now = definition(*STEPS), new_run(), NOON
    asked: Counter[str] = Counter()
    ids: list[str] = []
    for happening, seconds, gate in story:
        now += timedelta(seconds=seconds)
        if isinstance(happening, TextSettled | Replied):
            happening = happening.but(**{"at" if isinstance(happening, TextSettled) else "effective_at": now})
        before = run
        advanced = advance(run, workflow, happening, now, gate)
        run = advanced.run
        sends = [effect for effect in advanced.effects if isinstance(effect, SendText)]
        assert len(sends) <= 1
        assert not (sends and gate == "held")
        asked.update(one.step for one in sends)
        ids += [one.message_id for one in sends]
        again = advance(before, workflow, happening, now, gate)
        assert (again.run, again.effects) == (run, advanced.effects), "what is decided again is decided alike"
    assert all(n <= MOST[step] for step, n in asked.items())
    assert len(set(ids)) == len(ids)


@settings(max_examples=100, deadline=None)
@given(st.lists(HAPPENINGS, max_size=20), ENDINGS, st.lists(HAPPENINGS, max_size=20))
def test_after_its_end_a_run_does_nothing(before: list[Happening], ending: Happening, after: list[Happening]) -> None:
    workflow, run = definition(send("a", "1"), wait()), new_run()
    ends = 0
    for happening in [Started(), *before, ending, ending, *after]:
        was_over = run.is_over
        advanced = advance(run, workflow, happening, NOON + timedelta(days=10))
        ends += sum(isinstance(effect, Ended) for effect in advanced.effects)
        assert not (was_over and advanced.effects)
        run = advanced.run
    assert ends <= 1


TARGETS = ["s0", "s1", "s2", "s3"]
ANY_STEP = st.one_of(
    st.builds(lambda to, n: {"type": "go_to", "step": to, "at_most": n}, st.sampled_from(TARGETS), st.integers(1, 100)),
    st.just({"type": "set_field", "field": "x", "value": "{x}y"}),
    st.builds(lambda n: {"type": "delay", "seconds": n}, st.integers(1, 100_000)),
    st.builds(lambda s: {"type": "condition", "if": s, "then": []}, st.sampled_from(["true", "saved.x == ''"])),
    st.builds(lambda n: {"type": "wait_for_reply", "timeout_seconds": n}, st.integers(1, 100_000)),
    st.just({"type": "save_response", "field": "x", "as": "number"}),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ANY_STEP, min_size=4, max_size=12))
def test_every_workflow_ends_within_its_limits(steps: list[dict[str, Any]]) -> None:
    numbered = [{**step, "id": f"s{n}"} for n, step in enumerate(steps)]
    workflow = examine({"trigger": {"type": "api"}, "steps": [*numbered, {"id": "x", "type": "set_field", "field": "x", "value": ""}]}).definition  # fmt: skip # noqa: E501
    assert workflow is not None
    run, now = new_run(), NOON
    advanced = advance(run, workflow, Started(), now)
    for _ in range(MOST_MOVES + 1):
        run = advanced.run
        if run.is_over:
            break
        assert run.due_at is not None
        now = max(now, run.due_at)
        advanced = advance(run, workflow, Due(), now)
    assert run.is_over
    assert run.moves <= MOST_MOVES
    assert len(run.history) <= MOST_HISTORY
