"""What is deleted in time, and secrets after `SECRET_KEY` was replaced."""

from __future__ import annotations

from realtime.webhooks.upkeep import Upkeep
from shared.keyring import Keyring
from webhook_world import T, playing, receiving, text


async def test_deliveries_go_when_they_are_old() -> None:
    async with playing() as world, receiving() as receiver:
        upkeep = Upkeep(world.webhooks, world.deliveries, world.keyring, world.clock)
        webhook, _ = await world.webhook(receiver.url, ["message.received"])
        await world.happens(text(world.clock, "msg_delivered"))
        await world.deliver()
        await world.happens(text(world.clock, "msg_waiting"))
        await world.switch(webhook, active=False)
        await world.requests.test(T, webhook.id, "dlv_test")

        async def states() -> list[str]:
            await upkeep.drop_old()
            return sorted(delivery.state for delivery in await world.listed(webhook))

        assert await states() == ["delivered", "delivered", "waiting"]
        world.clock.advance(2 * 24 * 3600 + 1)
        assert await states() == ["waiting"]
        world.clock.advance(24 * 3600)
        assert await states() == []


async def test_of_accepted_deliveries_the_newest_stay(monkeypatch) -> None:
    monkeypatch.setattr("realtime.webhooks.upkeep.MOST_DELIVERED", 5)
    async with playing() as world, receiving() as receiver:
        webhook, _ = await world.webhook(receiver.url, ["message.received"])
        for n in range(9):
            await world.happens(text(world.clock, f"msg_{n}"))
            await world.deliver()
            world.clock.advance(1)
        newest = [delivery.id for delivery in (await world.listed(webhook))[:5]]
        await Upkeep(world.webhooks, world.deliveries, world.keyring, world.clock).drop_old()
        assert [delivery.id for delivery in await world.listed(webhook)] == newest


async def test_secrets_are_encrypted_anew_with_the_first_secret_key() -> None:
    new_first = Keyring("n" * 40 + "," + "k" * 40)
    async with playing() as world, receiving() as receiver:
        webhook, secret = await world.webhook(receiver.url)
        upkeep = Upkeep(world.webhooks, world.deliveries, new_first, world.clock)
        await upkeep.reseal()
        resealed = await world.now(webhook)
        assert Keyring("n" * 40).unseal(resealed.secrets[0].sealed) == secret
        assert resealed.revision == webhook.revision
        await upkeep.reseal()
        assert await world.now(webhook) == resealed


async def test_a_secret_that_cannot_be_read_fails_the_attempt_and_stops_nothing() -> None:
    async with playing() as world, receiving() as receiver:
        webhook, _ = await world.webhook(receiver.url, ["message.received"])
        world.poster._keyring = Keyring("other" * 10)
        await Upkeep(world.webhooks, world.deliveries, world.poster._keyring, world.clock).reseal()
        tried = await world.requests.test(T, webhook.id, "dlv_test")
        assert tried.last is not None
        assert tried.last.problem == "secret_unreadable"
        assert receiver.posts == []
