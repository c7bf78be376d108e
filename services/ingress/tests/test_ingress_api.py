"""Which webhooks become events, of which tenant, and how often."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from both_paths import BOTH_PATHS, assert_refused, path_of
from shared.events import Money, thread_id
from shared.events.links import ReceiptToken, connection_id, receipt_query
from shared.ids import derived_id
from shared.keyring import Keyring


@BOTH_PATHS
@pytest.mark.parametrize("name", ["captured_inbound_sms", "official_inbound_sms"])
async def test_the_captured_payloads_become_inbound_texts(world, carrier_sample, plain, name):
    body = carrier_sample(name)
    assert (await world.deliver(body, path_of(world, plain))).status_code == 200
    [event] = world.events()
    payload = body["data"]["payload"]
    assert (event.tenant_id, event.data.number, event.data.contact) == ("ten_a", "+17735550002", "+13125550001")
    assert event.data.message_id == derived_id("msg", world.connection, payload["id"])
    assert event.partition_key == thread_id("ten_a", "+17735550002", "+13125550001")
    assert event.data.received_at == event.data.effective_at == datetime.fromisoformat(payload["received_at"])
    assert event.data.cost == Money(nano=round(float(payload["cost"]["amount"]) * 10**9))


async def test_another_connections_key_does_not_open_this_one(world):
    assert_refused(await world.deliver(world.text(), seed=bytes(range(1, 33))), 401, "not_genuine")


async def test_an_address_outlives_the_secret_that_signed_it(world):
    """The carrier goes on calling what was entered in its portal; SECRET_KEY may have been replaced since."""
    old = connection_id(Keyring("a secret of former times and 32 characters"), "ccc3")
    world.accounts.connection(old, "ten_a", bytes(range(32)))
    await world.service.read_models[1].fill()
    assert (await world.deliver(world.text(), f"/{old}", seed=bytes(range(32)))).status_code == 200
    assert_refused(await world.deliver(world.text(), f"/{old}", seed=bytes(32)), 401, "not_genuine")


async def test_garbage_for_a_connection_costs_no_look_up(world):
    for id in ("x", "con_aaa1", "con_aaa1.", "con_aaa1.forged", "con_.", "con_aaa2" + world.connection[8:]):
        assert_refused(await world.deliver(world.text(), f"/{id}"), 401, "not_genuine")
    assert world.accounts.asked == []


async def test_a_genuine_connection_just_made_works_at_once(world):
    fresh = connection_id(world.keyring, "ccc3")
    assert_refused(await world.deliver(world.text(), f"/{fresh}"), 401, "not_genuine")
    world.accounts.connection(fresh, "ten_c", bytes(32))
    world.accounts.number("+17735550003", "ten_c", fresh)
    text = world.text(to=[{"phone_number": "+17735550003"}])
    assert (await world.deliver(text, f"/{fresh}", seed=bytes(32))).status_code == 200
    assert [event.tenant_id for event in world.events()] == ["ten_c"]


async def test_a_genuine_connection_waits_for_accounts_if_it_is_away(world):
    world.accounts.away = True
    fresh = connection_id(world.keyring, "ccc3")
    response = await world.deliver(world.text(), f"/{fresh}")
    assert_refused(response, 503, "owner_away")
    assert "retry-after" in response.headers
    assert (await world.deliver(world.text())).status_code == 200  # what is known needs nobody


async def test_a_number_just_added_works_at_once(world):
    world.accounts.number("+17735550004", "ten_a", world.connection)
    text = world.text(to=[{"phone_number": "+17735550004"}])
    assert (await world.deliver(text, "")).status_code == 200
    world.accounts.number("+17735550005", "ten_a", world.connection)
    assert (await world.deliver(world.text(id="m2", to="+17735550005"))).status_code == 200
    assert [event.data.number for event in world.events()] == ["+17735550004", "+17735550005"]


@BOTH_PATHS
async def test_in_a_group_our_number_may_stand_anywhere(world, plain):
    """Before ours: a stranger's number, and another tenant's, whose key did not sign this."""
    group = [{"phone_number": number} for number in ("+17735551111", "+17735550009", "+17735550002")]
    assert (await world.deliver(world.text(to=group), path_of(world, plain))).status_code == 200
    [event] = world.events()
    assert (event.tenant_id, event.data.number) == ("ten_a", "+17735550002")
    assert event.data.others == ("+17735551111", "+17735550009")


async def test_a_number_that_has_moved_works_at_once_at_its_new_owner(world):
    assert (await world.deliver(world.text(), "")).status_code == 200
    world.accounts.number("+17735550002", "ten_b", world.other_connection, revision=3)
    for n, path in enumerate(("", f"/{world.other_connection}")):
        response = await world.deliver(world.text(id=f"m{n}"), path, seed=bytes(range(1, 33)))
        assert response.status_code == 200
    assert [event.tenant_id for event in world.events()] == ["ten_a", "ten_b", "ten_b"]


async def test_nobody_learns_from_the_plain_path_which_numbers_exist(world):
    unknown = await world.deliver(world.text(to="+17735559999"), "")
    forged = await world.deliver(world.text(), "", seed=bytes(32))
    nothing = await world.deliver({"data": {"event_type": "message.read"}}, "")
    for response in (unknown, forged, nothing):
        assert_refused(response, 401, "not_genuine")
    assert unknown.content == forged.content == nothing.content
    assert {*unknown.headers} == {*forged.headers}
    world.accounts.away = True
    unknown = await world.deliver(world.text(to="+17735559999"), "")
    forged = await world.deliver(world.text(), "", seed=bytes(32))
    assert unknown.status_code == forged.status_code == 503
    assert unknown.content == forged.content


@pytest.mark.parametrize(
    "data",
    [
        {"event_type": "message.read", "payload": {"to": [{"phone_number": "+17735550002"}]}},
        {"event_type": "message.typing", "payload": {"from": {"phone_number": "+17735550002"}, "to": "+13125550001"}},
        {"record_type": "link_clicked", "to": "+13125550001", "from": "+17735550002"},
    ],
)
async def test_a_genuine_webhook_of_a_kind_we_do_not_know_is_taken_on_the_plain_path_too(world, data):
    """Refused, the carrier would deliver it six times."""
    assert (await world.deliver({"data": data}, "")).status_code == 200
    assert not world.broker.published
    assert_refused(await world.deliver({"data": data}, "", seed=bytes(32)), 401, "not_genuine")


async def test_a_text_for_a_number_of_another_connection_reaches_nobody(world):
    """A tenant holds the key of its own connection: it could sign anything with it."""
    response = await world.deliver(world.text(to="+17735550009"))
    unowned = await world.deliver(world.text(to="+17735558888", id="m2"))
    assert response.status_code == unowned.status_code == 200
    assert response.content == unowned.content
    assert not world.broker.published
    assert {row["reason"] for row in await world.stored("unrouted")} == {"number_not_of_this_connection"}


async def test_a_text_for_a_number_without_owner_is_kept_for_the_operator_once(world):
    world.accounts.number("+17735550002", None, None, revision=2)
    world.clock.advance(2)
    for _ in range(3):
        assert (await world.deliver(world.text(to="+17735557777"))).status_code == 200
    [row] = await world.stored("unrouted")
    assert row["connection_id"] == world.connection
    assert b"Test for full JSON" in row["body"]
    token = world.keyring.token({"kind": "internal"})
    listed = await world.http.get("/internal/ingress/unrouted", headers={"authorization": f"Bearer {token}"})
    assert "+17735557777" in listed.json()["items"][0]["body"]
    assert (await world.http.get("/internal/ingress/unrouted")).status_code == 401


@BOTH_PATHS
async def test_a_text_from_before_the_number_was_theirs_never_reaches_the_new_owner(world, plain):
    since = datetime(2025, 5, 15, 18, 47, 40, 731000, UTC)
    world.accounts.number("+17735550011", "ten_a", world.connection, since=since)
    just = world.text(to="+17735550011")
    early = world.text(to="+17735550011", id="m2", received_at="2025-05-15T18:47:40.730+00:00")
    for text in (just, early):
        assert (await world.deliver(text, path_of(world, plain))).status_code == 200
    [event] = world.events()
    assert event.data.carrier_message_id == just["data"]["payload"]["id"]
    assert [row["reason"] for row in await world.stored("unrouted")] == ["received_before_the_number_was_assigned"]


async def test_a_carrier_clock_that_is_ahead_does_not_move_a_stop(world):
    await world.deliver(world.text(text="STOP", received_at="2026-01-01T00:10:00Z"))
    [event] = world.events()
    assert (event.data.keyword, event.data.effective_at) == ("stop", world.clock.now())
    assert event.data.received_at == datetime(2026, 1, 1, 0, 10, tzinfo=UTC)


async def test_the_same_text_however_often_and_announced_is_one_event(world):
    bodies = [world.text() for _ in range(5)]
    for attempt, body in enumerate(bodies):
        body["meta"]["attempt"] = attempt
        body["data"]["id"] = f"event-{attempt}"
    responses = await asyncio.gather(*(world.deliver(body) for body in bodies))
    assert [response.status_code for response in responses] == [200] * 5
    events = world.events()
    assert len({event.identity for event in events}) == 1
    assert len({event.data.message_id for event in events}) == 1


async def test_a_receipt_with_our_token_names_our_message(world, carrier_sample):
    body = carrier_sample("message_finalized")
    query = receipt_query(world.keyring, ReceiptToken("ten_a", "msg_1"))
    assert (await world.deliver(body, f"/{world.connection}?{query}")).status_code == 200
    [event] = world.events()
    assert (event.tenant_id, event.data.message_id, event.data.status) == ("ten_a", "msg_1", "delivered")
    assert event.data.carrier_message_id == event.partition_key == "ac012cbf-5e09-46af-a69a-7c0e2d90993c"


@BOTH_PATHS
async def test_a_receipt_without_a_token_belongs_to_the_numbers_owner(world, carrier_sample, plain):
    world.accounts.number("+13125550001", "ten_a", world.connection)
    assert (await world.deliver(carrier_sample("message_sent"), path_of(world, plain))).status_code == 200
    [event] = world.events()
    assert (event.tenant_id, event.data.message_id, event.data.status) == ("ten_a", None, "sent")


@pytest.mark.parametrize("query", ["t=ten_a&m=msg_1&k=forged", "t=ten_b&m=msg_1", "t=&m=&k="])
async def test_a_forged_token_is_no_token(world, carrier_sample, query):
    assert (await world.deliver(carrier_sample("message_sent"), f"/{world.connection}?{query}")).status_code == 200
    assert not world.broker.published
    assert len(await world.stored("unrouted")) == 1


async def test_another_tenants_token_does_not_reach_that_tenant(world, carrier_sample):
    query = receipt_query(world.keyring, ReceiptToken("ten_b", "msg_1"))
    assert (await world.deliver(carrier_sample("message_sent"), f"/{world.connection}?{query}")).status_code == 200
    assert not world.broker.published


async def test_sent_and_delivered_are_two_events_and_repeats_are_not(world, carrier_sample):
    world.accounts.number("+13125550001", "ten_a", world.connection)
    for name in ("message_finalized", "message_sent", "message_finalized"):
        await world.deliver(carrier_sample(name))
    assert len({event.identity for event in world.events()}) == 2


async def test_two_statuses_of_one_moment_are_two_events(world, carrier_sample):
    world.accounts.number("+13125550001", "ten_a", world.connection)
    for status in ("delivered", "delivery_failed", "delivered"):
        body = carrier_sample("message_finalized")
        body["data"]["payload"]["to"][0]["status"] = status
        await world.deliver(body)
    assert len({event.identity for event in world.events()}) == 2


@pytest.mark.parametrize("body", [
    {"data": {"event_type": "messaging-profile.spend-limit-reached", "payload": {}}},
    {"data": {"record_type": "link_clicked", "url": "https://x"}}, {"data": {"event_type": "message.read"}},
])  # fmt: skip
async def test_genuine_events_of_no_use_are_answered_200(world, body):
    assert (await world.deliver(body)).status_code == 200
    assert not world.broker.published


async def test_a_database_that_lost_everything_catches_up(world):
    await world.service.database.clear()
    world.clock.advance(2)
    assert (await world.deliver(world.text())).status_code == 200  # asked one by one …
    await world.service.database.clear()
    for model in world.service.read_models:
        await model.fill()  # … or filled again at the next start
    world.accounts.away = True
    world.clock.advance(2)
    assert (await world.deliver(world.text(id="m2"), "")).status_code == 200
    assert len(world.events()) == 2
