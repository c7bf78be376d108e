"""`/api/assistants/{id}/knowledge`: adding, reading in the background, refusals, repeats, roles and tenants."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from knowledge_files import pdf_of, reads_files_here
from responder_world import PretendModel, World, answered, says

from ai_responder.knowledge import api, requests
from ai_responder.knowledge.store import PASSAGES
from shared.files.store import FILES_SPEC
from testkit.eventually import eventually

TEXT = {"title": "Cakes", "text": "Cakes to order need two days. Wedding cakes need three weeks."}
PAIR = {"question": "Do you have parking?", "answer": "Yes, six spaces behind the house."}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = reads_files_here(World(PretendModel([answered(says("Gladly."))])))
    await world.start("knowledge")
    yield world
    await world.stop()


async def path_of(client: httpx2.AsyncClient) -> str:
    default = (await client.get("/api/assistants")).json()["items"][0]["id"]
    return f"/api/assistants/{default}/knowledge"


async def upload(client: httpx2.AsyncClient, path: str, name: str, content: bytes, **more: Any) -> httpx2.Response:
    return await client.post(path, files={"file": (name, content)}, **more)


async def settled(client: httpx2.AsyncClient, path: str, response: httpx2.Response) -> dict[str, Any]:
    """The document, once it is no longer being read."""
    assert response.status_code == 202, response.text
    found: dict[str, Any] = {}

    async def read() -> bool:
        found.update((await client.get(f"{path}/{response.json()['id']}")).json())
        return found["state"] != "reading"

    await eventually(read)
    return found


async def test_a_text_a_pair_and_a_file_become_ready_and_are_shown(world: World) -> None:
    async with world.client() as client:
        path = await path_of(client)
        text = await settled(client, path, await client.post(path, json=TEXT))
        pair = await settled(client, path, await client.post(path, json=PAIR))
        pdf = pdf_of(["We open at seven every day."], ["Delivery costs four euros."])
        file = await settled(client, path, await upload(client, path, "prices.pdf", pdf, data={"title": "Prices"}))
        listed = (await client.get(path, params={"limit": 2})).json()
        assistant = (await client.get(path.removesuffix("/knowledge"))).json()
    assert (text["kind"], text["state"], text["passages"], text["text"]) == ("text", "ready", 1, TEXT["text"])
    assert (pair["kind"], pair["pairs"], pair["size"]) == ("pairs", [PAIR], 53)
    assert (file["title"], file["file_name"], file["pages"], file["size"]) == ("Prices", "prices.pdf", 2, len(pdf))
    assert [one["title"] for one in listed["items"]] == ["Cakes", ""]
    assert listed["next_cursor"]
    assert (assistant["documents"], assistant["grounding"], assistant["grounding_set"]) == (3, "strict", None)


async def test_a_file_that_cannot_be_read_says_why(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "MOST_BYTES", 50_000)
    async with world.client() as client:
        path = await path_of(client)
        at_once = await upload(client, path, "photo.txt", b"\x89PNG\r\n\x1a\n")
        unknown = await upload(client, path, "list.xlsx", b"PK\x03\x04")
        later = await settled(client, path, await upload(client, path, "scan.pdf", pdf_of([], [])))
        large = await upload(client, path, "large.txt", b"open\n" * 20_000)
        listed = (await client.get(path)).json()["items"]
    assert (at_once.status_code, at_once.json()["code"]) == (422, "not_that_kind")
    assert (unknown.json()["code"], large.status_code) == ("unsupported_file", 413)
    assert (later["state"], later["error"]["code"], later["passages"]) == ("failed", "no_text", 0)
    assert "OCR" in later["error"]["detail"]
    assert [one["file_name"] for one in listed] == ["scan.pdf"]


SAYS_NOTHING: list[Any] = [
    {}, {"title": "x"}, {"text": "x"}, {"question": "x?"}, {**TEXT, **PAIR}, {"title": " ", "text": "x"}, [], "x",
    {"pairs": []}, {**TEXT, "text": "\u200b"}, {**TEXT, "unknown": 1}, {"pairs": [{"question": "x"}]},
]  # fmt: skip


async def test_a_body_that_says_nothing_is_refused(world: World) -> None:
    async with world.client() as client:
        path = await path_of(client)
        answers = [await client.post(path, json=body) for body in SAYS_NOTHING]
    refused = [(one.status_code, one.json()["code"]) for one in answers]
    assert refused == [(422, "invalid")] * len(SAYS_NOTHING)


async def test_a_body_that_is_no_json_is_malformed(world: World) -> None:
    async with world.client() as client:
        response = await client.post(await path_of(client), content=b"{", headers={"content-type": "application/json"})
    assert response.status_code == 400


async def test_a_repeat_adds_nothing_and_another_body_is_refused(world: World) -> None:
    key = {"idempotency-key": "k"}
    async with world.client() as client:
        path = await path_of(client)
        first, again = [await client.post(path, json=TEXT, headers=key) for _ in range(2)]
        other = await client.post(path, json=PAIR, headers=key)
        files = [
            await upload(client, path, "a.txt", text, headers={"idempotency-key": "f"}) for text in (b"a b", b"a b")
        ]
        changed = await upload(client, path, "a.txt", b"c", headers={"idempotency-key": "f"})
        assert len((await client.get(path)).json()["items"]) == 2
        await client.delete(f"{path}/{first.json()['id']}")
        deleted = await client.post(path, json=TEXT, headers=key)
    assert first.json()["id"] == again.json()["id"]
    assert files[0].json()["id"] == files[1].json()["id"]
    assert {other.json()["code"], changed.json()["code"]} == {"idempotency_key_reused"}
    assert deleted.json()["code"] == "knowledge_deleted"


async def test_what_is_deleted_is_gone_with_its_file_and_passages(world: World) -> None:
    async with world.client() as client:
        path = await path_of(client)
        made = await settled(client, path, await upload(client, path, "a.txt", b"Open at seven."))
        assert (await client.delete(f"{path}/{made['id']}")).status_code == 204
        assert (await client.get(f"{path}/{made['id']}")).status_code == 404
        assert (await client.get(path)).json()["items"] == []
        assert (await client.delete(f"{path}/{made['id']}")).status_code == 404

    passages, files = world.database.collection(PASSAGES), world.database.collection(FILES_SPEC)

    async def empty() -> bool:
        return not await passages.count({"tenant_id": "ten_a"}) + await files.count({"tenant_id": "ten_a"})

    await eventually(empty)


async def test_tenants_and_assistants_never_reach_each_others_knowledge(world: World) -> None:
    async with world.client("ten_a") as ours, world.client("ten_b") as theirs:
        path, their_path = await path_of(ours), await path_of(theirs)
        made = await settled(ours, path, await ours.post(path, json=TEXT))
        other = (await ours.post("/api/assistants", json={"name": "Other", "prompt": "Brief."})).json()["id"]
        tried = [
            await theirs.get(path),
            await theirs.get(f"{path}/{made['id']}"),
            await theirs.delete(f"{path}/{made['id']}"),
            await theirs.post(path, json=TEXT),
            await upload(theirs, path, "a.txt", b"x"),
            await theirs.get(f"{their_path}/{made['id']}"),
            await theirs.delete(f"{their_path}/{made['id']}"),
            await ours.get(f"/api/assistants/{other}/knowledge/{made['id']}"),
        ]
        assert {response.status_code for response in tried} == {404}
        assert (await ours.get(f"{path}/{made['id']}")).status_code == 200
        assert (await theirs.get(their_path)).json()["items"] == []


async def test_agents_read_and_only_admins_add_and_delete(world: World) -> None:
    async with world.client() as admin, world.client(role="agent") as agent:
        path = await path_of(admin)
        made = await settled(admin, path, await admin.post(path, json=TEXT))
        assert (await agent.get(f"{path}/{made['id']}")).status_code == 200
        refused = [await agent.post(path, json=TEXT), await agent.delete(f"{path}/{made['id']}")]
    assert {response.status_code for response in refused} == {403}


async def test_at_the_most_documents_a_repeat_gets_its_first_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "MOST_DOCUMENTS", 2)
    world = reads_files_here(World(PretendModel([answered(says("Gladly."))])))
    await world.start("knowledge")
    async with world.client() as client:
        path = await path_of(client)

        async def both() -> list[httpx2.Response]:
            text = await client.post(path, json=TEXT, headers={"idempotency-key": "text"})
            return [text, await upload(client, path, "a.txt", b"x", headers={"idempotency-key": "file"})]

        made, again = await both(), await both()
        more = [await client.post(path, json=PAIR), await upload(client, path, "b.txt", b"y")]
        await client.delete(f"{path}/{made[0].json()['id']}")
        assert (await client.post(path, json=PAIR)).status_code == 202
    assert [one.json()["id"] for one in again] == [one.json()["id"] for one in made]
    assert [(one.status_code, one.json()["code"]) for one in more] == [(409, "too_many_documents")] * 2
    await world.stop()
