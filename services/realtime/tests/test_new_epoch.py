"""After a restore: open clients read anew, and webhooks miss nothing."""

from __future__ import annotations

from realtime.event_log import EventLog
from realtime.new_epoch import begin_new_epochs
from webhook_world import T, playing, receiving, text


async def test_numbers_continue_under_a_new_epoch_and_webhooks_read_on() -> None:
    async with playing() as world, receiving() as receiver:
        await world.webhook(receiver.url, ["message.received"])
        for n in range(20):
            await world.happens(text(world.clock, f"msg_{n}"))
        log = EventLog(world.database, world.clock)
        before = await log.top(T)
        await begin_new_epochs(world.database, lambda: "ep_new")
        after = await log.top(T)
        assert (after.epoch, after.n) == ("ep_new", before.n)
        assert (await log.after(T, before, 100)).entries is None, "a client from before the restore reads anew"
        await world.deliver()
        assert len(receiver.ids) == 20
