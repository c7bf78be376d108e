"""A turn: which texts are answered together, what supersedes an answer, and when a person is asked instead."""

from __future__ import annotations

from conversation_world import World
from shared.events import SmsOutbound, SmsWithdrawn


async def test_a_burst_is_one_turn(world: World) -> None:
    for text in ("Hi", "do you have", "rye bread?"):
        await world.text(text)
        await world.pass_time(1)
    assert world.requested() == []
    await world.pass_time(1)
    [wanted] = world.requested()
    assert [line.text for line in wanted.history] == ["Hi", "do you have", "rye bread?"]


async def test_a_newer_text_supersedes_the_answer_and_waits_for_its_fate(world: World) -> None:
    await world.text("Rye bread?")
    await world.pass_time(2)
    await world.drafted("Yes!")
    [first] = world.sent()
    await world.text("No, wait, spelt")
    [withdrawn] = world.broker.data(SmsWithdrawn)
    assert (withdrawn.turn, withdrawn.number, withdrawn.contact) == (first.turn, first.number, first.contact)
    await world.pass_time(5)
    assert len(world.requested()) == 1, "nobody knows yet whether the first answer left"

    await world.status(first, "withdrawn", 2)
    await world.due()
    [_, second] = world.requested()
    assert [line.text for line in second.history] == ["Rye bread?", "No, wait, spelt"]
    assert second.turn > first.turn


async def test_an_answer_that_had_left_is_part_of_the_next_history(world: World) -> None:
    await world.text("Rye bread?")
    await world.pass_time(2)
    await world.drafted("Yes!")
    await world.text("And spelt?")
    await world.status(world.sent()[0], "submitting", 2, too_late=True)
    await world.pass_time(2)
    second = world.requested()[-1]
    assert [line.text for line in second.history] == ["Rye bread?", "Yes!", "And spelt?"]


async def test_after_thirty_seconds_the_next_request_no_longer_waits(world: World) -> None:
    await world.text("Rye bread?")
    await world.pass_time(2)
    await world.drafted("Yes!")
    await world.text("Hello?")
    await world.pass_time(29)
    assert len(world.requested()) == 1
    await world.pass_time(1)
    assert len(world.requested()) == 2


async def test_an_answer_to_an_older_turn_is_dropped(world: World) -> None:
    await world.text("One")
    await world.pass_time(2)
    await world.text("Two")
    await world.drafted("answer to one")
    assert world.sent() == []
    await world.pass_time(2)
    await world.drafted("answer to both")
    assert [sent.text for sent in world.sent()] == ["answer to both"]


async def test_a_hand_over_waits_for_a_person(world: World) -> None:
    await world.text("I am allergic to nuts, is it safe?")
    await world.pass_time(2)
    await world.drafted("", outcome="hand_over", reason="medical")
    conversation = await world.conversation()
    assert conversation["needs_person"]["reason"] == "hand_over"
    await world.text("Hello?")
    await world.pass_time(10)
    assert len(world.requested()) == 1


async def test_a_customer_who_the_assistant_thinks_wants_no_more_texts_gets_none_and_a_person_is_asked(
    world: World,
) -> None:
    await world.text("Tafadhali niache tu")
    await world.pass_time(2)
    await world.drafted("Sorry to see you go!", outcome="hand_over", reason="possible_opt_out")
    needs = (await world.conversation())["needs_person"]
    assert (needs["reason"], needs["paused"]) == ("possible_opt_out", True)
    assert "opt the contact out" in needs["detail"]
    assert world.broker.data(SmsOutbound) == []


async def test_a_failed_model_tells_a_person_and_is_tried_with_the_next_text(world: World) -> None:
    await world.text("Hello")
    await world.pass_time(2)
    await world.drafted("", outcome="failure", reason="model away")
    assert (await world.conversation())["needs_person"]["reason"] == "failure"
    await world.text("Hello?")
    await world.pass_time(2)
    assert [line.text for line in world.requested()[-1].history] == ["Hello", "Hello?"]
    await world.drafted("Here I am")
    assert (await world.conversation())["needs_person"] is None


async def test_an_answer_that_never_comes_is_told_to_a_person(world: World) -> None:
    await world.text("Hello")
    await world.pass_time(2)
    await world.pass_time(600)
    assert (await world.conversation())["needs_person"]["reason"] == "no_answer_in_time"
    await world.drafted("too late")
    assert world.sent() == []


async def test_a_phrase_asks_for_a_person(world: World) -> None:
    await world.text("Can I talk to a human please")
    await world.pass_time(10)
    assert world.requested() == []
    assert (await world.conversation())["needs_person"]["reason"] == "asked_for_person"


async def test_an_answer_claimed_too_early_and_then_refused_counts_as_never_said(world: World) -> None:
    first = await world.text("Rye bread?")
    await world.pass_time(2)
    await world.drafted("Yes!")
    second = await world.text("And spelt?")
    await world.status(world.sent()[0], "submitting", 2, too_late=True)
    await world.status(world.sent()[0], "withdrawn", 3)
    await world.pass_time(2)
    assert [line.text for line in world.requested()[-1].history] == ["Rye bread?", "And spelt?"]
    await world.drafted("Both!")
    assert {first.message_id, second.message_id} <= set(world.sent()[-1].causes)


async def test_an_answer_that_shows_nothing_asks_for_a_person(world: World) -> None:
    await world.text("Hello?")
    await world.pass_time(2)
    await world.drafted("\u200b\u2800")
    assert world.sent() == []
    assert (await world.conversation())["needs_person"]["reason"] == "failure"
