"""Events in, state and events out: the way of a message through conversation, on a real (in-memory) database."""

from __future__ import annotations

from datetime import timedelta

from conversation_world import World
from shared.events import ConsentChanged, ConversationUpdated, Media, SmsOutbound, SmsWithdrawn, UsageRecorded
from shared.ids import derived_id


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


async def test_an_unclear_wish_to_stop_asks_a_person(world: World) -> None:
    await world.text("not interested")
    await world.pass_time(10)
    assert world.requested() == []
    assert world.broker.data(ConsentChanged) == []
    assert (await world.conversation())["needs_person"]["reason"] == "possible_opt_out"


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


async def test_a_keyword_in_a_group_is_its_writers_word(world: World) -> None:
    """The sender obeys it at once: the ledger must say so too, or nobody sees why and nobody can lift it."""
    await world.text("STOP", keyword="stop", others=("+12025550199",))
    assert [(one.contact, one.state) for one in world.broker.data(ConsentChanged)] == [("+12025550123", "out")]
    await world.text("START", keyword="start", others=("+12025550199",))
    assert [one.state for one in world.broker.data(ConsentChanged)] == ["out", "in"]


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


async def test_help_is_answered_unless_the_carrier_has(world: World) -> None:
    await world.text("HELP", keyword="help", carrier_answered=True)
    assert world.sent() == []
    await world.text("HELP", keyword="help")
    [sent] = world.sent()
    assert "Bakery" in sent.text
    assert "STOP" in sent.text


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


async def test_an_answer_that_shows_nothing_asks_for_a_person(world: World) -> None:
    await world.text("Hello?")
    await world.pass_time(2)
    await world.drafted("\u200b\u2800")
    assert world.sent() == []
    assert (await world.conversation())["needs_person"]["reason"] == "failure"


async def test_media_of_others_are_shown_only_as_web_addresses(world: World) -> None:
    out = SmsOutbound(
        message_id="msg_c", number="+12025550100", contact="+12025550123", text="Sale!", author="campaign",
        media_urls=("javascript:alert(1)", "https://example.com/a.png"),
    )  # fmt: skip
    await world.feed(out, source="campaigns")
    [message] = await world.messages((await world.conversation())["id"])
    assert [one["url"] for one in message["media"]] == ["https://example.com/a.png"]
