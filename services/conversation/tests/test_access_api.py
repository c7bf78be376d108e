"""Who may read and write what."""

from __future__ import annotations

from conversation_world import OTHER, OURS, START, World


async def test_another_tenant_sees_and_changes_nothing(world: World) -> None:
    conversation = await world.started()
    id, contact = conversation["id"], conversation["contact"]["id"]
    async with world.client(OTHER) as client:
        assert (await client.get("/api/conversations")).json()["items"] == []
        assert (await client.get("/api/contacts")).json()["items"] == []
        answers = [
            await client.get(f"/api/conversations/{id}"),
            await client.get(f"/api/conversations/{id}/messages"),
            await client.post(f"/api/conversations/{id}/messages", json={"text": "x"}),
            await client.patch(f"/api/conversations/{id}", json={"state": "closed"}),
            await client.post(f"/api/conversations/{id}/read"),
            await client.post(f"/api/conversations/{id}/drafts/drf_1/approve"),
            await client.post(f"/api/conversations/{id}/drafts/drf_1/reject"),
            await client.get(f"/api/contacts/{contact}"),
            await client.patch(f"/api/contacts/{contact}", json={"name": "x"}),
            await client.post(f"/api/contacts/{contact}/consent", json={"state": "out", "note": "x"}),
        ]
        assert {answer.status_code for answer in answers} == {404}
        stolen = await client.post("/api/conversations", json={**START, "from": OURS})
        assert (stolen.status_code, stolen.json()["code"]) == (422, "unknown_number")


async def test_a_viewer_reads_only(world: World) -> None:
    conversation = await world.started()
    async with world.client(role="viewer") as client:
        assert (await client.get(f"/api/conversations/{conversation['id']}")).status_code == 200
        sent = await client.post(f"/api/conversations/{conversation['id']}/messages", json={"text": "x"})
        assert sent.status_code == 403


async def test_a_suspended_tenant_reads_everything_and_sends_nothing(world: World) -> None:
    id = (await world.started())["id"]
    await world.text("Are you there?")
    before = len(world.sent())
    suspended = world.tenant().but(revision=2, status="suspended")
    await world.feed(suspended)
    async with world.client(user="usr_1") as client:
        for method, path, body in (
            ("POST", "", START),
            ("POST", f"/{id}/messages", {"text": "Hi"}),
            ("PATCH", f"/{id}", {"ai_mode": "auto"}),
            ("POST", f"/{id}/drafts/drf_1/approve", {}),
            ("POST", f"/{id}/drafts/drf_1/reject", None),
        ):
            refused = await client.request(method, f"/api/conversations{path}", json=body)
            assert (refused.status_code, refused.json()["code"]) == (409, "tenant_suspended"), path
        assert (await client.get(f"/api/conversations/{id}/messages")).status_code == 200
        assert (await client.post(f"/api/conversations/{id}/read")).status_code == 200
        await world.pass_time(10)
        assert (len(world.sent()), world.requested()) == (before, [])
        await world.feed(suspended.but(revision=3, status="active"))
        assert (await client.post(f"/api/conversations/{id}/messages", json={"text": "Hi"})).status_code == 201
