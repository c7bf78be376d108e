"""A picture of an inbound text is fetched once, in the background, and kept, whatever dies in between."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest

from conversation.domain.media.item import LEASE, PAUSES
from conversation_world import THEIRS, World
from crashing_database import Died, Mortal, MortalDatabase
from picture_play import CAKE, CARD, JPEG, count, documents, send_picture, serves, shown, states
from shared.events import ConversationUpdated, SmsInbound

A_WHILE = LEASE.total_seconds() + 1


async def test_a_picture_is_awaited_then_stored_and_served(world: World) -> None:
    world.pictures[CAKE] = serves()
    await send_picture(world, text="Like this one?")
    [awaited] = await shown(world)
    path = f"/api/media/{awaited['id']}"
    assert awaited == {
        "id": awaited["id"], "url": path, "content_type": "image/jpeg", "size": 404, "state": "awaited", "reason": "",
    }  # fmt: skip
    async with world.client(role="viewer") as client:
        early = await client.get(path)
        assert (early.status_code, early.json()["code"]) == (503, "media_awaited")
        await world.due()
        [stored] = await shown(world)
        assert (stored["state"], stored["size"], stored["url"]) == ("stored", len(JPEG), path)
        assert (await client.get(path)).content == JPEG
    assert CAKE not in str(await world.messages((await world.conversation())["id"])), "the carrier's link is not shown"


async def test_the_message_that_changed_is_told_with_a_higher_revision(world: World) -> None:
    world.pictures[CAKE] = serves()
    sent = await send_picture(world)
    await world.pass_time(1)
    await world.service.relay.drain()
    told = [one for event in world.broker.data(ConversationUpdated) for one in event.messages]
    seen = [(one["revision"], one["media"][0]["state"]) for one in told if one["id"] == sent.message_id]
    assert (seen[0], seen[-1]) == ((1, "awaited"), (2, "stored"))


async def test_a_text_without_pictures_files_nothing_for_them(world: World) -> None:
    await world.text("Hello")
    assert (await count(world, "media"), await count(world, "files")) == (0, 0)


async def test_the_same_text_twice_is_fetched_once(world: World) -> None:
    again = World(beside=world)
    await again.start()
    world.pictures[CAKE] = again.pictures[CAKE] = serves()
    sent = await send_picture(world)
    await world.due()
    await world.handle[SmsInbound](world.event(sent, id=sent.message_id))
    await world.due()
    await again.due()
    assert await states(world) == ["stored"]
    assert (world.fetched, again.fetched) == ([CAKE], [])


async def test_what_cannot_be_had_now_is_tried_again_with_growing_pauses(world: World) -> None:
    world.pictures[CAKE] = httpx2.Response(503)
    await send_picture(world)
    await world.due()
    assert await states(world) == ["awaited"]
    world.pictures[CAKE] = serves()
    await world.pass_time(PAUSES[0] - 1)
    assert await states(world) == ["awaited"]
    await world.pass_time(2)
    assert await states(world) == ["stored"]


async def test_after_a_day_of_tries_it_is_missing_with_the_reason(world: World) -> None:
    world.pictures[CAKE] = httpx2.Response(503)
    await send_picture(world)
    await world.due()
    for pause in PAUSES:
        await world.pass_time(pause)
    [missing] = await shown(world)
    assert (missing["state"], missing["reason"]) == ("missing", "not_reachable")
    async with world.client() as client:
        answer = await client.get(missing["url"])
    assert (answer.status_code, answer.json()["code"]) == (404, "media_missing")
    world.pictures[CAKE] = serves()
    await world.pass_time(10 * 24 * 3600)
    assert await states(world) == ["not_reachable"]


async def test_what_is_no_picture_is_missing_at_once(world: World) -> None:
    world.pictures[CAKE] = serves(b"<html><script>alert(1)</script>")
    await send_picture(world, CAKE, "http://169.254.169.254/latest")
    await world.due()
    await world.due()
    assert await states(world) == ["wrong_type", "forbidden_address"]
    assert await count(world, "files") == 0


async def test_of_several_each_stands_for_itself(world: World) -> None:
    world.pictures |= {CAKE: serves(), CARD: httpx2.Response(410)}
    await send_picture(world, CAKE, CARD)
    await world.due()
    await world.due()
    assert await states(world) == ["stored", "gone"]


async def test_more_than_ten_are_not_taken(world: World) -> None:
    await send_picture(world, *(f"https://media.example/{n}.jpg" for n in range(30)))
    assert len(await shown(world)) == 10


async def test_a_message_that_its_thread_no_longer_holds_shows_its_picture_too(world: World) -> None:
    world.settings["ai_mode"] = "off"
    await world.feed(world.tenant().but(revision=2))
    sent = await send_picture(world)
    for n in range(30):
        await world.text(f"text {n}", at=world.clock.now() + timedelta(seconds=n + 1))
    world.pictures[CAKE] = serves()
    await world.due()
    found = await world.messages((await world.conversation())["id"])
    [with_picture] = [one for one in found if one["id"] == sent.message_id]
    assert with_picture["media"][0]["state"] == "stored"


@pytest.mark.parametrize("access", [2, 3, 4, 5, 6, 7, 9, 12])
async def test_a_process_that_dies_anywhere_leaves_a_picture_that_the_next_one_stores(access: int) -> None:
    """Between the fetch and the file, the file and the document, the document and the message."""
    life = Mortal()
    first = World(seen_through=lambda database: MortalDatabase(database, life))
    await first.start()
    first.pictures[CAKE] = serves()
    await send_picture(first)
    life.die_at(access)
    loop = first.service.tasks["media"].__self__  # type: ignore[attr-defined]
    [document] = await documents(first, "media")
    died = False
    try:
        await loop._work(document)
    except Died:
        died = True
    second = World(beside=first)
    await second.start()
    second.pictures[CAKE] = serves()
    await second.pass_time(A_WHILE)
    await second.pass_time(A_WHILE)
    assert await states(second) == ["stored"], f"died: {died}"
    await second.pass_time(3 * 24 * 3600)
    assert await count(second, "files") == 1, "what the dead process stored is swept, what is shown stays"
    async with second.client() as client:
        assert (await client.get((await shown(second))[0]["url"])).content == JPEG


async def test_a_text_with_a_picture_alone_is_asked_with_what_came_in_words(world: World) -> None:
    world.pictures[CAKE] = serves()
    sent = await send_picture(world, contact=THEIRS)
    await world.pass_time(1)
    await world.pass_time(2)
    [wanted] = world.requested()
    assert wanted.wordless
    assert wanted.history[-1].text == "[attached: photo (1 kB)]"
    [media] = wanted.text_media
    assert (media.message_id, media.content_type, media.size) == (sent.message_id, "image/jpeg", len(JPEG))
    await world.drafted("A lovely cake!")
    await world.status(world.sent()[-1], "delivered", 3)
    await world.text("What do you think?")
    await world.pass_time(3)
    followed = world.requested()[-1]
    assert (followed.wordless, followed.text_media) == (False, (media,)), "it may be about the cake"
    await send_picture(world, CARD)
    await world.pass_time(3)
    assert [one.id for one in world.requested()[-1].text_media] != [media.id]


async def test_an_assistant_that_cannot_look_at_it_asks_for_a_person_and_stays(world: World) -> None:
    await send_picture(world)
    await world.pass_time(3)
    await world.drafted("", outcome="hand_over", reason="media_only")
    needs = (await world.conversation())["needs_person"]
    assert (needs["reason"], needs["paused"]) == ("media_only", False)
    await world.text("It is a cake")
    await world.pass_time(3)
    assert len(world.requested()) == 2
