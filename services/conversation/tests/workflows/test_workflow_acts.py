"""While a workflow run waits for an answer the assistant is silent; what the run does not take is answered later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conversation_world import OURS, TENANT, THEIRS, World
from shared.events import (
    ContactChanged,
    ContactTexted,
    ConversationOpened,
    SmsOutbound,
    SmsWithdrawn,
    WorkflowActed,
    WorkflowTrigger,
    WorkflowUpdated,
    thread_id,
)


async def acts(world: World, action: str, revision: int = 1, *, run: str = "run_1", **more: Any) -> None:
    values: dict[str, Any] = {"at": world.clock.now(), **more}
    acted = WorkflowActed.read(
        {
            "run_id": run, "workflow_id": "wfl_1", "thread_id": thread_id(TENANT, OURS, THEIRS), "number": OURS,
            "contact": THEIRS, "revision": revision, "action": action, **values,
        }
    )  # fmt: skip
    await world.feed(acted, source="campaigns")


async def awaits(world: World, revision: int = 1, *, run: str = "run_1") -> None:
    await acts(world, "awaits", revision, run=run, until=world.clock.now() + timedelta(days=1))


async def asks(world: World, status: str = "accepted", **more: str) -> SmsOutbound:
    """The run's question, as campaigns publishes it."""
    question = SmsOutbound(
        message_id="msg_question", number=OURS, contact=THEIRS, text="Lemon or lime?", author="workflow",
        stream="run_1", seq=1, expects_reply_until=world.clock.now() + timedelta(days=1),
    )  # fmt: skip
    await world.feed(question, source="campaigns")
    await world.status(question, status, 2, **more)
    await world.pass_time(1)
    return question


async def has_trigger(world: World, type_: str, *keywords: str, active: bool = True, revision: int = 1) -> None:
    trigger = WorkflowTrigger.read({"type": type_, "active": active, "keywords": keywords})
    updated = WorkflowUpdated(
        workflow_id=f"wfl_{type_}", tenant_id=TENANT, revision=revision, workflow={}, trigger=trigger
    )
    await world.feed(updated, source="campaigns")


def told(world: World) -> list[str]:
    return [data.text for data in world.broker.data(ContactTexted)]


async def test_while_a_run_waits_the_assistant_is_silent_and_the_run_hears_of_each_text(world: World) -> None:
    await awaits(world)
    await world.text("Lemon")
    await world.pass_time(5)
    assert world.requested() == []
    assert told(world) == ["Lemon"]


async def test_a_text_the_run_took_is_never_answered_by_the_assistant(world: World) -> None:
    await awaits(world)
    text = await world.text("Lemon")
    await world.pass_time(5)
    await acts(world, "took", 2, message_ids=(text.message_id,))
    await acts(world, "released", 3)
    await world.pass_time(3600)
    assert world.requested() == []
    assert (await world.conversation())["needs_person"] is None


async def test_a_text_nobody_took_is_answered_when_the_run_no_longer_waits(world: World) -> None:
    await awaits(world)
    await world.text("When do you open?")
    await world.pass_time(5)
    await acts(world, "released", 2)
    await world.pass_time(0.1)
    assert [line.text for line in world.requested()[-1].history] == ["When do you open?"]


async def test_the_assistant_is_silent_while_any_of_two_runs_waits(world: World) -> None:
    await awaits(world, run="run_1")
    await awaits(world, run="run_2")
    await world.text("Hello?")
    await acts(world, "released", 2, run="run_1")
    await world.pass_time(5)
    assert world.requested() == []
    await acts(world, "released", 2, run="run_2")
    await world.pass_time(0.1)
    assert len(world.requested()) == 1


async def test_a_wait_that_arrives_after_its_end_silences_nothing(world: World) -> None:
    await acts(world, "released", 2)
    await awaits(world, 1)
    await world.text("Hello?")
    await world.pass_time(5)
    assert len(world.requested()) == 1


async def test_a_text_after_the_deadline_is_the_assistants(world: World) -> None:
    await acts(world, "awaits", until=world.clock.now() + timedelta(minutes=1))
    await world.pass_time(120)
    await world.text("Hello?")
    await world.pass_time(5)
    assert len(world.requested()) == 1


