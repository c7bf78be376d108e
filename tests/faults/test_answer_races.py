"""The human wins: whatever step an assistant's answer has reached, a person's reply, a new text, a STOP or a closed
conversation cancels it, until the sender has claimed it.

Real services on an embedded broker. The answer is stopped at the step, the change is made, and all goes on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from answer_path import DRAFTS, MODEL, ORDERS, QUIET_SECONDS, REQUESTS, WITHDRAWALS, AnswerPath

FIRST, SECOND = "Answer 1.", "Answer 2."
LATER = 60.0
"""Longer than any request waits for the fate of an answer that was withdrawn."""


@pytest.fixture
async def path() -> AsyncIterator[AnswerPath]:
    made = AnswerPath()
    await made.start()
    yield made
    await made.stop()


async def _quiet(path: AnswerPath) -> None:
    """The text is there; conversation waits whether more follows."""
    await path.text("When do you open?")
    await path.absorbed(1)


async def _asked(path: AnswerPath) -> None:
    """The request is published; ai-responder has not seen it."""
    await _quiet(path)
    path.gates.close(REQUESTS)
    path.clock.advance(QUIET_SECONDS)
    await path.due()
    await path.gates.holds(REQUESTS)


async def _model_under_way(path: AnswerPath) -> None:
    """The model is asked and has not answered."""
    await _asked(path)
    path.gates.close(MODEL)
    path.gates.open(REQUESTS)
    await path.gates.holds(MODEL)


async def _drafted(path: AnswerPath) -> None:
    """The answer is published; conversation has not seen it."""
    await _model_under_way(path)
    path.gates.close(DRAFTS)
    path.gates.open(MODEL)
    await path.gates.holds(DRAFTS)


async def _ordered(path: AnswerPath) -> None:
    """The order to send it is published; the sender has not seen it."""
    await _drafted(path)
    path.gates.close(ORDERS)
    path.gates.open(DRAFTS)
    await path.gates.holds(ORDERS)


async def _ordered_and_overtaken(path: AnswerPath) -> None:
    """The same; a withdrawal comes to the sender only after the order."""
    await _ordered(path)
    path.gates.close(WITHDRAWALS)


async def _in_lane(path: AnswerPath) -> None:
    """The order waits in the sender's lane."""
    await _ordered(path)
    path.gates.open(ORDERS)
    await path.in_lane()


STEPS: dict[str, Callable[[AnswerPath], Awaitable[None]]] = {
    "quiet": _quiet,
    "asked": _asked,
    "model under way": _model_under_way,
    "drafted": _drafted,
    "ordered": _ordered,
    "ordered, withdrawn later": _ordered_and_overtaken,
    "in the lane": _in_lane,
}


async def _reply(path: AnswerPath) -> None:
    await path.ask("POST", f"{await path.conversation_path()}/messages", {"text": "Bo here, at nine."})


async def _new_text(path: AnswerPath) -> None:
    await path.text("And on Sundays?")
    await path.absorbed(2)


async def _stop(path: AnswerPath) -> None:
    await path.text("STOP", keyword="stop")
    await path.absorbed(2)


async def _close(path: AnswerPath) -> None:
    await path.ask("PATCH", await path.conversation_path(), {"state": "closed"})


async def _nothing(path: AnswerPath) -> None:
    """The answer goes its way."""


async def _go_on(path: AnswerPath, step: str) -> None:
    """An order that is held goes first where the withdrawal is to come later; else everything at once."""
    if step == "ordered, withdrawn later":
        path.gates.open(ORDERS)
        await path.in_lane()
    elif step == "ordered":
        await path.settle()
    path.gates.open()
    await path.settle()
    await path.settle(LATER)


async def _sent_at_each_step(path: AnswerPath, change: Callable[[AnswerPath], Awaitable[None]]) -> dict[str, list[str]]:
    """The texts that left to a customer where the answer had reached each step when the change was made."""
    sent: dict[str, list[str]] = {}
    for step, reach in STEPS.items():
        path.next_customer()
        await reach(path)
        await change(path)
        await _go_on(path, step)
        sent[step] = path.sent()
    return sent


async def test_without_a_change_the_answer_leaves_once(path: AnswerPath) -> None:
    """So that the tests below could fail."""
    assert await _sent_at_each_step(path, _nothing) == {step: [FIRST] for step in STEPS}


async def test_a_persons_reply_cancels_the_answer(path: AnswerPath) -> None:
    assert await _sent_at_each_step(path, _reply) == {step: ["Bo here, at nine."] for step in STEPS}


async def test_a_stop_cancels_the_answer(path: AnswerPath) -> None:
    assert await _sent_at_each_step(path, _stop) == {step: [] for step in STEPS}


async def test_closing_cancels_the_answer(path: AnswerPath) -> None:
    assert await _sent_at_each_step(path, _close) == {step: [] for step in STEPS}


async def test_a_new_text_is_answered_together_with_the_first_and_once(path: AnswerPath) -> None:
    """The model's first answer was to the first text alone, unless that was not asked yet."""
    assert await _sent_at_each_step(path, _new_text) == {step: [SECOND] for step in STEPS} | {"quiet": [FIRST]}
