"""A recorded set of events of every kind: in any order, with repeats, on either database, it comes to the same
conversations, messages, contacts, consent and timeline."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from conversation_world import OUR_SECOND, OURS, TENANT, THEIRS, World
from shared.clock import ManualClock
from shared.database.mongodb.database import MongoDatabase
from shared.database.protocol import Database
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import (
    ConsentChanged,
    ConsentEvidence,
    ContactActivity,
    Event,
    ReplyDrafted,
    SmsOutbound,
    SmsStatus,
    WorkflowActed,
    thread_id,
)
from shared.events.kinds import Keyword
from testkit.servers.found import TestServer

START = ManualClock().now()
NOW = START + timedelta(days=2)
OTHERS = "+12025550188"
_TEXTS: tuple[tuple[int, str, Keyword | None], ...] = (
    (1, "Hello", None), (2, "When do you open?", None), (9, "HELP", "help"), (10, "STOP", "stop"),
    (14, "START", "start"), (15, "let me talk to a human", None), (21, "please stop texting me", None),
)  # fmt: skip


def _at(minute: int) -> Any:
    return START + timedelta(minutes=minute)


def _recorded(world: World) -> list[Event[Any]]:
    """With ids and times of their own, so that every run is given the same events."""
    made: list[tuple[int, Any, str]] = []
    for minute, text, keyword in _TEXTS:
        for ours in (OURS, OUR_SECOND) if minute < 10 else (OURS,):
            name = f"text-{minute}-{ours[-1]}"
            data = world.inbound(text, name=name, at=_at(minute), keyword=keyword, number=ours, carrier_answered=True)
            made.append((minute, data, "ingress"))
    group = world.inbound("Hi all", name="group", at=_at(16), contact=OTHERS, others=(THEIRS,))
    made.append((16, group, "ingress"))
    for minute, author, run in ((3, "campaign", None), (5, "workflow", "run_1")):
        out = SmsOutbound.read(
            {
                "message_id": f"msg_out{minute}", "number": OURS, "contact": THEIRS, "text": "Sale!",
                "author": author, "stream": run, "contact_name": "Ada" if minute == 3 else None,
            }
        )  # fmt: skip
        made.append((minute, out, "campaigns"))
        made += [(minute, _status(out.message_id, n, status), "sender") for n, status in enumerate(_FATES, 1)]
    acts: tuple[dict[str, Any], ...] = (
        {"action": "awaits", "until": _at(600)},
        {"action": "took", "message_ids": (made[2][1].message_id,)},
        {"action": "set_field", "field": "cake", "value": "lemon"},
        {"action": "set_field", "field": "cake", "value": "plum"},
        {"action": "hand_over", "to": "person", "note": "wants a call"},
    )
    made += [(6 + n, _act(6 + n, n + 1, **act), "campaigns") for n, act in enumerate(acts)]
    for n in range(2):
        activity = ContactActivity(
            activity_id=f"chat-{n}", channel="chat", at=_at(4 + n), phone_number=THEIRS, summary=f"asked {n}"
        )
        made.append((4 + n, activity, "live chat"))
    made += [(12, _consent("con_p", "out"), "conversation"), (30, _stale_draft(), "ai-responder")]
    return [_event(data, source, minute, n) for n, (minute, data, source) in enumerate(made)]


_FATES = ("accepted", "delivered")


def _status(message_id: str, revision: int, status: str) -> SmsStatus:
    return SmsStatus.read(
        {
            "message_id": message_id, "revision": revision, "number": OURS, "contact": THEIRS, "status": status,
            "changed_at": _at(5 + revision),
        }
    )  # fmt: skip


def _act(minute: int, revision: int, **more: Any) -> WorkflowActed:
    thread = {"thread_id": thread_id(TENANT, OURS, THEIRS), "number": OURS, "contact": THEIRS}
    return WorkflowActed.read(
        {"run_id": "run_1", "workflow_id": "wfl_1", "revision": revision, "at": _at(minute), **thread, **more}
    )


def _consent(entry_id: str, state: Any) -> ConsentChanged:
    evidence = ConsentEvidence(kind="person", user_id="usr_1", text="by phone")
    return ConsentChanged(entry_id=entry_id, contact=THEIRS, state=state, effective_at=_at(12), evidence=evidence)


def _stale_draft() -> ReplyDrafted:
    thread = thread_id(TENANT, OURS, THEIRS)
    return ReplyDrafted(
        thread_id=thread, conversation_id="cnv_none", turn=99, number=OURS, contact=THEIRS, outcome="reply",
        text="Too late.", run_id="run_x", assistant_id="ast_1", drafted_at=_at(30),
    )  # fmt: skip


def _event(data: Any, source: str, minute: int, n: int) -> Event[Any]:
    return Event(f"evt-{n}", source, "s", _at(minute), TENANT, "k", data, correlation_id="cor")


class Backwards(random.Random):
    """Every two events the other way round; chance could leave just those two in order that matter."""

    def shuffle(self, x: Any) -> None:
        x.sort(key=lambda event: event.time, reverse=True)


async def _come_to(database: Database, order: random.Random | None) -> dict[str, Any]:
    """What the events lead to: in their order once, or in any order with repeats; what conversation tells itself comes
    back to it among them."""
    world = World(database=database, numbers=(OURS, OUR_SECOND))
    await database.start()
    await database.clear()
    await world.start()
    world.clock.advance((NOW - START).total_seconds())
    waiting = _recorded(world)
    if order:
        waiting += order.sample(waiting, 8)
        order.shuffle(waiting)
    heard = 0
    while waiting:
        event = waiting.pop(0)
        await world.handle[type(event.data)](event)
        own = world.broker.events(ConsentChanged)
        for told in own[heard:]:
            waiting.insert(order.randint(0, len(waiting)) if order else len(waiting), told)
        heard = len(own)
        if order and order.random() < 0.1:
            await world.due()
    for _ in range(3):
        await world.due()
    return await _shown(world)


async def _shown(world: World) -> dict[str, Any]:
    """As the API shows it, but for how often it was written, and the times of writing."""
    async with world.client(role="viewer") as client:

        async def items(path: str, **params: Any) -> list[dict[str, Any]]:
            answer = await client.get(path, params={"limit": 200, **params})
            assert answer.status_code == 200, answer.text
            found = [{k: v for k, v in one.items() if k != "revision"} for one in answer.json()["items"]]
            return sorted(found, key=lambda one: one["id"])

        async def timeline(id: str) -> list[dict[str, Any]]:
            """Without the moments at which a person was asked for: of several reasons only a stronger one is filed,
            so they depend on the order."""
            return [one for one in await items(f"/api/conversations/{id}/timeline") if one["what"] != "needs_person"]

        conversations = await items("/api/conversations", state="open")
        contacts = await items("/api/contacts")
        return {
            "conversations": conversations,
            "messages": [await items(f"/api/conversations/{one['id']}/messages") for one in conversations],
            "timelines": [await timeline(one["id"]) for one in conversations],
            "contacts": contacts,
            "consent": [(await client.get(f"/api/contacts/{one['id']}/consent")).json()["entries"] for one in contacts],
        }


@pytest.fixture(params=["sqlite", pytest.param("mongodb", marks=pytest.mark.mongodb)])
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        made: Database = EmbeddedDatabase(None)
    else:
        server: TestServer = request.getfixturevalue("mongodb")
        made = MongoDatabase(server.url, "parley_conversation_laws", "parley-laws")
    yield made
    await made.close()


async def test_any_order_with_repeats_comes_to_the_same_on_both_databases(database: Database) -> None:
    expected = await _come_to(EmbeddedDatabase(None), None)
    assert len(expected["conversations"]) == 3
    assert [one["opted_out"] for one in expected["contacts"]].count(True) == 1
    orders = [Backwards(5), random.Random(5)] if isinstance(database, EmbeddedDatabase) else [Backwards(5)]
    for order in orders:
        assert await _come_to(database, order) == expected, type(order).__name__
