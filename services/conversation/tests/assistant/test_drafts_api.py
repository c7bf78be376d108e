"""Drafts of the assistant wait for a person."""

from __future__ import annotations

from conversation_world import World


async def test_a_draft_waits_and_is_approved_once(suggesting: World) -> None:
    await suggesting.text("Hello?")
    await suggesting.pass_time(2)
    await suggesting.drafted("Hi there")
    assert suggesting.sent() == []
    conversation = await suggesting.conversation()
    draft, path = conversation["draft"], f"/api/conversations/{conversation['id']}/drafts"
    assert draft["text"] == "Hi there"
    async with suggesting.client(user="usr_1") as client:
        first = await client.post(f"{path}/{draft['id']}/approve", json={"text": "Hi there!"})
        assert (first.status_code, first.json()["author"], first.json()["text"]) == (201, "agent", "Hi there!")
        again = await client.post(f"{path}/{draft['id']}/approve")
        assert again.json()["id"] == first.json()["id"]
        other = await client.post(f"{path}/{draft['id']}/approve", json={"text": "no"})
        assert other.json()["code"] == "draft_approved"
        rejected = await client.post(f"{path}/{draft['id']}/reject")
        assert (rejected.status_code, rejected.json()["code"]) == (409, "draft_approved")
    [sent] = suggesting.sent()
    assert sent.turn is None, "what comes next must not withdraw the agent's own message"
    assert (await suggesting.conversation())["draft"] is None
    assert (await suggesting.conversation())["ai_mode"] == "suggest"


async def test_approving_a_superseded_draft_is_refused(suggesting: World) -> None:
    await suggesting.text("Hello?")
    await suggesting.pass_time(2)
    await suggesting.drafted("Hi there")
    conversation = await suggesting.conversation()
    path = f"/api/conversations/{conversation['id']}/drafts/{conversation['draft']['id']}"
    await suggesting.text("Never mind")
    async with suggesting.client() as client:
        response = await client.post(f"{path}/approve")
        assert (response.status_code, response.json()["code"]) == (409, "draft_superseded")
        unknown = await client.post(f"{path}x/approve")
        assert unknown.status_code == 404
    assert suggesting.sent() == []


async def test_a_rejected_draft_is_gone(suggesting: World) -> None:
    await suggesting.text("Hello?")
    await suggesting.pass_time(2)
    await suggesting.drafted("Hi there")
    conversation = await suggesting.conversation()
    path = f"/api/conversations/{conversation['id']}/drafts/{conversation['draft']['id']}"
    async with suggesting.client() as client:
        assert (await client.post(f"{path}/reject")).json()["draft"] is None
        assert (await client.post(f"{path}/reject")).status_code == 200
        assert (await client.post(f"{path}/approve")).json()["code"] == "draft_rejected"


async def test_approving_with_another_text_under_the_same_key_is_refused(suggesting: World) -> None:
    await suggesting.text("Hello?")
    await suggesting.pass_time(2)
    await suggesting.drafted("Hi there")
    conversation = await suggesting.conversation()
    path = f"/api/conversations/{conversation['id']}/drafts/{conversation['draft']['id']}/approve"
    key = {"idempotency-key": "k"}
    async with suggesting.client(user="usr_1") as client:
        first = await client.post(path, json={"text": "Hi Ann"}, headers=key)
        assert first.status_code == 201
        assert (await client.post(path, json={"text": "Hi Ann"}, headers=key)).json() == first.json()
        for other in ({"text": "Hi Bob"}, None):
            refused = await client.post(path, json=other, headers=key)
            assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
        elsewhere = await client.post(path, json={"text": "Hi Bob"}, headers={"idempotency-key": "other"})
        assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "draft_approved")
        assert (await client.post(path)).json() == first.json()
    assert len(suggesting.sent()) == 1


async def test_a_draft_of_a_number_that_lost_sms_stays_until_it_can_be_sent(suggesting: World) -> None:
    await suggesting.text("Hello?")
    await suggesting.pass_time(2)
    await suggesting.drafted("Hi there")
    conversation = await suggesting.conversation()
    path = f"/api/conversations/{conversation['id']}/drafts/{conversation['draft']['id']}/approve"
    await suggesting.able_to("mms")
    async with suggesting.client(user="usr_1") as client:
        refused = await client.post(path)
        assert (refused.status_code, refused.json()["code"]) == (409, "number_without_sms")
        assert suggesting.sent() == []
        await suggesting.able_to("sms", revision=3)
        made = await client.post(path)
        assert made.status_code == 201
        await suggesting.able_to("mms", revision=4)
        assert (await client.post(path)).json()["id"] == made.json()["id"]
