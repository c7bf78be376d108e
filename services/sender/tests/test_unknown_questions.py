"""A workflow's question has left; an answer of the assistant that does not know of it is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from sender.domain.lane import FINISHED_KEPT
from sender.domain.outcome import SendOutcome
from sender_alone import OneSender
from shared.events import UNKNOWN_QUESTION, KnownQuestion

LOST = SendOutcome("no_answer", "no_answer")


async def ask(world: OneSender, id: str = "msg_question", **more: Any) -> None:
    until = world.clock.now() + timedelta(days=1)
    await world.send(id, author="workflow", priority="bulk", expects_reply_until=until, **more)


async def answer(
    world: OneSender,
    id: str = "msg_answer",
    known: str | None = None,
    *,
    at: datetime | None = None,
    unsent: bool = False,
) -> str:
    """The reason for which it does not leave; empty if it leaves. `at`: when the known question was ordered."""
    question = KnownQuestion(message_id=known, at=at, unsent=unsent)
    await world.send(id, author="assistant", turn=1, known_question=question)
    await world.work()
    return (await world.message(id)).reason


@pytest.mark.parametrize("lost", [True, False])
async def test_an_answer_that_does_not_know_the_question_is_refused(world: OneSender, lost: bool) -> None:
    world.carrier.script = [LOST] * lost
    await ask(world)
    await world.work()
    assert await answer(world) == UNKNOWN_QUESTION
    assert await world.status("msg_answer") == "refused"
    assert await answer(world, "msg_informed", "msg_question") == ""


async def test_a_question_that_has_not_left_refuses_nothing(world: OneSender) -> None:
    await ask(world, stream="run_1", seq=2)  # number 1 has not come
    assert await answer(world) == ""
    assert world.sent() == ["msg_answer"]


async def test_a_question_believed_to_be_waiting_counts_once_it_has_left(world: OneSender) -> None:
    await ask(world)
    await world.work()
    assert await answer(world, known="msg_question", unsent=True) == UNKNOWN_QUESTION


async def test_a_second_question_is_unknown_to_who_knows_the_first(world: OneSender) -> None:
    await ask(world)
    world.clock.advance(60)
    again = world.clock.now()
    await ask(world, "msg_again")
    await world.work()
    assert await answer(world, known="msg_question", at=again - timedelta(minutes=1)) == UNKNOWN_QUESTION
    assert await answer(world, "msg_informed", "msg_again", at=again) == ""
    assert await answer(world, "msg_informed_of_earlier_version", "msg_again") == ""
    assert await answer(world, "msg_of_earlier_version", "msg_question") == UNKNOWN_QUESTION


async def test_a_later_question_is_unknown_to_who_knows_the_earlier_although_it_came_here_first(
    world: OneSender,
) -> None:
    first = world.clock.now()
    await ask(world, "msg_again", at=first + timedelta(seconds=2))
    await ask(world, at=first)
    await world.work()
    assert await answer(world, known="msg_question", at=first) == UNKNOWN_QUESTION


async def test_an_earlier_question_that_came_after_the_known_one_may_be_unknown(world: OneSender) -> None:
    first = world.clock.now()
    await ask(world, "msg_again", at=first + timedelta(seconds=2))
    await ask(world, at=first)
    await world.work()
    assert await answer(world, known="msg_again", at=first + timedelta(seconds=2)) == UNKNOWN_QUESTION


async def test_who_knows_a_question_that_is_not_here_yet_knows_those_before_it(world: OneSender) -> None:
    await ask(world)
    await world.work(60)
    await ask(world, "msg_again")
    await world.work()
    next_one = world.clock.now() + timedelta(minutes=1)
    assert await answer(world, known="msg_still_to_come", at=next_one) == ""
    assert await answer(world, "msg_of_earlier_version", "msg_still_to_come") == UNKNOWN_QUESTION


async def test_texts_that_ask_nothing_and_answers_that_compare_nothing_are_let_through(world: OneSender) -> None:
    await world.send("msg_news", author="workflow")
    await world.work()
    assert await answer(world) == ""
    await ask(world)
    await world.work()
    await world.send("msg_agent", author="agent")
    await world.work()
    assert "msg_agent" in world.sent()


async def test_a_question_known_for_long_refuses_nothing_although_the_lane_has_let_go_of_it(world: OneSender) -> None:
    at = world.clock.now()
    await ask(world)
    for n in range(FINISHED_KEPT + 2):
        await world.send(f"msg_{n}", author="agent")
    await world.work()
    assert await answer(world, known="msg_question", at=at) == ""
