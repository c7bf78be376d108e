"""After a tenant's retention its customers' words are nowhere any more; what is under way and all else stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conversation.store import MESSAGE_SPEC
from conversation_world import World
from shared.errors import StoreUnavailable
from shared.events import ConsentChanged, ContactActivity, ConversationUpdated, ReplyDrafted
from testkit.at_rest import at_rest

TENANT, OTHER, THEIRS = "ten_one", "ten_two", "+12025550123"
DAY = 24 * 3600.0
AGENT = {"user": "usr_1"}


async def decide(world: World, **settings: Any) -> None:
    world.settings |= settings
    await world.feed(world.tenant().but(revision=2))


async def talk(world: World, word: str, tenant: str = TENANT, **more: Any) -> None:
    """A text, the assistant's answer, and news from another channel: the word is in all of them."""
    inbound = world.inbound(f"Is the {word} fresh?", **more)
    await world.feed(inbound, id=inbound.message_id, tenant=tenant)
    await world.pass_time(2)
    wanted = world.requested()[-1]
    draft = ReplyDrafted(
        thread_id=wanted.thread_id, conversation_id=wanted.conversation_id, turn=wanted.turn, number=wanted.number,
        contact=wanted.contact, outcome="reply", text=f"The {word} is fresh.", run_id=f"run_{tenant}_{wanted.turn}",
        assistant_id="ast_1", drafted_at=world.clock.now(),
    )  # fmt: skip
    await world.feed(draft, tenant=tenant)
    if world.sent() and word in world.sent()[-1].text:
        await world.feed(world.status_of(world.sent()[-1], "delivered", 3), tenant=tenant)
    told = ContactActivity(
        activity_id=word, channel="chat", at=world.clock.now(), phone_number=THEIRS, summary=f"asked about {word}"
    )
    await world.feed(told, tenant=tenant)


async def kept(world: World) -> str:
    """Everything at rest, once no effect waits any more."""
    await world.service.relay.drain()
    return await at_rest(world.database)


async def test_no_word_of_an_expired_message_is_anywhere_and_other_tenants_lose_nothing(world: World) -> None:
    await talk(world, "zanzibar")
    await talk(world, "quokka", tenant=OTHER)
    world.kept_days[TENANT] = 30
    world.clock.advance(29 * DAY)
    await world.retention.round()
    assert "zanzibar" in await kept(world)
    world.clock.advance(1 * DAY)
    assert await world.retention.round()
    after = await kept(world)
    assert "zanzibar" not in after
    async with world.client(OTHER) as client:
        [theirs] = (await client.get("/api/conversations?q=quokka")).json()["items"]
        assert len((await client.get(f"/api/conversations/{theirs['id']}/messages")).json()["items"]) == 2
    assert "asked about quokka" in after


async def test_the_conversation_and_its_contact_stay_and_dashboards_are_told(world: World) -> None:
    world.kept_days[TENANT] = 30
    await decide(world, ai_mode="off")
    await world.text("Do you have rye?")
    before = await world.conversation()
    assert before["unread"] == 1
    world.clock.advance(31 * DAY)
    await world.retention.round()
    after = await world.conversation()
    assert (after["id"], after["contact"]) == (before["id"], before["contact"])
    assert after["last_activity_at"] == before["last_activity_at"]
    assert (after["last_message"], after["unread"]) == (None, 0)
    assert await world.messages(after["id"]) == []
    told = world.broker.data(ConversationUpdated)[-1]
    assert told.conversation["last_message"] is None
    assert told.forgotten_before == world.clock.now() - timedelta(days=30)
    assert told.revision == after["revision"]


async def test_a_second_round_finds_nothing_to_do(world: World) -> None:
    world.kept_days[TENANT] = 30
    await talk(world, "zanzibar")
    world.clock.advance(31 * DAY)
    await world.retention.round()
    told = len(world.broker.messages)
    await world.retention.round()
    assert len(world.broker.messages) == told


