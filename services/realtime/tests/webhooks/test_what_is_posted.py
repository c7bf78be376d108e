"""What a receiver gets: which events, signed how, in which shape."""

from __future__ import annotations

import json

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from realtime.domain.frames import NewLogEntry
from shared.clock import SystemClock
from testkit.at_rest import at_rest
from webhook_world import ALL, OTHER, T, campaign, playing, receiving, text


async def test_a_text_and_its_conversation_arrive_signed_once_each() -> None:
    async with playing() as world, receiving() as receiver:
        _, secret = await world.webhook(receiver.url)
        await world.happens(text(world.clock, "msg_1", words="Grüße 👋"))
        await world.deliver()
        await world.deliver()

        received, updated = sorted(receiver.posts, key=lambda post: post.type, reverse=True)
        assert all(post.signed_with(secret) for post in receiver.posts)
        assert not received.signed_with("whsec_" + "A" * 44)
        body = json.loads(received.body)
        assert (body["type"], body["id"]) == ("message.received", received.headers["webhook-id"])
        assert body["data"]["message"]["text"] == "Grüße 👋"
        assert body["data"]["conversation"] == {
            "id": "cnv_1",
            "contact": {"id": "cct_1", "phone_number": "+13125550123"},
            "phone_number": "+13125550100",
            "state": "open",
            "revision": 1,
        }
        assert set(updated.data) == {"conversation_id", "revision", "conversation", "messages", "forgotten_before"}


async def test_the_library_verifies_what_is_posted() -> None:
    """As docs/webhooks.md shows it."""
    clock = SystemClock()
    async with playing(clock=clock) as world, receiving() as receiver:
        _, secret = await world.webhook(receiver.url)
        await world.happens(text(clock, "msg_1"))
        await world.deliver()
        for post in receiver.posts:
            assert Verifier(secret).verify(post.body, post.headers)["data"] == post.data


@pytest.mark.parametrize("wanted", ALL)
async def test_a_webhook_gets_the_events_that_it_asked_for_and_no_others(wanted: str) -> None:
    async with playing() as world, receiving() as receiver:
        await world.webhook(receiver.url, [wanted])
        workflow = NewLogEntry(mark="wf", type="workflow.updated", time=world.clock.now(), body='{"workflow_id": "w"}')
        tenant = NewLogEntry(mark="t", type="tenant.changed", time=world.clock.now(), body="{}")
        budget = NewLogEntry(mark="b", type="budget.warned", time=world.clock.now(), body="{}")
        sent = text(world.clock, "msg_2", direction="outbound")
        await world.happens(text(world.clock, "msg_1"), sent, campaign(world.clock, 1), workflow, tenant, budget)
        await world.deliver()
        types = {post.type for post in receiver.posts}
        assert types == {wanted}
        assert len(receiver.posts) == (2 if wanted == "conversation.updated" else 1)


async def test_each_revision_of_a_message_comes_once_however_often_it_is_carried() -> None:
    async with playing() as world, receiving() as receiver:
        await world.webhook(receiver.url, ["message.status"])
        carried_again = text(world.clock, "msg_1", 2, "outbound").but(mark="another event")
        await world.happens(text(world.clock, "msg_1", 1, "outbound"), text(world.clock, "msg_1", 2, "outbound"))
        await world.deliver()
        await world.happens(carried_again)
        await world.deliver()
        assert sorted(post.data["message"]["revision"] for post in receiver.posts) == [1, 2]
        assert len(set(receiver.ids)) == 2


async def test_a_text_is_received_once_also_if_its_pictures_are_fetched_later() -> None:
    async with playing() as world, receiving() as receiver:
        await world.webhook(receiver.url, ["message.received"])
        await world.happens(text(world.clock, "msg_1", 1))
        await world.deliver()
        await world.happens(text(world.clock, "msg_1", 2), text(world.clock, "msg_2", 2))
        await world.deliver()
        assert sorted(post.data["message"]["id"] for post in receiver.posts) == ["msg_1", "msg_2"]


async def test_two_webhooks_get_an_event_under_the_same_id_and_another_tenant_gets_nothing() -> None:
    async with playing() as world, receiving() as one, receiving() as two, receiving() as foreign:
        await world.webhook(one.url, ["message.received"])
        await world.webhook(two.url, ["message.received"])
        await world.webhook(foreign.url, ALL, OTHER)
        await world.happens(text(world.clock, "msg_1"))
        await world.reader.catch_up_all()
        await world.deliver()
        assert one.ids == two.ids
        assert len(one.ids) == 1
        assert foreign.posts == []


async def test_what_happened_before_a_webhook_was_made_or_while_it_was_off_is_not_for_it() -> None:
    async with playing() as world, receiving() as receiver:
        await world.happens(text(world.clock, "msg_1"))
        webhook, _ = await world.webhook(receiver.url, ["message.received"])
        await world.happens(text(world.clock, "msg_2"))
        await world.switch(webhook, active=False)
        await world.happens(text(world.clock, "msg_3"))
        await world.deliver()
        assert receiver.posts == []
        await world.switch(webhook, active=True)
        await world.happens(text(world.clock, "msg_4"))
        await world.deliver()
        assert sorted(post.data["message"]["id"] for post in receiver.posts) == ["msg_2", "msg_4"]


async def test_after_a_rotation_both_secrets_sign_for_a_day_and_then_the_new_one_alone() -> None:
    async with playing() as world, receiving() as receiver:
        webhook, old = await world.webhook(receiver.url, ["message.received"])
        _, new = await world.requests.rotate(T, webhook.id, None)
        assert new
        assert new != old
        await world.happens(text(world.clock, "msg_1"))
        await world.deliver()
        world.clock.advance(24 * 3600 + 1)
        await world.happens(text(world.clock, "msg_2"))
        await world.deliver()
        first, second = receiver.posts
        assert (first.signed_with(old), first.signed_with(new)) == (True, True)
        assert (second.signed_with(old), second.signed_with(new)) == (False, True)


async def test_a_repeated_rotation_request_rotates_once_and_shows_no_secret_again() -> None:
    async with playing() as world, receiving() as receiver:
        webhook, _ = await world.webhook(receiver.url)
        first, secret = await world.requests.rotate(T, webhook.id, "key-1")
        again, none = await world.requests.rotate(T, webhook.id, "key-1")
        assert secret
        assert none is None
        assert again.revision == first.revision


async def test_secrets_lie_encrypted_and_words_go_once_a_delivery_is_accepted() -> None:
    async with playing() as world, receiving(500) as receiver:
        _, secret = await world.webhook(receiver.url, ["message.received"])
        await world.happens(text(world.clock, "msg_1", words="zanzibar"))
        await world.deliver()
        assert secret.removeprefix("whsec_") not in await at_rest(world.database)
        [delivery] = await world.listed((await world.webhooks.of_tenant(T))[0])
        assert "zanzibar" in delivery.body
        world.clock.advance(60)
        await world.deliver()
        [delivery] = await world.listed((await world.webhooks.of_tenant(T))[0])
        assert (delivery.state, delivery.body) == ("delivered", "")
