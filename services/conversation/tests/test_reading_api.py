"""Lists, searches, pages, and the description of the interface."""

from __future__ import annotations

from typing import Any

from conversation_world import World
from shared.events import ConversationUpdated


async def test_the_list_filters_searches_and_pages(world: World) -> None:
    for n in range(5):
        await world.text(f"order number{n}", contact=f"+1202555015{n}")
        world.clock.advance(60)
    await world.due()
    async with world.client() as client:

        async def found(**params: Any) -> list[str]:
            items = (await client.get("/api/conversations", params=params)).json()["items"]
            return [one["contact"]["phone_number"] for one in items]

        assert await found() == [f"+1202555015{n}" for n in (4, 3, 2, 1, 0)]
        assert await found(q="number3") == ["+12025550153"]
        assert await found(q="(202) 555-0152") == ["+12025550152"]
        assert await found(q="0151") == ["+12025550151"]
        assert len(await found(q="number")) == 5
        assert len(await found(q="202")) == len(await found(q="202-555")) == len(await found(q="+1202")) == 5
        assert len(await found(cursor="")) == 5
        id = (await client.get("/api/conversations", params={"q": "0151"})).json()["items"][0]["id"]
        await client.patch(f"/api/conversations/{id}", json={"state": "closed", "assignee": "usr_1"})
        await client.post(f"/api/conversations/{id}/read")
        assert await found(state="closed") == ["+12025550151"]
        assert await found(assignee="usr_1") == ["+12025550151"]
        assert len(await found(assignee="none")) == 4
        assert await found(unread=False) == ["+12025550151"]
        page = (await client.get("/api/conversations", params={"limit": 3})).json()
        rest = (await client.get("/api/conversations", params={"limit": 3, "cursor": page["next_cursor"]})).json()
        assert (len(page["items"]), len(rest["items"]), rest["next_cursor"]) == (3, 2, None)


async def test_messages_page_newest_last_or_first(world: World) -> None:
    for n in range(5):
        await world.text(f"m{n}")
        world.clock.advance(1)
    id = (await world.conversation())["id"]
    async with world.client() as client:
        path = f"/api/conversations/{id}/messages"
        up = (await client.get(path, params={"limit": 3})).json()
        down = (await client.get(path, params={"limit": 3, "order": "desc"})).json()
    assert [one["text"] for one in up["items"]] == ["m0", "m1", "m2"]
    assert [one["text"] for one in down["items"]] == ["m4", "m3", "m2"]


async def test_a_renamed_contact_is_found_by_the_new_name_everywhere(world: World) -> None:
    conversation = await world.started()
    async with world.client() as client:
        path = f"/api/contacts/{conversation['contact']['id']}"
        facts = {"favourite": "rye"}
        changed = (await client.patch(path, json={"name": "Grace Hopper", "facts": facts})).json()
        assert (changed["name"], changed["company"], changed["facts"]) == ("Grace Hopper", "Engines", facts)
        await world.due()
        [found] = (await client.get("/api/conversations", params={"q": "grac"})).json()["items"]
        assert found["contact"]["name"] == "Grace Hopper"
        assert (await client.get("/api/contacts", params={"q": "hop"})).json()["items"][0]["name"] == "Grace Hopper"
    await world.text("Hello")
    await world.pass_time(2)
    assert ("favourite", "rye") in world.requested()[-1].contact_facts
    assert world.broker.data(ConversationUpdated)[-1].conversation["contact"]["name"] == "Grace Hopper"


async def test_what_is_told_live_equals_what_is_read(world: World) -> None:
    await world.text("Hello")
    await world.pass_time(2)
    await world.drafted("Hi")
    await world.status(world.sent()[0], "delivered", 4, parts=1)
    id = (await world.conversation())["id"]
    async with world.client() as client:
        await client.patch(f"/api/conversations/{id}", json={"guide": "x", "assignee": "usr_1"})
        read = (await client.get(f"/api/conversations/{id}")).json()
        messages = (await client.get(f"/api/conversations/{id}/messages")).json()["items"]
    await world.service.relay.drain()
    assert world.broker.data(ConversationUpdated)[-1].conversation == read
    told = {one["id"]: one for update in world.broker.data(ConversationUpdated) for one in update.messages}
    assert list(told.values()) == messages


async def test_the_documented_interface_can_be_read(world: World) -> None:
    paths = world.app.openapi()["paths"]
    assert {"/api/conversations", "/api/conversations/{conversation_id}/messages", "/api/contacts"} <= paths.keys()
    assert not any(path.startswith("/internal") for path in paths)
    message = world.app.openapi()["components"]["schemas"]["MessageOut"]["properties"]
    assert {"from", "to"} <= message.keys()


async def test_every_reason_to_ask_for_a_person_is_documented(world: World) -> None:
    reason = world.app.openapi()["components"]["schemas"]["NeedsPersonOut"]["properties"]["reason"]
    assert {"possible_opt_out", "opted_out_writes", "asked_for_person", "group_text", "loop"} <= set(reason["enum"])
    assert [value for value in reason["enum"] if f"- `{value}`: " not in reason["description"]] == []
