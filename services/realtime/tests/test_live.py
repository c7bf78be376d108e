"""The whole way on real sockets: an event is published, numbered, and seen by every listener."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from shared.events import BudgetWarned, Money
from testkit.eventually import eventually

T = "ten_1"
TEN = Money(nano=10)


async def test_a_socket_sees_what_is_published(installation, conversation_event):
    at = await installation.instance()
    async with installation.socket(at, installation.key(T)) as (seen, _):
        assert seen.frames[0]["type"] == "hello"
        assert seen.frames[0]["data"]["recovered"] is False
        await installation.publish(conversation_event(T, 1, "hello there"))
        await eventually(lambda: len(seen.frames) == 2)
        frame = seen.frames[1]
        assert frame.keys() == {"id", "type", "time", "data"}
        assert frame["type"] == "conversation.updated"
        assert frame["data"]["messages"][0]["text"] == "hello there"
        epoch = seen.frames[0]["data"]["epoch"]
        assert frame["id"] == f"{epoch}:1"


async def test_an_event_stream_sees_the_same_frames(installation, conversation_event, campaign_event):
    at = await installation.instance()
    key = installation.key(T)
    async with installation.socket(at, key) as (socket, _), installation.sse(at, key) as sse:
        await installation.publish(conversation_event(T, 1))
        await eventually(lambda: len(sse.frames) == 2)
        await installation.publish(campaign_event(T, 1))
        await eventually(lambda: len(sse.frames) == 3 and len(socket.frames) == 3)
        assert sse.frames[1:] == socket.frames[1:]
        assert sse.types == ["hello", "conversation.updated", "campaign.updated"]


async def test_whoever_comes_back_misses_nothing(installation, conversation_event):
    at = await installation.instance()
    key = installation.key(T)
    async with installation.socket(at, key) as (first, _):
        await installation.publish(conversation_event(T, 1))
        await eventually(lambda: len(first.frames) == 2)
    for revision in range(2, 31):
        await installation.publish(conversation_event(T, revision, f"text {revision}"))
    async with installation.socket(at, key, first.last_id) as (second, _):
        await eventually(lambda: len(second.frames) == 30)
        assert second.frames[0]["data"]["recovered"] is True
        numbers = [int(frame["id"].split(":")[1]) for frame in second.frames[1:]]
        assert numbers == list(range(2, 31))
    async with installation.sse(at, key, first.last_id) as third:
        await eventually(lambda: len(third.frames) == 30)
        assert third.frames[1:] == second.frames[1:]


async def test_on_an_event_stream_the_header_wins_over_the_query(installation, conversation_event):
    at = await installation.instance()
    key = installation.key(T)
    async with installation.sse(at, key) as first:
        for revision in (1, 2, 3):
            await installation.publish(conversation_event(T, revision))
        await eventually(lambda: len(first.frames) == 4)
    second_id, third_id = first.frames[2]["id"], first.frames[3]["id"]
    async with installation.sse(at, key, second_id, params={"last_event_id": third_id}) as again:
        await eventually(lambda: len(again.frames) == 2)
        assert again.last_id == third_id
    async with installation.sse(at, key, params={"last_event_id": first.frames[1]["id"]}) as by_query:
        await eventually(lambda: len(by_query.frames) == 3)


@pytest.mark.parametrize("cursor", ["nonsense", "ep_other:1", "{epoch}:99", "{epoch}:-1", "{epoch}:1:1", "{epoch}:١"])
async def test_a_cursor_that_cannot_be_followed_gets_a_reset(installation, conversation_event, cursor):
    at = await installation.instance()
    key = installation.key(T)
    async with installation.socket(at, key) as (first, _):
        await installation.publish(conversation_event(T, 1))
        await eventually(lambda: len(first.frames) == 2)
    epoch = first.frames[0]["data"]["epoch"]
    async with installation.socket(at, key, cursor.format(epoch=epoch)) as (seen, _):
        await eventually(lambda: len(seen.frames) >= 2)
        await installation.publish(conversation_event(T, 2))
        await eventually(lambda: len(seen.frames) == 3)
        assert seen.types == ["hello", "reset", "conversation.updated"]
        assert seen.frames[0]["data"]["recovered"] is False
        assert seen.frames[1]["id"] == f"{epoch}:1"


async def test_more_than_three_hundred_missed_is_a_reset_and_never_a_part(installation, conversation_event):
    at = await installation.instance()
    key = installation.key(T)
    async with installation.socket(at, key) as (first, _):
        start = first.last_id
    for revision in range(1, 302):
        await installation.publish(conversation_event(T, revision))
    epoch = start.split(":")[0]
    async with installation.socket(at, key) as (probe, _):
        await eventually(lambda: int(probe.last_id.split(":")[1]) == 301)
    async with installation.socket(at, key, start) as (seen, _):
        await eventually(lambda: len(seen.frames) == 2)
        assert seen.types == ["hello", "reset"]
    async with installation.socket(at, key, f"{epoch}:1") as (seen, _):
        await eventually(lambda: len(seen.frames) == 301)
        assert set(seen.types[1:]) == {"conversation.updated"}


async def test_two_instances_tell_their_listeners_the_same(installation, conversation_event):
    one, two = await installation.instance(), await installation.instance()
    key = installation.key(T)
    async with installation.socket(one, key) as (a, _), installation.socket(two, key) as (b, _):
        events = [conversation_event(T, revision, id=f"cnv_{revision % 7}") for revision in range(1, 101)]
        await asyncio.gather(*(installation.publish(event) for event in events))
        await eventually(lambda: len(a.frames) == 101 and len(b.frames) == 101)
        assert a.frames[1:] == b.frames[1:]
        assert [int(frame["id"].split(":")[1]) for frame in a.frames[1:]] == list(range(1, 101))


async def test_tenants_never_meet(installation, conversation_event):
    at = await installation.instance()
    mine, theirs = installation.key(T), installation.key("ten_2", "key_2")
    async with installation.socket(at, mine) as (a, _), installation.socket(at, theirs) as (b, _):
        await installation.publish(conversation_event(T, 1, "mine"))
        await installation.publish(conversation_event("ten_2", 1, "theirs"))
        await eventually(lambda: len(a.frames) == 2 and len(b.frames) == 2)
        assert a.texts() == ["mine"]
        assert b.texts() == ["theirs"]
    # Another tenant's cursor opens nothing: it is of an epoch this tenant does not have.
    async with installation.socket(at, theirs, f"{a.frames[0]['data']['epoch']}:0") as (crossed, _):
        await eventually(lambda: len(crossed.frames) == 2)
        assert crossed.types == ["hello", "reset"]
        await installation.publish(conversation_event(T, 2, "mine again"))
        await installation.publish(conversation_event("ten_2", 2, "theirs again"))
        await eventually(lambda: len(crossed.frames) == 3)
        assert crossed.texts() == ["theirs again"]


async def test_pings_are_answered_and_chatter_ignored(installation, conversation_event):
    at = await installation.instance()
    async with installation.socket(at, installation.key(T)) as (seen, socket):
        await socket.send('{"type": "ping"}')
        await socket.send(b"\x00\xff")
        await asyncio.wait_for(await socket.ping(), 5)
        await installation.publish(conversation_event(T, 1))
        await eventually(lambda: len(seen.frames) == 2)


async def test_a_huge_message_ends_the_socket_and_nothing_else(installation, conversation_event):
    at = await installation.instance()
    key = installation.key(T)
    async with installation.socket(at, key) as (_, rude), installation.socket(at, key) as (seen, _):
        await rude.send("x" * 100_000)
        await asyncio.wait_for(rude.wait_closed(), 5)
        assert rude.close_code == 1009
        await installation.publish(conversation_event(T, 1))
        await eventually(lambda: len(seen.frames) == 2)


async def test_heartbeats_say_where_the_stream_is(installation, conversation_event):
    at = await installation.instance()
    async with installation.socket(at, installation.key(T)) as (seen, _):
        await installation.publish(conversation_event(T, 1))
        await eventually(lambda: len(seen.frames) == 2)
        for feed in at.hub._feeds.values():
            feed.heartbeat()
        await eventually(lambda: len(seen.frames) == 3)
        assert seen.frames[2]["type"] == "hb"
        assert seen.frames[2]["data"]["top"] == 1
        assert seen.frames[2]["id"] == seen.frames[1]["id"]


async def test_what_the_tenants_users_may_not_see_stays_out(installation, tenant_event):
    at = await installation.instance()
    async with installation.socket(at, installation.key(T)) as (seen, _):
        await installation.publish(tenant_event(T, 3))
        await eventually(lambda: len(seen.frames) == 2)
        data = seen.frames[1]["data"]
        assert data["name"] == "Acme"
        assert data["revision"] == 3
        assert not {"monthly_cap", "daily_cap", "max_ai_parts"} & data.keys()
        await installation.publish(tenant_event(T, 4, about="ten_2"))
        await installation.publish(tenant_event(T, 5))
        await eventually(lambda: len(seen.frames) == 3)
        assert seen.frames[2]["data"]["revision"] == 5


async def test_a_budget_warning_is_shown_to_the_tenant_it_is_about(installation, event_of):
    warned = BudgetWarned(tenant_id=T, period="day", name="2026-03-10", threshold=80, spent=Money(nano=8), cap=TEN)
    at = await installation.instance()
    async with installation.socket(at, installation.key(T)) as (seen, _):
        await installation.publish(event_of(T, warned.but(tenant_id="ten_2")))
        await installation.publish(event_of(T, warned))
        await eventually(lambda: len(seen.frames) == 2)
        assert seen.frames[1]["type"] == "budget.warned"
        assert seen.frames[1]["data"] == warned.jsonable()


async def test_too_many_streams_are_refused_with_a_time_to_come_back(installation):
    at = await installation.instance(realtime_max_connections=3, realtime_max_connections_per_tenant=2)
    key = installation.key(T)
    async with installation.socket(at, key), installation.sse(at, key):
        async with installation.socket(at, key, wait=False) as (_, refused):
            await refused.wait_closed()
        assert (refused.close_code, refused.close_reason) == (4429, "too_many_connections")
        async with installation.socket(at, installation.key("ten_2")), httpx2.AsyncClient(trust_env=False) as http:
            headers = {"Authorization": f"Bearer {installation.key('ten_3')}"}
            answer = await http.get(f"{at.url}/api/realtime/events", headers=headers)
            assert answer.status_code == 429
            assert int(answer.headers["retry-after"]) >= 1
            assert answer.json()["code"] == "too_many_connections"
    await eventually(lambda: not at.hub._taken)
    async with installation.socket(at, key) as (seen, _):
        assert seen.types == ["hello"]