async def test_a_turn_already_asked_is_asked_anew_only_if_the_run_leaves_its_text(world: World) -> None:
    await world.text("Lemon")
    await world.pass_time(5)
    await awaits(world)
    await world.drafted("We have lemons.")
    assert world.sent() == []
    await acts(world, "released", 2)
    await world.pass_time(0.1)
    assert len(world.requested()) == 2
    await world.drafted("We have lemons.")
    assert len(world.sent()) == 1


async def test_taking_a_text_withdraws_the_answer_that_is_on_its_way(world: World) -> None:
    text = await world.text("Lemon")
    await world.pass_time(5)
    await world.drafted("We have lemons.")
    await acts(world, "took", message_ids=(text.message_id,))
    [withdrawn] = world.broker.data(SmsWithdrawn)
    assert (withdrawn.reason, withdrawn.turn) == ("taken_by_workflow", 1)
    await world.status(world.sent()[0], "withdrawn", 2)
    await world.pass_time(60)
    assert len(world.requested()) == 1


async def test_taking_a_text_drops_its_draft_and_the_others_are_asked_anew(suggesting: World) -> None:
    world = suggesting
    first = await world.text("Lemon")
    await world.text("And do you deliver?")
    await world.pass_time(5)
    await world.drafted("Yes.")
    await acts(world, "took", message_ids=(first.message_id,))
    assert (await world.conversation())["draft"] is None
    await world.pass_time(0.1)
    assert len(world.requested()) == 2


async def test_a_person_hears_of_a_text_that_a_lost_run_never_took(world: World) -> None:
    await awaits(world)
    await world.text("Hello?")
    await world.pass_time(5)
    await world.pass_time(600)
    needs = (await world.conversation())["needs_person"]
    assert needs["reason"] == "no_answer_in_time"
    assert "workflow" in needs["detail"]


async def test_a_hand_over_to_a_person_flags_the_conversation_and_leaves_a_note(world: World) -> None:
    await world.text("I want a wedding cake")
    await acts(world, "hand_over", to="person", note="Wants a wedding cake for 80")
    await world.pass_time(5)
    needs = (await world.conversation())["needs_person"]
    assert (needs["reason"], needs["detail"], needs["paused"]) == ("hand_over", "Wants a wedding cake for 80", True)
    assert world.requested() == []
    async with world.client() as client:
        id = (await world.conversation())["id"]
        await client.patch(f"/api/conversations/{id}", json={"ai_mode": "auto"})
    await world.text("Hello?")
    await world.pass_time(5)
    assert any("wedding cake for 80" in line for line in world.requested()[-1].other_channels)


@pytest.mark.parametrize("took_first", [True, False])
async def test_a_text_handed_to_the_assistant_is_answered_although_the_run_took_it(
    world: World, took_first: bool
) -> None:
    await awaits(world)
    text = await world.text("Which flavours do you have?")
    ids = (text.message_id,)
    acting = [("took", 2, {}), ("hand_over", 3, {"to": "assistant"})]
    for action, revision, more in acting if took_first else reversed(acting):
        await acts(world, action, revision, message_ids=ids, **more)
    await world.pass_time(5)
    assert len(world.requested()) == 1


async def test_a_stop_comes_before_every_run(world: World) -> None:
    await awaits(world)
    await world.text("STOP", keyword="stop")
    assert told(world) == []


async def test_a_field_set_by_a_run_is_the_contacts_and_the_latest_value_counts(world: World) -> None:
    await world.text("Hello")
    id = (await world.conversation())["contact"]["id"]
    later, earlier = world.clock.now() + timedelta(seconds=9), world.clock.now()
    await acts(world, "set_field", 2, field="cake", value="chocolate", at=later)
    await acts(world, "set_field", 1, field="cake", value="lemon", at=earlier)
    await world.due()
    async with world.client() as client:
        assert (await client.get(f"/api/contacts/{id}")).json()["fields"] == {"cake": "chocolate"}
    assert [data.fields for data in world.broker.data(ContactChanged)] == [(("cake", "chocolate"),)]


