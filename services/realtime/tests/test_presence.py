"""Who else looks at a conversation, on real sockets, over two instances."""

from __future__ import annotations

import json
from typing import Any

import httpx2

from testkit.eventually import eventually

T = "ten_1"


def looking(conversation_id: str | None) -> str:
    return json.dumps({"type": "looking", "conversation_id": conversation_id})


def shown(stream: Any, conversation_id: str = "cnv_1") -> list[str] | None:
    """Names of those who look there, as this stream heard last."""
    said = [frame["data"] for frame in stream.frames if frame["type"] == "presence.updated"]
    return next(
        (
            [user["name"] for user in data["users"]]
            for data in reversed(said)
            if data["conversation_id"] == conversation_id
        ),
        None,
    )


async def test_the_others_hear_who_looks_on_every_instance_and_when_the_socket_closes(installation):
    one, two = [await installation.instance() for _ in range(2)]
    async with (
        installation.socket(two, installation.session(T, "tom")) as (tom, _),
        installation.sse(one, installation.session(T, "eve")) as eve,
        installation.socket(one, installation.session("ten_2", "mallory")) as (mallory, _),
    ):
        async with installation.socket(one, installation.session(T, "ann")) as (_, ann):
            await ann.send(looking("cnv_1"))
            await eventually(lambda: shown(tom) == shown(eve) == ["Ann"])
            async with installation.socket(two, installation.session(T, "late")) as (late, _):
                await eventually(lambda: shown(late) == ["Ann"])
            await ann.send(looking("cnv_2"))
            await eventually(lambda: (shown(tom), shown(tom, "cnv_2")) == ([], ["Ann"]))
        await eventually(lambda: shown(tom, "cnv_2") == shown(eve, "cnv_2") == [])
        assert "presence.updated" not in mallory.types
    assert [frame["id"] for frame in tom.frames] == [tom.last_id] * len(tom.frames), "they have no numbers of their own"


async def test_a_client_with_an_event_stream_says_it_by_a_request(installation):
    at = await installation.instance()
    session, key = installation.session(T, "ann"), installation.key(T)
    async with installation.sse(at, session) as seen, httpx2.AsyncClient(trust_env=False) as http:

        async def say(body: dict[str, Any], credential: str = session) -> httpx2.Response:
            headers = {"authorization": f"Bearer {credential}"}
            return await http.post(f"{at.url}/api/realtime/presence", json=body, headers=headers)

        assert (await say({"conversation_id": "cnv_1", "typing": True})).status_code == 204
        await eventually(lambda: shown(seen) == ["Ann"])
        assert seen.frames[-1]["data"]["users"] == [{"id": "ann", "name": "Ann", "typing": True}]
        assert (await say({"conversation_id": None})).status_code == 204
        await eventually(lambda: shown(seen) == [])
        assert (await say({"conversation_id": "a b"})).status_code == 422
        assert (await say({"conversation_id": "cnv_1"}, key)).json()["code"] == "not_a_person"


async def test_an_api_key_looks_at_nothing_and_nonsense_harms_nobody(installation, conversation_event):
    at = await installation.instance()
    async with (
        installation.socket(at, installation.session(T, "ann")) as (_, ann),
        installation.socket(at, installation.key(T)) as (seen, program),
    ):
        await program.send(looking("cnv_1"))
        for nonsense in ("{", "[]", "x" * 3000, b"\xff"):
            await ann.send(nonsense)
        await ann.send(looking("cnv_2"))
        await eventually(lambda: shown(seen, "cnv_2") == ["Ann"])
        assert shown(seen) is None