async def test_only_what_is_old_enough_goes(world: World) -> None:
    world.kept_days[TENANT] = 30
    await talk(world, "zanzibar")
    world.clock.advance(20 * DAY)
    await talk(world, "quokka")
    world.clock.advance(15 * DAY)
    await world.retention.round()
    after = await kept(world)
    assert "zanzibar" not in after
    assert "the quokka is fresh." in after
    conversation = await world.conversation()
    assert conversation["last_message"]["text"] == "The quokka is fresh."
    assert len(await world.messages(conversation["id"])) == 2


async def test_a_message_whose_fate_is_open_keeps_its_words_until_it_has_ended(world: World) -> None:
    world.kept_days[TENANT] = 30
    await world.text("Hello")
    id = (await world.conversation())["id"]
    async with world.client(**AGENT) as client:
        await client.post(f"/api/conversations/{id}/messages", json={"text": "The zanzibar is ready"})
    await world.service.relay.drain()
    [sent] = world.sent()
    await world.status(sent, "unresolved", 3)
    world.clock.advance(40 * DAY)
    await world.retention.round()
    assert [one["text"] for one in await world.messages(id)] == ["The zanzibar is ready"]
    assert (await world.conversation())["last_message"]["text"] == "The zanzibar is ready"
    await world.status(sent, "sent", 4)
    await world.retention.round()
    assert "zanzibar" not in await kept(world)


async def test_a_text_that_is_being_answered_stays_until_it_is(world: World) -> None:
    """It came late: from the day before the retention's edge, say from a replayed letter."""
    world.kept_days[TENANT] = 30
    await world.text("Is the zanzibar fresh?", at=world.clock.now() - timedelta(days=31))
    await world.retention.round()
    await world.pass_time(2)
    assert [line.text for line in world.requested()[-1].history] == ["Is the zanzibar fresh?"]
    await world.drafted("Yes")
    await world.status(world.sent()[-1], "delivered", 3)
    await world.retention.round()
    assert "zanzibar" not in await kept(world)


async def test_a_draft_waits_for_a_person_and_lapses_with_the_text_it_answers(suggesting: World) -> None:
    world = suggesting
    world.kept_days[TENANT] = 30
    await talk(world, "zanzibar")
    world.clock.advance(29 * DAY)
    await world.retention.round()
    before = await world.conversation()
    assert before["draft"]["text"] == "The zanzibar is fresh."
    world.clock.advance(2 * DAY)
    await world.retention.round()
    after = await world.conversation()
    assert after["draft"] is None
    assert "zanzibar" not in await kept(world)
    async with world.client(**AGENT) as client:
        path = f"/api/conversations/{after['id']}/drafts/{before['draft']['id']}/approve"
        refused = await client.post(path, json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "draft_superseded")
    assert world.sent() == []


async def test_a_person_is_still_wanted_but_the_customer_is_not_quoted(world: World) -> None:
    await decide(world, hand_over_phrases=("zanzibar",))
    world.kept_days[TENANT] = 30
    await world.text("zanzibar please")
    needs = (await world.conversation())["needs_person"]
    assert (needs["reason"], needs["detail"]) == ("asked_for_person", "wrote: zanzibar")
    world.clock.advance(31 * DAY)
    await world.retention.round()
    needs = (await world.conversation())["needs_person"]
    assert (needs["reason"], needs["detail"], needs["paused"]) == ("asked_for_person", "", True)


async def test_conversations_their_thread_has_let_go_of_lose_their_words_as_well(world: World) -> None:
    """A thread holds ten conversations; the records of older ones still show their last text."""
    await decide(world, ai_mode="off")
    for n in range(14):
        await world.text(f"Is zanzibar{n:02} fresh?")
        world.clock.advance(31 * DAY)
    world.kept_days[TENANT] = 35
    await world.retention.round()
    after = await kept(world)
    assert [n for n in range(14) if f"zanzibar{n:02} " in after] == [13]
    async with world.client() as client:
        shown = (await client.get("/api/conversations")).json()["items"]
        found = (await client.get("/api/conversations?q=zanzibar2")).json()["items"]
    assert [one["last_message"] is None for one in shown] == [False, *[True] * 13]
    assert found == []
    latest = {told.conversation_id: told for told in world.broker.data(ConversationUpdated)}
    assert [one["id"] for one in shown if latest[one["id"]].revision != one["revision"]] == []


