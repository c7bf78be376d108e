"""A workflow's question has left; an answer of the assistant that does not know of it is refused."""

from __future__ import annotations

from datetime import timedelta
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


async def answer(world: OneSender, id: str = "msg_answer", known: str | None = None, *, unsent: bool = False) -> str:
    """The reason for which it does not leave; empty if it leaves."""
    question = KnownQuestion(message_id=known, unsent=unsent)
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
    await ask(world, "msg_again")
    await world.work()
    assert await answer(world, known="msg_question") == UNKNOWN_QUESTION
    assert await answer(world, "msg_informed", "msg_again") == ""


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
    await ask(world)
    for n in range(FINISHED_KEPT + 2):
        await world.send(f"msg_{n}", author="agent")
    await world.work()
    assert await answer(world, known="msg_question") == ""
