"""Unread texts are counted for each user; an API key sees and sets what no person has answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conversation.read_marks.domain.marks import MOST_MARKS, MOST_UNREAD, ReadMark, ReadMarks, mark_as
from conversation_world import World
from shared.clock import ManualClock
from shared.events import ReadUpdated

NOW = ManualClock().now()


def _shown(id: str = "cnv_1", received: int = 3, unread: int = 3, minute: int = 0) -> dict[str, Any]:
    return {"id": id, "received": received, "unread": unread, "last_inbound_at": NOW + timedelta(minutes=minute)}


def _marked(marks: ReadMarks, shown: dict[str, Any], minute: int = 0, *, read: bool = True) -> ReadMarks:
    decision = mark_as(marks, shown, NOW + timedelta(minutes=minute), read=read)
    return ReadMarks.read(decision.state.jsonable()) if decision else marks


def test_what_a_person_answered_is_unread_for_no_one() -> None:
    marks = _marked(ReadMarks(user_id="u"), _shown(received=3, unread=3))
    assert marks.unread_of(_shown(received=3, unread=3)) == 0
    assert marks.unread_of(_shown(received=5, unread=5)) == 2
    assert marks.unread_of(_shown(received=5, unread=1)) == 1
    assert marks.unread_of(_shown(received=5, unread=0)) == 0


def test_marked_as_unread_stays_unread_although_it_is_answered() -> None:
    marks = _marked(ReadMarks(user_id="u"), _shown(unread=0), read=False)
    assert marks.unread_of(_shown(unread=0)) == 1
    assert _marked(marks, _shown(unread=0)).unread_of(_shown(unread=0)) == 0


def _marks(name: str, n: int) -> tuple[ReadMark, ...]:
    return tuple(
        ReadMark(conversation_id=f"{name}_{one}", texts=3, at=NOW + timedelta(minutes=one)) for one in range(n)
    )


def test_a_user_keeps_the_latest_marks_and_older_conversations_count_as_read() -> None:
    marks = ReadMarks(user_id="u", marks=_marks("cnv", MOST_MARKS))
    for n in (MOST_MARKS, MOST_MARKS + 1):
        marks = _marked(marks, _shown(f"cnv_{n}", minute=n), n)
    assert len(marks.marks) == MOST_MARKS
    assert marks.unread_of(_shown("cnv_0", minute=0)) == 0
    assert marks.unread_of(_shown("never opened", minute=1)) == 0
    assert marks.unread_of(_shown("never opened", minute=2)) == 3


def test_a_user_keeps_the_latest_that_were_marked_as_unread() -> None:
    marks = ReadMarks(user_id="u", unread=_marks("cnv", MOST_UNREAD), read_before=NOW + timedelta(days=9))
    assert marks.unread_of(_shown("cnv_0")) == 1
    marks = _marked(marks, _shown("late"), read=False)
    assert len(marks.unread) == MOST_UNREAD
    assert (marks.unread_of(_shown("cnv_0")), marks.unread_of(_shown("late"))) == (0, 1)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["text", "answer", "read", "unread"])), max_size=25))
def test_after_any_acts_a_mark_says_what_was_asked_last(acts: list[tuple[str, str]]) -> None:
    marks, received, unread = ReadMarks(user_id="u"), dict.fromkeys("ab", 0), dict.fromkeys("ab", 0)
    for id, act in acts:
        if act == "text":
            received[id] += 1
            unread[id] += 1
        elif act == "answer":
            unread[id] = 0
        else:
            shown = _shown(id, received[id], unread[id])
            marks = _marked(marks, shown, read=act == "read")
            assert (marks.unread_of(shown) == 0) == (act == "read")
        shown = _shown(id, received[id], unread[id])
        assert 0 <= marks.unread_of(shown) <= max(unread[id], 1)


async def test_each_user_has_marks_of_their_own(world: World) -> None:
    await world.text("Hello")
    await world.text("Hello?")
    conversation = await world.conversation()
    path = f"/api/conversations/{conversation['id']}"
    async with world.client(user="usr_1") as ann, world.client(user="usr_2") as bob, world.client() as program:

        async def unread(*clients: Any) -> list[int]:
            shown = [(await client.get("/api/conversations")).json()["items"][0]["unread"] for client in clients]
            assert shown == [(await client.get(path)).json()["unread"] for client in clients]
            return shown

        revision = (await ann.get(path)).json()["revision"]
        for _ in range(2):
            assert (await ann.post(f"{path}/read")).json()["unread"] == 0
        assert (await ann.get(path)).json()["revision"] == revision, "it is announced to nobody else"
        assert await unread(ann, bob, program) == [0, 2, 2]
        await world.text("And?")
        assert await unread(ann, bob, program) == [1, 3, 3]
        await bob.post(f"{path}/messages", json={"text": "Bo here"})
        assert await unread(ann, bob, program) == [0, 0, 0]
        assert (await ann.post(f"{path}/unread")).json()["unread"] == 1
        assert await unread(ann, bob, program) == [1, 0, 0]
        await program.post(f"{path}/unread")
        assert await unread(bob, program) == [1, 1]
        await program.post(f"{path}/read")
        assert await unread(ann, bob, program) == [1, 0, 0]
    await world.service.relay.drain()
    told = [(one.user_id, one.unread, one.read_texts) for one in world.broker.data(ReadUpdated)]
    assert told == [("usr_1", 0, 2), ("usr_1", 1, 2)]
