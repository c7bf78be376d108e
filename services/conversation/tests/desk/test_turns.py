"""Round robin: unassigned conversations go to those who take part, in turn."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conversation.assignment.domain.rotation import Rotation, take_turn
from conversation_world import OUR_SECOND, OURS, World

RULES = "/api/conversations/assignment"


@given(st.lists(st.sets(st.sampled_from("abc"), min_size=1), max_size=30))
def test_the_turn_goes_to_the_present_user_who_has_waited_longest(present: list[set[str]]) -> None:
    rotation, last = Rotation(), dict.fromkeys("abc", -1)
    for n, users in enumerate(present):
        decision = take_turn(rotation, f"k{n}", sorted(users))
        rotation = Rotation.read(decision.state.jsonable())
        assert last[decision.answer] == min(last[id] for id in users)
        assert take_turn(rotation, f"k{n}", sorted(users)).answer == decision.answer, "asked again: the same"
        last[decision.answer] = n


async def _assigned(world: World, n: int, number: str = OURS, **more: Any) -> list[str | None]:
    """Whom the conversations of so many new customers are assigned to."""
    people = []
    for one in range(n):
        contact = f"+12025{world._serial + 550_000:06}"
        await world.text("Hello", contact=contact, number=number, **more)
        async with world.client() as client:
            found = (await client.get("/api/conversations", params={"q": contact, "state": "open"})).json()["items"]
        people.append(found[0]["assignee"])
        del one
    return people


async def _rules(world: World, *rules: tuple[str | None, list[str]]) -> None:
    async with world.client(role="admin") as admin:
        body = {"rules": [{"number": number, "user_ids": ids} for number, ids in rules]}
        answer = await admin.patch(RULES, json=body)
        assert answer.status_code == 200, answer.text


async def test_conversations_go_round_and_the_assistant_stays_in_charge(world: World) -> None:
    assert await _assigned(world, 1) == [None], "off by default"
    await _rules(world, (None, ["usr_1", "usr_2", "usr_3"]))
    assert await _assigned(world, 4) == ["usr_1", "usr_2", "usr_3", "usr_1"]
    assert (await world.conversation())["ai_mode"] == "auto"
    async with world.client(user="usr_2") as bob:
        assert (await bob.post(f"{RULES}/away", json={"away": True})).json()["away"] == ["usr_2"]
        assert await _assigned(world, 2) == ["usr_3", "usr_1"]
        await bob.post(f"{RULES}/away", json={"away": False})
        assert await _assigned(world, 1) == ["usr_2"]
        assert (await bob.post(f"{RULES}/away", json={"away": True, "user_id": "usr_1"})).status_code == 403
    await _rules(world)
    assert await _assigned(world, 1) == [None]


async def test_who_is_assigned_already_stays_and_a_text_delivered_twice_takes_one_turn(world: World) -> None:
    await _rules(world, (None, ["usr_1", "usr_2"]))
    text = world.inbound("Hello")
    for _ in range(2):
        await world.feed(text, id=text.message_id)
    await world.text("Hello?")
    assert (await world.conversation())["assignee"] == "usr_1"
    assert await _assigned(world, 1) == ["usr_2"]
    assert await _assigned(world, 1, keyword="stop") == [None], "a STOP needs nobody"


async def test_a_number_may_have_its_own_users_and_inactive_ones_are_skipped() -> None:
    world = World(numbers=(OURS, OUR_SECOND))
    await world.start()
    await _rules(world, (None, ["usr_1"]), (OUR_SECOND, ["usr_2", "usr_3"]))
    assert await _assigned(world, 2, OUR_SECOND) == ["usr_2", "usr_3"]
    assert await _assigned(world, 1) == ["usr_1"]
    world.inactive.add("usr_2")
    world.clock.advance(31)  # what accounts said counts for 30 s
    assert await _assigned(world, 2, OUR_SECOND) == ["usr_3", "usr_3"]
    world.owners_are_away = True
    world.clock.advance(31)
    assert None not in await _assigned(world, 1, OUR_SECOND), "a text does not wait for accounts"


async def test_rules_name_users_and_numbers_of_the_tenant(world: World) -> None:
    async with world.client(role="admin") as admin:
        for rule in ({"user_ids": ["usr_gone"]}, {"number": "+12025550999", "user_ids": ["usr_1"]}):
            assert (await admin.patch(RULES, json={"rules": [rule]})).status_code == 422, rule
        twice = {"rules": [{"user_ids": ["usr_1"]}, {"user_ids": ["usr_2"]}]}
        assert (await admin.patch(RULES, json=twice)).json()["code"] == "number_twice"
    async with world.client() as agent:
        assert (await agent.patch(RULES, json={"rules": []})).status_code == 403