async def test_a_thread_goes_on_after_all_its_words_are_gone(world: World) -> None:
    """The resume window may be longer than the retention: the same conversation, numbers that go on."""
    world.kept_days[TENANT] = 30
    await decide(world, resume_days=365)
    await talk(world, "zanzibar")
    first = await world.conversation()
    world.clock.advance(100 * DAY)
    await world.retention.round()
    await world.text("And quokka?")
    await world.pass_time(2)
    wanted = world.requested()[-1]
    assert (wanted.turn, [line.text for line in wanted.history]) == (2, ["And quokka?"])
    assert wanted.other_channels == ()
    await world.drafted("Yes")
    assert world.sent()[-1].seq == 2
    assert (await world.conversation())["id"] == first["id"]


async def test_a_text_delivered_again_after_it_was_forgotten_has_no_second_effect(world: World) -> None:
    world.kept_days[TENANT] = 30
    inbound = await world.text("Is the zanzibar fresh?")
    await world.pass_time(2)
    await world.drafted("Yes")
    await world.status(world.sent()[-1], "delivered", 3)
    world.clock.advance(30 * DAY)
    await world.retention.round()
    asked, sent = len(world.requested()), len(world.sent())
    await world.feed(inbound, id=inbound.message_id)
    await world.status(world.sent()[0], "delivered", 4)
    await world.pass_time(2)
    assert (len(world.requested()), len(world.sent())) == (asked, sent)
    assert "zanzibar" not in await kept(world)


async def test_a_repeated_request_is_refused_after_its_message_was_forgotten(world: World) -> None:
    world.kept_days[TENANT] = 30
    key = {"Idempotency-Key": "order-17"}
    async with world.client(**AGENT) as client:
        begin = {"to": THEIRS, "text": "Your zanzibar is ready"}
        id = (await client.post("/api/conversations", json=begin, headers=key)).json()["id"]
        path = f"/api/conversations/{id}/messages"
        await client.post(path, json={"text": "Come by"}, headers=key)
        await world.service.relay.drain()
        for sent in world.sent():
            await world.status(sent, "delivered", 3)
        world.clock.advance(31 * DAY)
        await world.retention.round()
        assert "zanzibar" not in await kept(world)
        for request, body in (("/api/conversations", begin), (path, {"text": "Come by"})):
            again = await client.post(request, json=body, headers=key)
            assert (again.status_code, again.json()["code"]) == (409, "message_forgotten")
    assert len(world.sent()) == 2


async def test_what_a_crash_left_half_done_is_done_in_the_next_round(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.kept_days[TENANT] = 30
    await talk(world, "zanzibar")
    world.clock.advance(31 * DAY)
    with monkeypatch.context() as patched:
        patched.setattr(world.database.collection(MESSAGE_SPEC), "delete", is_away)
        await world.retention.round()
    assert "zanzibar" in await kept(world)
    await world.retention.round()
    assert "zanzibar" not in await kept(world)


async def is_away(_where: Any) -> int:
    raise StoreUnavailable("store_unavailable", "away")


async def test_a_page_is_not_all(world: World) -> None:
    """More messages than a page holds, of several threads."""
    world.kept_days[TENANT] = 30
    await decide(world, ai_mode="off")
    for n in range(250):
        await world.text(f"zanzibar{n}", contact=f"+1202555{n % 7:04}")
    world.clock.advance(31 * DAY)
    assert await world.retention.round()
    assert "zanzibar" not in await kept(world)


async def test_the_proof_of_an_opt_out_stays(world: World) -> None:
    world.kept_days[TENANT] = 30
    await world.text("Please stop texting me")
    [change] = world.broker.data(ConsentChanged)
    await world.feed(change)
    world.clock.advance(31 * DAY)
    await world.retention.round()
    contact = (await world.conversation())["contact"]["id"]
    async with world.client() as client:
        [entry] = (await client.get(f"/api/contacts/{contact}/consent")).json()["entries"]
    assert entry["evidence"]["text"] == "Please stop texting me"
