"""Events in, state and events out: the way of a message through conversation, on a real (in-memory) database."""

from __future__ import annotations

from datetime import timedelta

from conversation_world import World
from shared.events import ConsentChanged, ConversationUpdated, Media, SmsOutbound, UsageRecorded


async def test_a_text_is_answered_and_its_delivery_is_shown(world: World) -> None:
    text = await world.text("When do you open?", parts=2)
    assert world.requested() == []
    await world.pass_time(2)
    [wanted] = world.requested()
    assert [line.text for line in wanted.history] == ["When do you open?"]
    assert wanted.ai_mode == "auto"

    await world.drafted("At nine.")
    [sent] = world.sent()
    assert (sent.text, sent.author, sent.turn, sent.seq) == ("At nine.", "assistant", 1, 1)
    assert sent.stream == wanted.thread_id
    assert text.message_id in sent.causes
    assert sent.expires_at == wanted.answer_by

    await world.status(sent, "delivered", 3, parts=1)
    conversation = await world.conversation()
    messages = await world.messages(conversation["id"])
    assert [(one["direction"], one["status"]) for one in messages] == [
        ("inbound", "received"),
        ("outbound", "delivered"),
    ]
    assert conversation["last_message"]["status"] == "delivered"
    await world.service.relay.drain()
    assert world.broker.data(ConversationUpdated)[-1].messages[0]["status"] == "delivered"
    [usage] = world.broker.data(UsageRecorded)
    assert [(line.ledger_key, line.quantity) for line in usage.lines] == [(f"{text.message_id}:sms_parts_in", 2)]


async def test_the_same_text_five_times_is_one_message_and_one_answer(world: World) -> None:
    inbound = world.inbound("Hello?")
    for _ in range(5):
        await world.feed(inbound, id="same")
    await world.pass_time(2)
    await world.pass_time(2)
    assert len(world.requested()) == 1
    draft = world.event(await world.drafted())
    await world.handle[type(draft.data)](draft)
    assert len({sent.message_id for sent in world.sent()}) == 1
    assert len(await world.messages((await world.conversation())["id"])) == 2


async def test_groups_and_short_codes_are_recorded_but_not_answered(world: World) -> None:
    await world.text("Lunch, everybody?", others=("+12025550199",))
    await world.text("please stop texting me, Bob", others=("+12025550199",))
    await world.text("Your code is 1234", contact="72345")
    await world.text("STOP", keyword="stop", contact="72345")
    await world.pass_time(10)
    assert world.requested() == []
    assert world.broker.data(ConsentChanged) == []


async def test_two_sender_names_are_two_contacts(world: World) -> None:
    for name in ("Аптека", "Ателье", "快递"):
        await world.text("Ваш код 1234", contact=name)
    async with world.client() as client:
        contacts = (await client.get("/api/contacts")).json()["items"]
    assert {contact["phone_number"] for contact in contacts} == {"Аптека", "Ателье", "快递"}
    assert world.requested() == []


async def test_others_messages_are_part_of_the_conversation(world: World) -> None:
    out = SmsOutbound(
        message_id="msg_campaign", number="+12025550100", contact="+12025550123", text="Sale!", author="campaign",
        contact_name="Ada", priority="bulk",
    )  # fmt: skip
    await world.status(out, "accepted", 2)
    await world.feed(out, source="campaigns")
    await world.feed(out.but(message_id="msg_ours"), source="conversation")
    conversation = await world.conversation()
    assert conversation["contact"]["name"] == "Ada"
    [message] = await world.messages(conversation["id"])
    assert (message["author"], message["status"]) == ("campaign", "accepted")
    await world.text("How much?")
    await world.pass_time(2)
    assert [line.author for line in world.requested()[-1].history] == ["campaign", "customer"]


