"""STOP, START and HELP on their way through conversation: what is silenced, withdrawn, opened and said."""

from __future__ import annotations

from conversation_world import World
from shared.events import ConsentChanged, SmsWithdrawn
from shared.ids import derived_id


async def test_stop_while_an_answer_is_drafted_silences_everything(world: World) -> None:
    await world.text("Hello")
    await world.pass_time(2)
    await world.text("STOP", keyword="stop", carrier_answered=True)
    await world.drafted("Hi there")
    assert world.sent() == []
    [change] = world.broker.data(ConsentChanged)
    assert (change.state, change.contact, change.evidence.kind) == ("out", "+12025550123", "keyword")
    await world.text("are you there")
    await world.pass_time(60)
    assert len(world.requested()) == 1


async def test_stop_withdraws_what_is_on_its_way(world: World) -> None:
    await world.text("Hello")
    await world.pass_time(2)
    await world.drafted("Hi there")
    await world.text("please stop texting me")
    [change] = world.broker.data(ConsentChanged)
    assert change.evidence.kind == "phrase"
    withdrawn = world.broker.data(SmsWithdrawn)
    assert world.sent()[0].message_id in {id for one in withdrawn for id in one.message_ids}


async def test_start_opens_the_way_again(world: World) -> None:
    await world.text("STOP", keyword="stop")
    await world.pass_time(10)
    await world.text("START", keyword="start")
    await world.pass_time(10)
    await world.text("When do you open?")
    await world.pass_time(2)
    assert len(world.requested()) == 1


async def test_an_opt_out_at_the_carrier_reaches_the_ledger_once(world: World) -> None:
    await world.text("Hello")
    await world.pass_time(2)
    await world.drafted()
    sent, at = world.sent()[0], world.clock.now()
    await world.status(sent, "failed", 2, opted_out_at=at)
    await world.status(sent, "failed", 3, opted_out_at=at)
    [change] = world.broker.data(ConsentChanged)
    assert change.entry_id == derived_id("con", sent.message_id, "carrier")
    assert (change.effective_at, change.evidence.kind) == (at, "carrier")


async def test_an_unclear_wish_to_stop_asks_a_person(world: World) -> None:
    await world.text("not interested")
    await world.pass_time(10)
    assert world.requested() == []
    assert world.broker.data(ConsentChanged) == []
    assert (await world.conversation())["needs_person"]["reason"] == "possible_opt_out"


async def test_a_keyword_in_a_group_is_its_writers_word(world: World) -> None:
    """Sender obeys the stop at once. The ledger must hold it too: people see the reason and lift it there."""
    await world.text("STOP", keyword="stop", others=("+12025550199",))
    assert [(one.contact, one.state) for one in world.broker.data(ConsentChanged)] == [("+12025550123", "out")]
    await world.text("START", keyword="start", others=("+12025550199",))
    assert [one.state for one in world.broker.data(ConsentChanged)] == ["out", "in"]


async def test_help_is_answered_unless_the_carrier_has(world: World) -> None:
    await world.text("HELP", keyword="help", carrier_answered=True)
    assert world.sent() == []
    await world.text("HELP", keyword="help")
    [sent] = world.sent()
    assert "Bakery" in sent.text
    assert "STOP" in sent.text
