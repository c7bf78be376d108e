"""Two contacts are one person: merged, parted again, in chains, and with everything that follows them."""

from __future__ import annotations

import asyncio
from typing import Any

from contacts_play import SECOND, consent_heard, made, made_in_order, merged, patched, shown, timeline, unmerged
from conversation_world import OTHER, OURS, THEIRS, World
from shared.events import ContactActivity, ContactChanged


async def pair(world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two contacts, the one that will survive first; the other one has a conversation."""
    one, other = await made_in_order(
        world,
        {"email": "ada@cakes.example", "fields": {"cake": "lemon", "size": "80"}, "labels": ["vip"]},
        {
            "phone_number": THEIRS,
            "external_ids": {"shop": "4711"},
            "name": "Ada",
            "fields": {"cake": "nut", "day": "Friday"},
            "labels": ["VIP", "wedding"],
        },
    )
    await world.text("Hello")
    return one, other


async def test_the_survivor_has_what_both_had_and_answers_for_both(world: World) -> None:
    one, other = await pair(world)
    result = await merged(world, other["id"], one["id"])
    assert result["id"] == one["id"]
    assert (result["phone_numbers"], result["emails"], result["external_ids"]) == (
        [THEIRS],
        ["ada@cakes.example"],
        {"shop": "4711"},
    )
    assert (result["name"], result["labels"]) == ("Ada", ["vip", "wedding"])
    assert result["fields"] == {"cake": "lemon", "size": "80", "day": "Friday"}
    [merge] = result["merges"]
    assert (merge["merge_id"], merge["other_id"], merge["by"]) == (result["merge_id"], other["id"], "usr_1")
    assert merge["conflicts"] == [{"what": "fields.cake", "kept": "lemon", "left": "nut"}]
    for id in (one["id"], other["id"]):
        assert (await shown(world, id))["id"] == one["id"]
    assert (await merged(world, one["id"], other["id"]))["merge_id"] == result["merge_id"]
    assert (await merged(world, one["id"], one["id"], 422))["code"] == "same_contact"


async def test_conversations_timeline_and_search_follow_the_merge_and_come_back(world: World) -> None:
    one, other = await pair(world)
    result = await merged(world, one["id"], other["id"])
    await world.due()
    card = (await world.conversation())["contact"]
    assert (card["id"], card["phone_number"], card["name"]) == (one["id"], THEIRS, "Ada")
    assert [item["kind"] for item in await timeline(world, one["id"])] == ["change", "sms"]
    for text in ("Again", "Bye"):
        world.clock.advance(1)
        await world.text(text)
    assert len(await timeline(world, other["id"])) == 4
    back = await unmerged(world, other["id"], result["merge_id"])
    await world.due()
    assert (back["id"], back["restored"]["id"]) == (one["id"], other["id"])
    assert (await world.conversation())["contact"]["id"] == other["id"]
    assert [item["summary"] for item in await timeline(world, other["id"])] == ["Bye", "Again", "Hello"]
    assert [item["kind"] for item in await timeline(world, one["id"])] == ["change", "change"]
    async with world.client() as client:
        found = (await client.get("/api/contacts?q=0123")).json()["items"]
    assert [contact["id"] for contact in found] == [other["id"]]
    assert (await unmerged(world, one["id"], result["merge_id"]))["restored"]["id"] == other["id"]  # a repeat


async def test_an_unmerge_gives_back_exactly_what_the_other_had(world: World) -> None:
    one, other = await pair(world)
    result = await merged(world, one["id"], other["id"])
    await patched(world, one["id"], {"fields": {"size": "90", "new": "x"}, "email": "new@cakes.example"})
    await unmerged(world, one["id"], result["merge_id"])
    kept = ("phone_numbers", "emails", "external_ids", "name", "company", "fields", "labels", "consent", "created_at")
    now, first = await shown(world, other["id"]), await shown(world, one["id"])
    assert {key: now[key] for key in kept} == {key: other[key] for key in kept}
    assert first["emails"] == ["new@cakes.example", "ada@cakes.example"]
    assert (first["phone_numbers"], first["external_ids"], first["name"], first["labels"]) == ([], {}, None, ["vip"])
    assert first["fields"] == {"cake": "lemon", "size": "90", "new": "x"}
    assert (await unmerged(world, one["id"], "mrg_unknown", 404))["code"] == "not_found"


async def test_what_was_given_up_meanwhile_is_not_taken_from_its_new_owner(world: World) -> None:
    one, other = await pair(world)
    result = await merged(world, one["id"], other["id"])
    await patched(world, one["id"], {"external_ids": {"shop": None}})
    third = await made(world, {"external_ids": {"shop": "4711"}})
    await unmerged(world, one["id"], result["merge_id"])
    assert (await shown(world, other["id"]))["external_ids"] == {}
    assert (await shown(world, third["id"]))["external_ids"] == {"shop": "4711"}


async def test_chains_end_at_one_contact_and_are_undone_from_the_outside(world: World) -> None:
    ids = [one["id"] for one in await made_in_order(world, *({"email": f"{n}@cakes.example"} for n in range(4)))]
    inner = await merged(world, ids[2], ids[3])
    outer = await merged(world, ids[1], ids[3])  # the third answers for it
    await merged(world, ids[0], ids[1])
    assert await merged(world, ids[3], ids[0])  # what is one already stays one
    for id in ids:
        assert (await shown(world, id))["emails"] == [f"{n}@cakes.example" for n in range(4)]
    refused = await unmerged(world, ids[2], inner["merge_id"], 409)
    assert refused["code"] == "merged_since"
    last = (await shown(world, ids[0]))["merges"][-1]["merge_id"]
    assert (await unmerged(world, ids[0], last))["emails"] == ["0@cakes.example"]
    await unmerged(world, ids[1], outer["merge_id"])
    await unmerged(world, ids[2], inner["merge_id"])
    for n, id in enumerate(ids):
        assert (await shown(world, id))["emails"] == [f"{n}@cakes.example"]


async def test_merges_that_race_make_one_contact(world: World) -> None:
    ids = [one["id"] for one in await made_in_order(world, *({"email": f"{n}@cakes.example"} for n in range(4)))]
    pairs = [(0, 1), (1, 0), (2, 3), (1, 2), (3, 0)]
    async with world.client() as client:
        await asyncio.gather(
            *(client.post(f"/api/contacts/{ids[a]}/merge", json={"other_id": ids[b]}) for a, b in pairs)
        )
        for a, b in pairs:
            assert (await client.post(f"/api/contacts/{ids[a]}/merge", json={"other_id": ids[b]})).status_code == 200
        listed = (await client.get("/api/contacts")).json()["items"]
    assert [(one["id"], sorted(one["emails"])) for one in listed] == [
        (ids[0], [f"{n}@cakes.example" for n in range(4)])
    ]


async def test_consent_stays_with_its_number_and_a_stop_reaches_the_merged_conversations(world: World) -> None:
    one, other = await pair(world)
    await patched(world, one["id"], {"phone_number": SECOND})
    await world.text("Hi", contact=SECOND)
    await merged(world, one["id"], other["id"])
    await world.due()
    await world.text("STOP", keyword="stop")
    await consent_heard(world)
    contact = await shown(world, one["id"])
    assert {number: kept["state"] for number, kept in contact["consent"].items()} == {SECOND: "none", THEIRS: "out"}
    async with world.client() as client:
        conversations = (await client.get("/api/conversations?state=open")).json()["items"]
    assert {one["contact"]["phone_number"]: one["opted_out"] for one in conversations} == {THEIRS: True, SECOND: False}
    assert {one["contact"]["id"] for one in conversations} == {one["id"]}


async def test_other_services_hear_of_every_id_with_rising_revisions(world: World) -> None:
    one, other = await pair(world)
    for n in range(5):
        await patched(world, other["id"], {"company": f"{n}"})
        await world.due()
    result = await merged(world, one["id"], other["id"])
    await world.due()
    await unmerged(world, one["id"], result["merge_id"])
    await world.due()
    await patched(world, other["id"], {"company": "last"})
    await world.due()
    heard: dict[str, list[ContactChanged]] = {}
    for news in world.broker.data(ContactChanged):
        heard.setdefault(news.contact_id, []).append(news)
    assert heard.keys() > {one["id"], other["id"]}
    for told in heard.values():
        revisions = [news.revision for news in told]
        assert revisions == sorted(set(revisions))
    assert heard[other["id"]][-1].company == "last"
    assert [THEIRS in news.phone_numbers for news in heard[one["id"]]][-2:] == [True, False]


async def test_the_assistant_sees_what_the_merged_person_did_elsewhere(world: World) -> None:
    one, other = await pair(world)
    for n, who in enumerate(({"email": "ADA@cakes.example"}, {"external_id": "4711", "external_system": "shop"})):
        told = ContactActivity(activity_id=f"a{n}", channel="chat", at=world.clock.now(), summary=f"asked {n}", **who)
        await world.feed(told)
        world.clock.advance(1)
    await merged(world, one["id"], other["id"])
    await world.due()
    await world.text("So?")
    await world.pass_time(5)
    assert [line.split(": ")[1] for line in world.requested()[-1].other_channels] == ["asked 0", "asked 1"]


async def test_no_one_merges_across_tenants(world: World) -> None:
    one, other = await pair(world)
    async with world.client(OTHER) as stranger:
        answer = await stranger.post(f"/api/contacts/{one['id']}/merge", json={"other_id": other["id"]})
        assert answer.status_code == 404
    assert OURS not in (await shown(world, one["id"]))["phone_numbers"]
