"""People and programs write to customers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conversation.store import CONVERSATION_SPEC
from conversation_world import OURS, START, THEIRS, World
from shared.errors import STORE_AWAY, StoreUnavailable
from shared.events import SmsWithdrawn

DAY = 86_400


async def test_starting_sends_and_shows_the_whole_conversation(world: World) -> None:
    conversation = await world.started()
    assert conversation["contact"]["phone_number"] == THEIRS
    assert conversation["contact"]["name"] == "Ada Lovelace"
    assert conversation["phone_number"] == OURS
    assert conversation["last_message"]["text"] == "Your bread is ready"
    assert conversation["ai_mode"] == "auto"
    [sent] = world.sent()
    assert (sent.number, sent.contact, sent.author, sent.seq) == (OURS, THEIRS, "api", 1)
    [message] = await world.messages(conversation["id"])
    assert (message["from"], message["to"], message["status"], message["parts"]) == (OURS, THEIRS, "queued", 1)


async def test_the_tenants_own_days_count_from_the_last_activity_and_the_last_moment_still_resumes() -> None:
    world = World({"resume_days": 2})
    await world.start()
    first = await world.started()
    for text in ("One more thing", "And another"):
        world.clock.advance(2 * DAY)
        again = await world.started(text=text)
        assert (again["id"], again["resumed"], again["message"]["text"]) == (first["id"], True, text)
    world.clock.advance(2 * DAY + 1)
    later = await world.started(text="Hello")
    assert (later["resumed"], later["id"] == first["id"]) == (False, False)


async def test_the_same_key_starts_once(world: World) -> None:
    async with world.client() as client:
        key = {"idempotency-key": "order-7"}
        answers = [await client.post("/api/conversations", json=START, headers=key) for _ in range(3)]
        assert {(one.status_code, one.json()["id"]) for one in answers} == {(201, answers[0].json()["id"])}
        assert len(world.sent()) == 1
        other = await client.post("/api/conversations", json={**START, "text": "else"}, headers=key)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


class UnfiledConversations:
    """A database that refuses the first record of a conversation; its message is stored."""

    def __init__(self, database: Any) -> None:
        self._database, self._refused = database, False

    def collection(self, spec: Any) -> Any:
        collection = self._database.collection(spec)
        return _RefusedOnce(collection, self._refuse) if spec.name == CONVERSATION_SPEC.name else collection

    def _refuse(self) -> None:
        if not self._refused:
            self._refused = True
            raise StoreUnavailable("store_unavailable", STORE_AWAY)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


class _RefusedOnce:
    def __init__(self, collection: Any, refuse: Callable[[], None]) -> None:
        self._collection, self._refuse = collection, refuse

    async def put(self, document: Any) -> bool:
        self._refuse()
        return await self._collection.put(document)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._collection, name)


async def test_a_repeated_start_files_the_conversation_that_the_first_one_could_not() -> None:
    world = World(seen_through=UnfiledConversations)
    await world.start()
    async with world.client() as client:
        key = {"idempotency-key": "order-7"}
        first, second = [await client.post("/api/conversations", json=START, headers=key) for _ in "12"]
    assert (first.status_code, first.json()["code"]) == (503, "store_unavailable")
    assert (second.status_code, second.json()["message"]["text"]) == (201, START["text"])
    assert len(world.sent()) == 1


@pytest.mark.parametrize(("days", "resumed"), [(29, True), (31, False)])
async def test_starting_says_whether_it_resumed_a_conversation_and_carries_its_message(
    world: World, days: int, resumed: bool
) -> None:
    await world.text("Hello")
    earlier = await world.conversation()
    world.clock.advance(days * 86400)
    async with world.client() as client:
        key = {"idempotency-key": "start-1"}
        started, repeated = [(await client.post("/api/conversations", json=START, headers=key)).json() for _ in "12"]
        [newest] = (await client.get(f"/api/conversations/{started['id']}/messages?order=desc&limit=1")).json()["items"]
    assert (started["resumed"], started["id"] == earlier["id"]) == (resumed, resumed)
    assert (started["message"], newest["text"]) == (newest, START["text"])
    assert (repeated["resumed"], repeated["message"]["id"]) == (resumed, newest["id"])


async def test_starting_reopens_a_closed_conversation(world: World) -> None:
    await world.text("Hello")
    closed = (await world.conversation())["id"]
    async with world.client() as client:
        await client.patch(f"/api/conversations/{closed}", json={"state": "closed"})
        started = (await client.post("/api/conversations", json=START)).json()
    assert (started["id"], started["state"], started["resumed"]) == (closed, "open", True)


async def test_an_answer_by_a_person_takes_over_and_is_sent_once_per_key(world: World) -> None:
    await world.text("Hello?")
    id = (await world.conversation())["id"]
    async with world.client(user="usr_1") as client:
        key = {"idempotency-key": "k"}
        first = await client.post(f"/api/conversations/{id}/messages", json={"text": "Hi, Bo here"}, headers=key)
        again = await client.post(f"/api/conversations/{id}/messages", json={"text": "Hi, Bo here"}, headers=key)
        other = await client.post(f"/api/conversations/{id}/messages", json={"text": "Other"}, headers=key)
    assert (first.status_code, first.json()["author"]) == (201, "agent")
    assert again.json() == first.json()
    assert other.status_code == 422
    assert len(world.sent()) == 1
    conversation = await world.conversation()
    assert (conversation["ai_mode"], conversation["unread"]) == ("off", 0)
    await world.pass_time(10)
    assert world.requested() == []


async def test_a_takeover_withdraws_the_assistants_answer_and_can_be_given_back(world: World) -> None:
    await world.text("Hello?")
    await world.pass_time(2)
    await world.drafted("Hi")
    id = (await world.conversation())["id"]
    async with world.client() as client:
        taken = (await client.patch(f"/api/conversations/{id}", json={"assignee": "usr_1"})).json()
        assert (taken["assignee"], taken["ai_mode"]) == ("usr_1", "off")
        assert world.broker.data(SmsWithdrawn)[0].turn == 1
        await world.text("Anybody?")
        await world.pass_time(5)
        assert len(world.requested()) == 1
        back = (await client.patch(f"/api/conversations/{id}", json={"ai_mode": "auto"})).json()
        assert back["ai_mode"] == "auto"
    await world.text("Hello??")
    await world.pass_time(31)
    assert len(world.requested()) == 2


async def test_a_program_that_begins_a_conversation_leaves_the_assistant_in_charge(world: World) -> None:
    await world.started()
    await world.text("Thanks! When do you close?")
    await world.pass_time(2)
    assert [line.author for line in world.requested()[-1].history] == ["api", "customer"]
    await world.started(text="Another notice")
    await world.drafted("At six.")
    assert [sent.author for sent in world.sent()] == ["api", "api", "assistant"]
    assert (await world.conversation())["ai_mode"] == "auto"


async def test_bad_requests_say_what_is_wrong(world: World) -> None:
    conversation = await world.started()
    path = f"/api/conversations/{conversation['id']}"
    async with world.client() as client:
        long = await client.post(f"{path}/messages", json={"text": "x" * 1600})
        assert (long.status_code, long.json()["code"]) == (422, "too_long")
        empty = await client.post(f"{path}/messages", json={"text": "  "})
        assert empty.json()["code"] == "empty_message"
        for send, more in ((f"{path}/messages", {}), ("/api/conversations", {"to": THEIRS})):
            torn = await client.post(send, json={"text": "Hel\0lo", **more})
            assert (torn.status_code, torn.json()["code"]) == (422, "control_character")
            assert "character 4 of the text is U+0000" in torn.json()["detail"]
        for to in ("12", "+1312555XXXX", "312-555-0123 x45", "312-555-0123, 312-555-0124"):
            number = await client.post("/api/conversations", json={**START, "to": to})
            assert number.json()["code"] == "invalid_phone_number"
        for text in ("\u200b", "\u2800 \ufeff", "\u00ad\n"):
            blank = await client.post(f"{path}/messages", json={"text": text})
            assert (blank.status_code, blank.json()["code"]) == (422, "empty_message")
        for url in (
            "nonsense",
            "javascript:alert(1)",
            "ftp://example.com/a.png",
            "data:image/png;base64,AA",
            "https://",
        ):
            media = await client.post(f"{path}/messages", json={"media_urls": [url]})
            assert media.status_code == 422, url
        mode = await client.patch(path, json={"ai_mode": "loud"})
        assert mode.status_code == 422
        cursor = await client.get("/api/conversations", params={"cursor": "nonsense"})
        assert cursor.json()["code"] == "bad_cursor"


async def test_a_closed_conversation_reopens_with_the_next_text_and_is_left_after_thirty_days(world: World) -> None:
    await world.text("Hello")
    first = await world.conversation()
    async with world.client() as client:
        await client.patch(f"/api/conversations/{first['id']}", json={"state": "closed"})
        world.clock.advance(29 * 86400)
        await world.text("Me again")
        again = await world.conversation()
        assert (again["id"], again["state"], again["unread"]) == (first["id"], "open", 2)
        world.clock.advance(31 * 86400)
        await world.text("Long time")
        second = await world.conversation()
        assert second["id"] != first["id"]
        old = await client.post(f"/api/conversations/{first['id']}/messages", json={"text": "x"})
        assert (old.status_code, old.json()["code"]) == (409, "conversation_superseded")