async def test_the_assistant_is_silent_while_a_workflow_waits(world: World) -> None:
    until = world.clock.now() + timedelta(hours=1)
    out = SmsOutbound(
        message_id="msg_w1", number="+12025550100", contact="+12025550123", text="1 or 2?", author="workflow",
        expects_reply_until=until,
    )  # fmt: skip
    await world.feed(out, source="campaigns")
    await world.pass_time(5)
    await world.text("2")
    await world.pass_time(10)
    assert world.requested() == []
    await world.feed(out.but(message_id="msg_w2", text="Thanks", expects_reply_until=None), source="campaigns")
    await world.pass_time(5)
    await world.text("When do you open?")
    await world.pass_time(2)
    assert len(world.requested()) == 1


async def test_a_status_of_an_old_message_still_reaches_its_record(world: World) -> None:
    await world.text("Hello")
    await world.pass_time(2)
    await world.drafted()
    sent = world.sent()[0]
    await world.status(sent, "delivered", 2)
    for n in range(30):
        await world.text(f"more {n}", keyword="help", carrier_answered=True)
        world.clock.advance(1)
    await world.status(sent, "undelivered", 5)
    conversation = await world.conversation()
    shown = {one["id"]: one["status"] for one in await world.messages(conversation["id"])}
    assert shown[sent.message_id] == "undelivered"


async def test_a_status_is_never_taken_back_by_an_older_one(world: World) -> None:
    await world.text("Hello")
    await world.pass_time(2)
    await world.drafted()
    await world.status(world.sent()[0], "delivered", 5)
    await world.status(world.sent()[0], "sent", 4)
    assert (await world.conversation())["last_message"]["status"] == "delivered"


async def test_two_machines_talking_are_handed_to_a_person(world: World) -> None:
    for n in range(3):
        await world.text("I am away until Monday.")
        await world.pass_time(2)
        if n < 2:
            await world.drafted(f"Enjoy your time {n}", run_id=f"run_{n}")
            await world.status(world.sent()[-1], "delivered", 2)
        await world.pass_time(60)
    assert len(world.requested()) == 2
    assert (await world.conversation())["needs_person"]["reason"] == "loop"


async def test_what_happened_elsewhere_is_in_the_snapshot(world: World) -> None:
    from shared.events import ContactActivity

    told = ContactActivity(
        activity_id="a1", channel="email", at=world.clock.now(), phone_number="+12025550123", summary="asked for prices"
    )
    await world.feed(told)
    await world.text("And?")
    await world.pass_time(2)
    [line] = world.requested()[0].other_channels
    assert "email: asked for prices" in line


async def test_nothing_is_lost_while_the_broker_is_away(world: World) -> None:
    world.broker.away = True
    await world.text("Hello")
    await world.pass_time(2)
    world.broker.away = False
    await world.pass_time(5)
    await world.service.relay.sweep()
    assert len(world.requested()) == 1


async def test_a_text_that_shows_nothing_is_kept_but_not_answered(world: World) -> None:
    for blank in ("\u2800", "\u200b", "\ufeff", "\u00ad", " \u200b\u2800 ", ""):
        await world.text(blank)
    await world.pass_time(10)
    assert world.requested() == []
    conversation = await world.conversation()
    assert (len(await world.messages(conversation["id"])), conversation["unread"]) == (6, 6)
    await world.text("", media=(Media(url="https://media.example/a.png", content_type="image/png"),))
    await world.pass_time(10)
    [wanted] = world.requested()
    assert wanted.history[-1].text == "[attached: photo (size unknown)]"
    assert wanted.history[0].text == "[no text]"


async def test_media_of_others_are_shown_only_as_web_addresses(world: World) -> None:
    out = SmsOutbound(
        message_id="msg_c", number="+12025550100", contact="+12025550123", text="Sale!", author="campaign",
        media_urls=("javascript:alert(1)", "https://example.com/a.png"),
    )  # fmt: skip
    await world.feed(out, source="campaigns")
    [message] = await world.messages((await world.conversation())["id"])
    assert [one["url"] for one in message["media"]] == ["https://example.com/a.png"]
