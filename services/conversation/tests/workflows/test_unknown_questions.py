"""The customer's answer is here before the workflow's question: the assistant answers only what no run takes.

Sender knows each question before it leaves, so it refuses an answer that was made without knowing it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from conversation_world import OURS, TENANT, THEIRS, World
from shared.events import UNKNOWN_QUESTION, KnownQuestion, MessageStatus, SmsOutbound, WorkflowActed, thread_id

DAY = timedelta(days=1)


def question(world: World, id: str = "msg_question", *, within: timedelta = DAY, **more: Any) -> SmsOutbound:
    """As campaigns publishes it."""
    values: dict[str, Any] = {"author": "workflow", "stream": "run_1", "seq": 1, **more}
    return SmsOutbound(
        message_id=id, number=OURS, contact=THEIRS, text="Lemon or lime?",
        expects_reply_until=world.clock.now() + within, **values,
    )  # fmt: skip


def on_its_way(world: World, source: str = "campaigns", **more: Any) -> Callable[[], Awaitable[None]]:
    """A question that was decided now; it comes when the result is called."""
    event = world.event(question(world, **more), source=source)
    return lambda: world.handle[SmsOutbound](event)


async def acts(world: World, action: str, revision: int, **more: Any) -> None:
    values: dict[str, Any] = {"at": world.clock.now(), **more}
    acted = WorkflowActed.read(
        {
            "run_id": "run_1", "workflow_id": "wfl_1", "thread_id": thread_id(TENANT, OURS, THEIRS), "number": OURS,
            "contact": THEIRS, "revision": revision, "action": action, **values,
        }
    )  # fmt: skip
    await world.feed(acted, source="campaigns")


async def answered_too_soon(world: World) -> tuple[str, SmsOutbound]:
    """The id of the customer's answer to a question that is not here yet, and what the assistant made of it."""
    text = await world.text("Lemon")
    await world.pass_time(5)
    await world.drafted("We have lemons.")
    return text.message_id, world.sent()[-1]


async def refused(world: World, answer: SmsOutbound) -> None:
    await world.status(answer, "refused", 2, reason=UNKNOWN_QUESTION)


async def asks_for_person(world: World) -> str | None:
    needs = (await world.conversation())["needs_person"]
    return needs and needs["reason"]


async def test_an_answer_says_which_question_it_knows(world: World) -> None:
    _, first = await answered_too_soon(world)
    assert first.known_question == KnownQuestion()
    await world.status(first, "delivered", 2)
    asked, at = question(world), world.clock.now()
    await world.feed(asked, source="campaigns")
    await world.status(asked, "queued", 2, reason="quiet_hours")
    _, second = await answered_too_soon(world)
    assert second.known_question == KnownQuestion(message_id="msg_question", at=at, unsent=True)
    await world.status(second, "delivered", 2)
    await world.status(asked, "accepted", 3)
    await acts(world, "released", 2)
    _, third = await answered_too_soon(world)
    assert third.known_question == KnownQuestion(message_id="msg_question", at=at)


@pytest.mark.parametrize("question_first", [True, False])
async def test_a_refused_answer_leaves_its_text_to_the_run(world: World, question_first: bool) -> None:
    comes = on_its_way(world)
    world.clock.advance(1)
    text_id, answer = await answered_too_soon(world)
    if question_first:
        await comes()
    await refused(world, answer)
    if not question_first:
        await comes()
    await world.pass_time(60)
    assert (len(world.requested()), await asks_for_person(world)) == (1, None)
    await acts(world, "took", 1, message_ids=(text_id,))
    await world.pass_time(3600)
    assert (len(world.requested()), await asks_for_person(world)) == (1, None)


async def test_a_text_that_the_run_leaves_is_answered_after_all(world: World) -> None:
    comes, at = on_its_way(world), world.clock.now()
    _, answer = await answered_too_soon(world)
    await refused(world, answer)
    await comes()
    await acts(world, "released", 1)
    await world.pass_time(1)
    await world.drafted("We have lemons.")
    assert world.sent()[-1].known_question == KnownQuestion(message_id="msg_question", at=at)
    assert len(world.requested()) == 2


async def test_a_person_hears_of_it_if_neither_question_nor_run_comes(world: World) -> None:
    _, answer = await answered_too_soon(world)
    await refused(world, answer)
    await world.text("Hello?")
    await world.pass_time(30)
    assert (len(world.requested()), await asks_for_person(world)) == (1, None)
    await world.pass_time(600)
    assert (len(world.requested()), await asks_for_person(world)) == (1, "no_answer_in_time")


async def test_a_question_of_another_system_that_comes_late_ends_the_turn(world: World) -> None:
    comes = on_its_way(world, "loyalty", stream=None, seq=None)
    _, answer = await answered_too_soon(world)
    await refused(world, answer)
    await comes()
    await world.pass_time(600)
    assert (len(world.requested()), await asks_for_person(world)) == (1, None)


async def test_the_night_before_a_question_leaves_does_not_count_as_time_to_answer(world: World) -> None:
    asked = question(world, within=timedelta(hours=1))
    await world.feed(asked, source="campaigns")
    await world.status(asked, "queued", 2, reason="quiet_hours")
    world.clock.advance(10 * 3600)
    await world.status(asked, "sent", 3, sent_at=world.clock.now())
    world.clock.advance(60)
    await world.text("Lemon")
    await world.pass_time(5)
    assert world.requested() == []
    world.clock.advance(3600)
    await world.text("When do you open?")
    await world.pass_time(600)
    assert await asks_for_person(world) == "no_answer_in_time"


async def test_an_answer_of_the_same_second_is_an_answer(world: World) -> None:
    asked = question(world)
    await world.feed(asked, source="campaigns")
    await world.text("Lemon", at=world.clock.now() - timedelta(milliseconds=900))
    await world.pass_time(5)
    assert world.requested() == []


@pytest.mark.parametrize("status", ["unresolved", "delivered", "unconfirmed"])
async def test_a_question_without_a_time_of_its_leaving_silences_only_until_its_wait_ends(
    world: World, status: MessageStatus
) -> None:
    asked = question(world, within=timedelta(hours=1))
    await world.feed(asked, source="campaigns")
    await world.status(asked, status, 2)
    world.clock.advance(2 * 3600)
    await world.text("When do you open?")
    await world.pass_time(5)
    assert len(world.requested()) == 1