async def test_a_keyword_of_a_workflow_is_told_in_any_spelling_and_nothing_else_is(world: World) -> None:
    await has_trigger(world, "keyword", "Join us", "CAKE")
    await world.text("hello")
    assert told(world) == []
    world.clock.advance(1)
    await world.text(" cake! ")
    await world.text("I like cake", contact="+12025550199")
    assert told(world) == [" cake! "]
    await world.text("join us", contact="+12025550188", others=("+12025550177",))
    world.clock.advance(1)
    await world.text("Join  Us.", contact="+12025550188")
    assert told(world) == [" cake! ", "Join  Us."]


async def test_the_assistant_leaves_a_run_time_to_take_the_text_that_starts_it(world: World) -> None:
    await has_trigger(world, "keyword", "CAKE")
    text = await world.text("cake")
    await world.pass_time(4)
    assert world.requested() == []
    await acts(world, "took", message_ids=(text.message_id,))
    await world.pass_time(60)
    assert world.requested() == []
    await world.text("cake", contact="+12025550199")
    await world.pass_time(6)
    assert len(world.requested()) == 1


async def test_triggers_that_campaigns_has_already_are_read_at_start(world: World) -> None:
    trigger = WorkflowTrigger(type="keyword", active=True, keywords=("CAKE",))
    row = WorkflowUpdated(workflow_id="wfl_old", tenant_id=TENANT, revision=4, workflow={}, trigger=trigger)
    world.workflows = [row.jsonable()]
    await world.service.tasks["workflow triggers"].__self__.fill()  # type: ignore[attr-defined]
    await world.text("cake")
    assert told(world) == ["cake"]


async def test_an_archived_workflow_listens_no_more(world: World) -> None:
    await has_trigger(world, "keyword", "CAKE")
    await has_trigger(world, "keyword", "CAKE", active=False, revision=2)
    await has_trigger(world, "keyword", "CAKE", revision=1)
    await world.text("cake")
    assert told(world) == []


async def test_a_new_conversation_is_told_only_where_a_workflow_starts_with_it(world: World) -> None:
    await world.text("Hello", contact="+12025550199")
    assert world.broker.data(ConversationOpened) == []
    await has_trigger(world, "new_conversation")
    text = await world.text("Hello")
    await world.text("Anybody there?")
    await world.text("STOP", contact="+12025550188", keyword="stop")
    [opened] = world.broker.data(ConversationOpened)
    assert (opened.message_id, opened.contact) == (text.message_id, THEIRS)


async def test_the_silence_of_a_question_ends_when_its_run_no_longer_waits(world: World) -> None:
    await asks(world)
    await awaits(world)
    text = await world.text("Lemon")
    await acts(world, "took", 2, message_ids=(text.message_id,))
    await acts(world, "released", 3)
    await world.pass_time(3600)
    await world.text("When do you open?")
    await world.pass_time(5)
    assert len(world.requested()) == 1


async def test_a_hand_over_to_the_assistant_is_answered_though_a_question_expected_a_reply(world: World) -> None:
    await asks(world)
    await awaits(world)
    text = await world.text("Something else")
    await acts(world, "took", 2, message_ids=(text.message_id,))
    await acts(world, "hand_over", 3, to="assistant", message_ids=(text.message_id,))
    await world.pass_time(5)
    assert len(world.requested()) == 1


async def test_a_quick_answer_waits_for_the_run_that_has_not_said_yet_that_it_waits(world: World) -> None:
    await asks(world)
    text = await world.text("Lemon")
    await world.pass_time(5)
    assert world.requested() == []
    await acts(world, "took", 2, message_ids=(text.message_id,))
    await acts(world, "released", 3)
    await world.pass_time(600)
    assert (world.requested(), (await world.conversation())["needs_person"]) == ([], None)


async def test_an_answer_that_overtakes_the_report_that_its_question_left_waits_for_the_run(world: World) -> None:
    await asks(world, "queued")
    text = await world.text("Lemon")
    await world.pass_time(5)
    assert world.requested() == []
    await acts(world, "took", 2, message_ids=(text.message_id,))
    await world.pass_time(600)
    assert (world.requested(), (await world.conversation())["needs_person"]) == ([], None)


async def test_a_text_before_the_question_has_left_is_the_assistants(world: World) -> None:
    """It is night, and the question leaves in the morning."""
    await asks(world, "queued", reason="quiet_hours")
    await world.text("When do you open?")
    await world.pass_time(5)
    assert len(world.requested()) == 1
