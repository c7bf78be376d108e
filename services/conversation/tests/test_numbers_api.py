"""What can be sent from a number."""

from __future__ import annotations

from conversation_world import OTHER, OUR_SECOND, OURS, PICTURE, START, World


async def test_from_is_asked_for_when_there_are_several_numbers(world: World) -> None:
    world.numbers = (OURS, OUR_SECOND)
    for model in world.service.read_models:
        await model.fill()
    async with world.client() as client:
        response = await client.post("/api/conversations", json=START)
        assert response.json()["code"] == "choose_number"
        assert OUR_SECOND in response.json()["detail"]
        chosen = await client.post("/api/conversations", json={**START, "from": OUR_SECOND})
        assert chosen.json()["phone_number"] == OUR_SECOND


async def test_a_number_just_added_can_be_sent_from_at_once(world: World) -> None:
    fresh = type(world)(numbers=())
    await fresh.start()
    async with fresh.client() as client:
        assert (await client.post("/api/conversations", json=START)).json()["code"] == "no_number"
        fresh.numbers = (OURS,)
        assert (await client.post("/api/conversations", json=START)).status_code == 201


async def test_a_conversation_outlives_its_number_but_nothing_is_sent_from_it(world: World) -> None:
    id = (await world.started())["id"]
    before = len(world.sent())
    await world.feed(world.number(OURS).but(revision=2, tenant_id=OTHER, connection_id="con_y"))
    async with world.client(user="usr_1") as client:
        assert (await client.get(f"/api/conversations/{id}/messages")).status_code == 200
        refused = await client.post(f"/api/conversations/{id}/messages", json={"text": "Hi"})
    assert (refused.status_code, refused.json()["code"]) == (409, "number_released")
    assert len(world.sent()) == before


async def test_media_from_a_number_without_mms_are_refused_at_once_with_what_to_do(world: World) -> None:
    id = (await world.started())["id"]
    before = len(world.sent())
    await world.able_to("sms")
    async with world.client(user="usr_1") as client:
        for path, body in (("", {**START, **PICTURE}), (f"/{id}/messages", PICTURE)):
            refused = await client.post(f"/api/conversations{path}", json=body)
            assert (refused.status_code, refused.json()["code"]) == (409, "number_without_mms"), path
            assert "add `mms` to the number" in refused.json()["detail"]
        assert len(world.sent()) == before
        assert (await client.post(f"/api/conversations/{id}/messages", json={"text": "Hi"})).status_code == 201


async def test_a_number_for_pictures_only_sends_no_texts_until_it_can_again(world: World) -> None:
    id = (await world.started())["id"]
    await world.able_to("mms")
    path = f"/api/conversations/{id}/messages"
    async with world.client(user="usr_1") as client:
        refused = await client.post(path, json={"text": "Hi"})
        assert (refused.status_code, refused.json()["code"]) == (409, "number_without_sms")
        assert (await client.post(path, json=PICTURE)).status_code == 201
        await world.able_to("sms", "mms", revision=3)
        assert (await client.post(path, json={"text": "Hi"})).status_code == 201


async def test_a_repeat_of_what_was_accepted_is_no_new_message_whatever_the_number_lost(world: World) -> None:
    async with world.client() as client:
        key = {"idempotency-key": "k"}
        first = await client.post("/api/conversations", json={**START, **PICTURE}, headers=key)
        await world.able_to("sms")
        again = await client.post("/api/conversations", json={**START, **PICTURE}, headers=key)
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])


async def test_an_assistants_answer_that_its_number_cannot_carry_asks_for_a_person(world: World) -> None:
    await world.able_to("mms")
    await world.text("Hello?")
    await world.pass_time(2)
    await world.drafted("Hi there")
    [answer] = world.sent()
    detail = "+12025550100 cannot send texts: its capabilities lack `sms`"
    await world.status(answer, "refused", 2, reason="number_without_sms", detail=detail)
    needs = (await world.conversation())["needs_person"]
    assert (needs["reason"], needs["paused"]) == ("answer_not_sent", False)
    assert needs["detail"] == f"the assistant's answer was not sent: number_without_sms: {detail}"


async def test_the_assistant_is_shown_the_name_of_the_number_that_was_texted(world: World) -> None:
    named = world.number(OURS).but(label="Front desk", revision=2)
    await world.feed(named)
    await world.text("Hello")
    await world.pass_time(2)
    assert world.requested()[-1].number_label == "Front desk"
    await world.feed(named.but(label="Bakery", revision=3))
    await world.text("Hello again")
    await world.pass_time(31)
    assert world.requested()[-1].number_label == "Bakery"
