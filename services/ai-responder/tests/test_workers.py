"""Workers, claims and leases over the real database: fair, superseded at once, nothing answered twice or lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx2
import pytest
from responder_world import PretendModel, World, answered, requested, says, tenant_changed

from ai_responder.domain import runs
from ai_responder.domain.outcome import ReplyOutcome
from ai_responder.domain.runs import Thread
from ai_responder.fair_queue import FairQueue, Limits
from ai_responder.leases import LEASE_SECONDS, Leases
from ai_responder.store import THREADS, TRIALS, forget_old_trials
from shared.aggregates import Aggregates, Cause, Relay
from shared.clock import ManualClock
from shared.consuming.consumer import consumers_of
from shared.events.catalogue import subscriptions_of
from shared.service.holder import Holder
from testkit.eventually import eventually

Worlds = Callable[..., Any]


@pytest.fixture
async def worlds() -> AsyncIterator[Worlds]:
    made: list[World] = []

    async def make(model: PretendModel | None, *tasks: str, **settings: Any) -> World:
        world = World(model, **settings)
        made.insert(0, world)
        await world.start(*tasks)
        return world

    yield make
    for world in made:
        await world.stop()


def asking(number: int = 0, **more: Any) -> Any:
    return requested(contact=f"+1312555{number:04d}", now=datetime.now(UTC), **more)


def test_tenants_take_turns_and_keep_to_their_limits() -> None:
    queue = FairQueue(Limits(overall=3, per_tenant=2))
    for number in range(5):
        queue.offer("a", f"a{number}")
    queue.offer("b", "b0")
    queue.offer("b", "b0")
    assert [queue.take() for _ in range(4)] == [("a", "a0"), ("b", "b0"), ("a", "a1"), None]
    queue.done("b")
    assert queue.take() is None, "a is at its limit"
    queue.done("a")
    assert queue.take() == ("a", "a2")
    assert len(queue) == 2


async def test_a_tenant_with_a_thousand_runs_does_not_delay_another(worlds: Worlds) -> None:
    model = PretendModel([answered(says("Yes."))], gate=asyncio.Event())
    world: World = await worlds(model, model_calls_at_once=4, model_calls_per_tenant=2)
    for number in range(1000):
        await world.handle(asking(number))
    await world.handle(requested(tenant="ten_b", now=datetime.now(UTC)))
    await eventually(lambda: model.under_way == 3)  # two of the big tenant, one of the small
    assert model.gate
    model.gate.set()
    await eventually(lambda: any(event["tenantid"] == "ten_b" for event in world.broker.events("reply.drafted")))
    order = [event["tenantid"] for event in world.broker.events("reply.drafted")]
    assert order.index("ten_b") <= 6, "it was among those already under way"


async def test_a_newer_turn_stops_the_older_call_at_once_and_only_it_is_answered(worlds: Worlds) -> None:
    model = PretendModel([answered(says("one")), answered(says("two"))], gate=asyncio.Event())
    world: World = await worlds(model)
    await world.handle(asking(turn=1))
    await eventually(lambda: model.under_way == 1)
    await world.handle(asking(turn=2))
    await eventually(lambda: len(model.asked) == 2 and model.cancelled == 1, within=1)
    assert model.gate
    model.gate.set()
    await eventually(lambda: len(world.drafted) == 1)
    assert (world.drafted[0]["turn"], world.drafted[0]["text"]) == (2, "two")
    lost = [usage for usage in world.usage if usage["estimate"]]
    assert len(lost) == 1, "the stopped call is booked as an estimate"
    assert lost[0]["run_id"] != world.drafted[0]["run_id"]


async def test_a_newer_turn_absorbed_by_another_process_stops_the_older_call_too(worlds: Worlds) -> None:
    model = PretendModel([answered(says("one")), answered(says("two"))], gate=asyncio.Event())
    world: World = await worlds(model)
    other: World = await worlds(model, "none of its loops", beside=world)
    await world.handle(asking(turn=1))
    await eventually(lambda: model.under_way == 1)
    await other.handle(asking(turn=2))
    await eventually(lambda: model.cancelled == 1, within=5)
    assert model.gate
    model.gate.set()
    await eventually(lambda: [draft["text"] for draft in world.drafted] == ["two"], within=5)


async def test_the_same_request_five_times_is_answered_once(worlds: Worlds) -> None:
    model = PretendModel([answered(says("Yes."))])
    world: World = await worlds(model)
    event = asking()
    await asyncio.gather(*(world.handle(event) for _ in range(5)))
    await eventually(lambda: len(world.drafted) == 1)
    await world.handle(event)
    await world.handle(asking(1))
    await eventually(lambda: len(world.drafted) == 2)
    assert len(model.asked) == 2


async def test_two_processes_never_answer_one_run_twice(worlds: Worlds) -> None:
    model = PretendModel([answered(says("Yes."))])
    world: World = await worlds(model)
    other: World = await worlds(model, beside=world)
    for number in range(40):
        await asyncio.gather(*(process.handle(asking(number)) for process in (world, other)))
    await eventually(lambda: len(world.drafted) == 40)
    assert len({draft["run_id"] for draft in world.drafted}) == len(model.asked) == 40


async def test_a_run_nobody_was_told_of_is_found(worlds: Worlds) -> None:
    """As after a restart: absorbed by a process that is gone."""
    model = PretendModel([answered(says("Yes."))])
    gone: World = await worlds(model, "none of its loops")
    await gone.handle(asking())
    await worlds(model, beside=gone)
    await eventually(lambda: len(gone.drafted) == 1, within=5)


async def test_a_process_that_is_told_to_stop_gives_its_runs_back_at_once(worlds: Worlds) -> None:
    model = PretendModel([answered(says("Yes."))], gate=asyncio.Event())
    stopping: World = await worlds(model)
    await stopping.handle(asking())
    await eventually(lambda: model.under_way == 1)
    await stopping.stop_tasks()
    assert (model.cancelled, stopping.drafted) == (1, [])
    assert model.gate
    model.gate.set()
    await worlds(model, beside=stopping)
    await eventually(lambda: len(stopping.drafted) == 1, within=5)
    assert sorted(usage["estimate"] for usage in stopping.usage) == [False, False, False, True]


async def test_a_run_that_is_claimed_while_its_process_is_told_to_stop_is_given_back_without_a_call(
    worlds: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, change = PretendModel([answered(says("Yes."))]), Aggregates.change
    claimed, may_go_on = asyncio.Event(), asyncio.Event()

    async def slow_to_return(threads: Any, *given: Any, **more: Any) -> Any:
        result = await change(threads, *given, **more)
        if not claimed.is_set():
            claimed.set()
            await may_go_on.wait()
        return result

    monkeypatch.setattr(Aggregates, "change", slow_to_return)
    stopping: World = await worlds(model)
    await asyncio.sleep(0)  # its tasks begin
    handling = asyncio.create_task(stopping.handle(asking()))
    await claimed.wait()
    await stopping.stop_tasks()
    may_go_on.set()
    await handling
    [thread] = (await stopping.database.collection(THREADS.spec()).find({})).items
    assert thread["state"]["run"]["state"] == "queued"
    await worlds(model, beside=stopping)
    await eventually(lambda: len(stopping.drafted) == 1, within=5)
    assert not any(usage["estimate"] for usage in stopping.usage)


async def test_the_run_of_a_dead_worker_is_taken_over_when_its_lease_ends_and_not_before() -> None:
    clock, world = ManualClock(), World()
    await world.database.start()
    relay = Relay(world.database, world.broker, clock)  # type: ignore[arg-type]  # only what the relay uses
    threads = Aggregates(THREADS, world.database, relay, clock, "ai-responder")
    event = requested(now=clock.now())
    expired: list[Thread] = []
    leases = Leases(threads, clock, expired.append)
    await threads.change(event.data.thread_id, Cause.of(event), lambda state: runs.receive(state, event, clock.now()))
    claimed = (await _claim(threads, event.data.thread_id, clock)).answer

    await leases.look_once()
    clock.advance(LEASE_SECONDS - 1)
    await threads.change(event.data.thread_id, claimed.due("beat"), lambda state: runs.beat(state, claimed))
    await leases.look_once()
    clock.advance(LEASE_SECONDS - 1)
    await leases.look_once()
    assert expired == [], "it gave a sign of life"
    clock.advance(1)
    await leases.look_once()
    assert [thread.run.state for thread in expired] == ["queued"]

    clock.advance(60)
    assert (await _claim(threads, event.data.thread_id, clock)).answer.run.claim == 2
    outcome = ReplyOutcome(kind="reply", text="late")
    await threads.change(
        event.data.thread_id, claimed.cause, lambda state: runs.record(state, claimed, outcome, [], clock.now())
    )
    assert world.drafted == [], "the dead worker came back too late"
    await world.stop()


@pytest.mark.parametrize(("holder", "states"), [("wrk_before", ["queued"]), ("", [])])
async def test_the_run_of_a_process_that_is_known_to_have_ended_is_taken_over_at_once(
    holder: str, states: list[str]
) -> None:
    clock, world = ManualClock(), World()
    await world.database.start()
    relay = Relay(world.database, world.broker, clock)  # type: ignore[arg-type]  # only what the relay uses
    threads = Aggregates(THREADS, world.database, relay, clock, "ai-responder")
    ours, theirs = requested(now=clock.now()), requested(now=clock.now(), contact="+13125550199")
    us = Holder(alone=True)
    for event, by in ((ours, us.id), (theirs, holder)):
        receive = partial(runs.receive, event=event, now=clock.now())
        await threads.change(event.data.thread_id, Cause.of(event), receive)
        await _claim(threads, event.data.thread_id, clock, by)
    expired: list[Thread] = []
    await Leases(threads, clock, expired.append, us).look_once()
    assert [(thread.id, thread.run.state) for thread in expired] == [(theirs.data.thread_id, state) for state in states]
    await world.stop()


async def _claim(threads: Any, thread_id: str, clock: ManualClock, holder: str = "") -> Any:
    state = await threads.get(thread_id)
    claim = partial(runs.claim, now=clock.now(), holder=holder)
    return await threads.change(thread_id, runs.claiming(state), claim)


async def test_a_suspended_tenant_gets_no_answer_and_costs_nothing(worlds: Worlds) -> None:
    model = PretendModel([answered(says("Yes."))])
    world: World = await worlds(model)
    await world.handle(tenant_changed(status="suspended", revision=2))
    await world.handle(asking())
    await eventually(lambda: len(world.drafted) == 1)
    assert (world.drafted[0]["outcome"], world.usage, model.asked) == ("failure", [], [])


async def test_an_assistant_of_another_tenant_never_answers(worlds: Worlds) -> None:
    model = PretendModel([answered(says("Yes."))])
    world: World = await worlds(model)
    async with world.client("ten_b") as theirs:
        made = (await theirs.post("/api/assistants", json={"name": "Spy", "prompt": "Secret of B"})).json()
    await world.handle(asking(assistant_id=made["id"]))
    await eventually(lambda: len(world.drafted) == 1)
    assert world.drafted[0]["outcome"] == "reply"
    assert "chosen for this conversation" in world.drafted[0]["why"]["assistant_rule"].partition("passed over")[2]
    assert "Secret of B" not in str(model.asked)


async def test_a_broken_model_ends_with_a_word_to_people_once_the_deadline_is_near(worlds: Worlds) -> None:
    world: World = await worlds(PretendModel([httpx2.Response(429, headers={"retry-after": "900"})]))
    await world.handle(asking())
    await eventually(lambda: len(world.drafted) == 1)
    assert (world.drafted[0]["outcome"], world.drafted[0]["text"]) == ("failure", "")
    assert "throttling" in world.drafted[0]["reason"]


async def test_what_each_call_used_is_recorded_once_with_its_cause(worlds: Worlds) -> None:
    world: World = await worlds(PretendModel([answered("{"), answered(says("Yes."))]))
    event = asking()
    await world.handle(event)
    await eventually(lambda: len(world.usage) == 6)
    run = world.drafted[0]["run_id"]
    kinds = ("tokens_prompt", "tokens_cached", "tokens_completion")
    assert {usage["ledger_key"] for usage in world.usage} == {f"{run}.1.{n}:{kind}" for n in (1, 2) for kind in kinds}
    first = world.usage[0]
    assert (first["conversation_id"], first["run_id"]) == (event.data.conversation_id, run)
    assert (first["model"], first["assistant_id"]) == ("m", world.drafted[0]["assistant_id"])
    assert {message.tenant_id for message in world.broker.published} == {"ten_a"}


async def test_while_accounts_is_away_a_run_of_an_unknown_tenant_waits(worlds: Worlds) -> None:
    model = PretendModel([answered(says("Yes."))])
    world: World = await worlds(model)
    world.tenants["ten_new"] = world.tenants.pop("ten_a").but(tenant_id="ten_new")
    world.accounts_away, world.asked_accounts = True, 0
    await world.handle(asking(tenant="ten_new"))
    await eventually(lambda: world.asked_accounts)
    world.accounts_away = False
    await eventually(lambda: len(world.drafted) == 1)
    assert world.drafted[0]["outcome"] == "reply"


async def test_trials_are_forgotten_after_thirty_days(worlds: Worlds) -> None:
    clock = ManualClock(datetime.now(UTC))
    world: World = await worlds(PretendModel([answered(says("Yes."))]), "old trials", clock=clock)
    relay = Relay(world.database, world.broker, clock)  # type: ignore[arg-type]  # only what the relay uses
    trials = Aggregates(TRIALS, world.database, relay, clock, "ai-responder")
    async with world.client() as client:
        [default] = (await client.get("/api/assistants")).json()["items"]
        await client.post(f"/api/assistants/{default['id']}/try", json={"messages": [{"text": "Hi"}]})
    assert await forget_old_trials(trials, clock.now()) == 0
    clock.advance(31 * 24 * 3600)
    assert await forget_old_trials(trials, clock.now()) == 1
    assert await trials.store.count({}) == 0


async def test_the_wiring_handles_exactly_what_the_catalogue_lists(worlds: Worlds) -> None:
    world: World = await worlds(None, "none of its loops")
    assert consumers_of("ai-responder", list(world.service.handlers), subscriptions_of("ai-responder"))
