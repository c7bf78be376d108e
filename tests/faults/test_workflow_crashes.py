"""A process that dies at any access to its database or broker: every step of a run happens once, and none is lost.

Also two processes that find the same timer due at the same moment.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import Any

from campaigns.workflows.definitions.domain import Workflow, activate, create
from campaigns.workflows.definitions.reading import read_draft
from campaigns.workflows.runs.store import RUN_SPEC, wire_of
from crashing_database import Died, Mortal, MortalBroker, MortalDatabase
from shared.aggregates import Cause
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import Event
from workflow_world import PERSON, RecordingBroker, WorkflowsWorld, send, wait, workflow

STRIDE = int(os.environ.get("WORKFLOW_DEATHS_STRIDE", "4"))
"""1: it dies at every single access, which takes four times as long."""
STEPS = workflow(
    send("Which cake?", "ask"),
    wait(),
    {"id": "keep", "type": "save_response", "field": "cake", "as": "text"},
    {"id": "set", "type": "set_field", "field": "cake", "value": "{cake}"},
    {"id": "pause", "type": "delay", "seconds": 60},
    send("{cake} it is!", "thanks"),
    trigger="keyword",
    keywords=("CAKE",),
)


class Play:
    """The story of one run, in which the first process dies at the chosen access."""

    def __init__(self, at: int) -> None:
        self.database, self.clock, self.broker = EmbeddedDatabase(None), ManualClock(), RecordingBroker()
        self.life = Mortal()
        self.at = at

    async def process(self) -> WorkflowsWorld:
        self.life = Mortal()
        database, broker = MortalDatabase(self.database, self.life), MortalBroker(self.broker, self.life)
        world = WorkflowsWorld(database, self.clock, self.broker, broker)
        await world.start()
        return world

    async def tell(self) -> bool:
        """Whether the process died before the story was over."""
        self.world = await self.process()
        await _made(self.world)
        first = self.life
        first.die_at(self.at)
        await self.event(self.world.texted("cake"))
        await self.due(0)
        await self.event(self.world.status_of(self.world.sent[0], "accepted"))
        await self.due(5)
        await self.event(self.world.texted("vanilla"))
        await self.due(3)
        await self.due(61)
        await self.event(self.world.status_of(self.world.sent[1], "accepted"))
        await self.due(3)
        died, self.world = first.dead, await self.process()
        return died

    async def event(self, data: Any) -> None:
        """It is delivered until it was handled: only then is it acknowledged."""
        event: Event[Any] = self.world.event(data)
        await self.step(lambda: self.world.deliver(event))

    async def due(self, seconds: float) -> None:
        self.clock.advance(seconds)
        await self.step(lambda: self.world.work())

    async def step(self, act: Any) -> None:
        while True:
            with suppress(Died):
                await act()
            if not self.life.dead:
                return
            self.world = await self.process()
            self.clock.advance(3)
            await self.world.service.relay.sweep()


async def test_every_step_happens_once_wherever_a_process_dies() -> None:
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # background tasks die too, and say so
    at = 1 - STRIDE
    died = True
    while died:
        play = Play(at := at + STRIDE)
        died = await play.tell()
        await _judge(play)
        await play.database.close()
    assert at > 60, "the story has that many places to die at"


async def _made(world: WorkflowsWorld) -> None:
    """Not over the API, whose routes take longer to build than the whole story."""
    workflow = Workflow(
        id="wfl_1", tenant_id="ten_a", name="w", created_at=world.clock.now(), updated_at=world.clock.now()
    )
    workflows = world.workflows.aggregates
    draft = read_draft(STEPS, "test")
    await workflows.change("wfl_1", Cause.request("ten_a"), lambda _: create(workflow, draft))
    newest = await world.workflows.version("ten_a", "wfl_1", 1)
    await world.workflows.change(
        "ten_a", "wfl_1", Cause.request("ten_a"), lambda known: activate(known, newest, world.clock.now())
    )


async def _judge(play: Play) -> None:
    assert play.world.texts == ["Which cake?", "vanilla it is!"]
    assert sorted(act["action"] for act in play.world.acts()) == ["awaits", "released", "set_field", "took", "took"]
    [row] = (await play.database.collection(RUN_SPEC).find({})).items
    run = wire_of(row)
    assert (run["state"], run["saved"], run["recipient"]["phone_number"]) == ("finished", {"cake": "vanilla"}, PERSON)


async def test_two_processes_that_find_the_same_timers_send_each_text_once() -> None:
    database, clock, broker = EmbeddedDatabase(None), ManualClock(), RecordingBroker()
    worlds = [WorkflowsWorld(database, clock, broker) for _ in range(2)]
    for world in worlds:
        await world.start()
    pause = {"id": "pause", "type": "delay", "seconds": 60}
    id = await worlds[0].made(workflow(pause, send("Hello", "a")))
    for n in range(30):
        await worlds[n % 2].started(id, f"+1312555{n:04d}")
    clock.advance(60)
    await asyncio.gather(*(world.work() for world in worlds))
    assert len(worlds[0].texts) == 30
    assert len({sent["contact"] for sent in worlds[0].sent}) == 30
    await database.close()
