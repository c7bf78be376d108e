"""A process that dies at any access to its database or broker while it feeds a campaign: every recipient is texted
once. Also two processes that feed the same campaign at the same moment."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import Any

import orjson
import pytest
from services.campaigns.tests.campaigns.conftest import Marketer, number
from services.campaigns.tests.conftest import CampaignsWorld, RecordingBroker

from campaigns.campaigns import feeding
from campaigns.campaigns.domain.recipient import message_id, recipient_id
from crashing_database import Died, Mortal, MortalBroker, MortalDatabase
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase

STRIDE = int(os.environ.get("CAMPAIGN_DEATHS_STRIDE", "3"))
"""1: it dies at every single access, which takes three times as long."""
PEOPLE = 4


class Play:
    """A campaign is fed; the first process dies at the chosen access, a second one goes on."""

    def __init__(self) -> None:
        self.database, self.clock, self.broker = EmbeddedDatabase(None), ManualClock(), RecordingBroker()
        self.clock.advance(18 * 3600)
        self.id = ""

    async def process(self) -> tuple[CampaignsWorld, Mortal]:
        life = Mortal()
        database, broker = MortalDatabase(self.database, life), MortalBroker(self.broker, life)
        world = CampaignsWorld(database, self.clock, broker)
        await world.start()
        return world, life

    async def started(self, world: CampaignsWorld) -> None:
        marketer = Marketer(world)
        await marketer.settle()
        self.id = await marketer.draft(PEOPLE)
        await marketer.post(self.id, "start")

    async def tell(self, at: int) -> bool:
        """Whether the first process died before all was handed over."""
        first, life = await self.process()
        await self.started(first)
        life.die_at(at)
        with suppress(Died):
            await first.look(2)
        self.clock.advance(11)  # the lease of the dead one runs out
        second, _ = await self.process()
        await second.look(3)
        self.clock.advance(3)
        await second.service.relay.sweep()
        self.judge()
        return life.dead

    def judge(self) -> None:
        """One event for each recipient, under the id of its first attempt, however often it was published."""
        bulk = [each for each in self.broker.published if each.routing_key == "sms.outbound.bulk"]
        texts = {each.event_id: orjson.loads(each.body)["data"]["message_id"] for each in bulk}
        wanted = sorted(message_id(recipient_id(self.id, number(n)), 1) for n in range(PEOPLE))
        assert sorted(texts.values()) == wanted


async def test_a_process_that_dies_anywhere_texts_every_recipient_once() -> None:
    deaths, at = 0, 1
    while await Play().tell(at):
        deaths, at = deaths + 1, at + STRIDE
    assert deaths >= 24 // STRIDE, "it died at many places"


async def test_two_processes_that_feed_one_campaign_text_every_recipient_once() -> None:
    play = Play()
    (first, _), (second, _) = await play.process(), await play.process()
    await play.started(first)
    await second.service.read_models[0].fill()
    await asyncio.gather(first.look(2), second.look(2))
    play.judge()


async def test_a_handing_over_that_is_not_derived_from_the_attempt_would_be_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The planted mistake: an attempt that counts looks instead of hand-overs."""
    right, looks = feeding.hand_over, iter(range(100))

    def wrong(known: Any, campaign: Any, how: Any) -> Any:
        return right(known and known.but(attempt=next(looks)), campaign, how)

    monkeypatch.setattr(feeding, "hand_over", wrong)
    play = Play()
    world, _ = await play.process()
    await play.started(world)
    await world.look(2)
    with pytest.raises(AssertionError):
        play.judge()
