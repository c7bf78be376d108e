"""What the API shows and records of consent."""

from __future__ import annotations

from conversation_world import OUR_SECOND, START, TENANT, THEIRS, World
from shared.events import ConsentChanged, ConsentEntry, ConversationUpdated, standing_opt_outs


async def test_nothing_is_sent_to_who_opted_out_until_they_say_otherwise(world: World) -> None:
    await world.text("STOP", keyword="stop")
    [event] = world.broker.events(ConsentChanged)
    await world.handle[ConsentChanged](event)
    conversation = await world.conversation()
    assert conversation["opted_out"] is True
    contact = conversation["contact"]["id"]
    async with world.client(user="usr_1") as client:
        sent = await client.post(f"/api/conversations/{conversation['id']}/messages", json={"text": "but"})
        assert (sent.status_code, sent.json()["code"]) == (409, "opted_out")
        assert (await client.post("/api/conversations", json=START)).status_code == 409
        world.clock.advance(60)
        told = await client.post(f"/api/contacts/{contact}/consent", json={"state": "in", "note": "asked by phone"})
        assert told.status_code == 201
        assert told.json()["contact"]["opted_out"] is False
        assert [entry["state"] for entry in told.json()["entries"]] == ["in", "out"]
        sent = await client.post(f"/api/conversations/{conversation['id']}/messages", json={"text": "welcome back"})
        assert sent.status_code == 201
    opt_in = world.broker.data(ConsentChanged)[-1]
    assert opt_in.overrides == (event.data.entry_id,)
    entries = tuple(ConsentEntry.of(change) for change in world.broker.data(ConsentChanged))
    assert standing_opt_outs(entries) == ()


async def test_another_word_on_consent_under_the_same_key_is_refused(world: World) -> None:
    contact = (await world.started())["contact"]["id"]
    path, key, out = f"/api/contacts/{contact}/consent", {"idempotency-key": "k"}, {"state": "out", "note": "by phone"}
    async with world.client(user="usr_1") as client:
        first = await client.post(path, json=out, headers=key)
        assert (await client.post(path, json=out, headers=key)).json() == first.json()
        for other in ({"state": "in", "note": "by phone"}, {"state": "out", "note": "by letter"}):
            refused = await client.post(path, json=other, headers=key)
            assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
        world.clock.advance(60 * 60 * 24 * 40)  # absorbed causes are long forgotten
        assert (await client.post(path, json=out, headers=key)).status_code == 201
        assert [entry["state"] for entry in (await client.get(path)).json()["entries"]] == ["out"]
        lifted = await client.post(path, json={"state": "in", "note": "by phone"})
        assert lifted.json()["contact"]["opted_out"] is False


async def test_sender_reads_consent_page_by_page(world: World) -> None:
    await world.text("STOP", keyword="stop")
    [event] = world.broker.events(ConsentChanged)
    await world.handle[ConsentChanged](event)
    token = world.keyring.token({"kind": "internal", "exp": int(world.clock.now().timestamp()) + 10**9})
    async with world.client() as client:
        headers = {"authorization": f"Bearer {token}"}
        [row] = (await client.get("/internal/conversation/consents", headers=headers)).json()["items"]
        assert (row["id"], row["tenant_id"], row["contact"]) == (f"{TENANT}|{THEIRS}", TENANT, THEIRS)
        assert ConsentEntry.read(row["entries"][0]).state == "out"
        one = await client.get(f"/internal/conversation/consents/{TENANT}|{THEIRS}", headers=headers)
        assert one.json() == row
        assert (await client.get("/internal/conversation/consents")).status_code == 401


async def test_a_stop_to_one_number_silences_the_others(world: World) -> None:
    await world.text("Hello", number=OUR_SECOND)
    await world.pass_time(2)
    await world.text("STOP", keyword="stop")
    [event] = world.broker.events(ConsentChanged)
    await world.handle[ConsentChanged](event)
    await world.due()
    await world.drafted("Hi")
    assert world.sent() == []
    async with world.client() as client:
        items = (await client.get("/api/conversations")).json()["items"]
    assert [one["opted_out"] for one in items] == [True, True]
    told = {one.conversation_id: one.conversation for one in world.broker.data(ConversationUpdated)}
    assert [one["opted_out"] for one in told.values()] == [True, True]
