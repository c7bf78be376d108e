"""A campaign goes from draft to finished; its counts add up at every moment."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from services.campaigns.tests.campaigns.conftest import OURS, event_of, number

from campaigns.campaigns.store import Recipients
from campaigns.campaigns.worker import CampaignWorker
from shared.events import ConsentChanged, ConsentEvidence
from testkit.eventually import eventually


async def test_every_recipient_is_texted_once_and_the_campaign_finishes(world: Any, marketer: Any) -> None:
    id = await marketer.draft(3)
    assert await marketer.counts(id) == {"pending": 3}
    started = (await marketer.post(id, "start")).json()
    assert (started["state"], started["starts_at"]) == ("running", "2026-01-01T18:00:00Z")
    await world.look(3)
    texts = marketer.texts()
    assert sorted((text["contact"], text["text"]) for text in texts) == [(number(n), f"Hi P{n}") for n in range(3)]
    assert {(text["number"], text["priority"], text["campaign_id"], text["author"]) for text in texts} == {
        (OURS, "bulk", id, "campaign")
    }
    assert await marketer.counts(id) == {"queued": 3}
    for n, text in enumerate(texts):
        await marketer.report(text, "accepted", 2)
        await marketer.report(text, ["delivered", "undelivered", "unconfirmed"][n], 3)
    assert await marketer.counts(id) == {"delivered": 1, "failed": 1, "sent": 1}
    await world.look(2)
    assert (await marketer.campaign(id))["state"] == "finished"
    assert len(marketer.texts()) == 3


async def test_live_updates_carry_the_whole_campaign_with_growing_revisions(world: Any, marketer: Any) -> None:
    id = await marketer.draft(5)
    await marketer.post(id, "start")
    await world.look(3)
    for text in marketer.texts():
        await marketer.report(text, "delivered", 2)
    await world.look(2)
    await world.service.relay.drain()
    updates = [each for each in world.of_type("campaign.updated") if each["campaign_id"] == id]
    revisions = [each["revision"] for each in updates]
    assert revisions == sorted(set(revisions))
    assert updates[-1]["campaign"] == await marketer.campaign(id)
    for each in updates:
        counts = each["campaign"]["counts"]
        assert counts["total"] == sum(n for state, n in counts.items() if state != "total")


async def test_no_more_than_a_minute_of_the_numbers_pace_is_on_its_way(world: Any, marketer: Any) -> None:
    await marketer.settle(0.5, revision=2)
    id = await marketer.draft(70)
    await marketer.post(id, "start")
    await world.look(4)
    assert await marketer.counts(id) == {"queued": 30, "pending": 40}
    for text in marketer.texts()[:10]:
        await marketer.report(text, "accepted", 2)
    await world.look(2)
    assert await marketer.counts(id) == {"queued": 30, "pending": 30, "sent": 10}
    assert {text["feed"] for text in marketer.texts()} == {1, 2}


async def test_those_who_stand_first_on_the_list_are_texted_first(world: Any, marketer: Any) -> None:
    await marketer.settle(0.5, revision=2)
    id = await marketer.draft(70)
    await marketer.post(id, "start")
    await world.look(4)
    assert sorted(text["contact"] for text in marketer.texts()) == sorted(number(n) for n in range(30))


async def test_who_opted_out_or_lacks_a_variable_is_skipped_with_the_reason(world: Any, marketer: Any) -> None:

    id = await marketer.draft(1, text="Hi {name}, {cake}")
    rows = [{"phone_number": number(n), "name": "Ada", "fields": {"cake": "lemon"}} for n in (1, 2)]
    await marketer.post(id, "recipients", {"recipients": rows})
    out = ConsentChanged(
        entry_id="e1", contact=number(1), state="out", effective_at=world.clock.now(),
        evidence=ConsentEvidence(kind="keyword"),
    )  # fmt: skip
    await world.handle(event_of(world, out))
    await marketer.post(id, "start")
    await world.look(2)
    listed = (await world.get(f"/api/campaigns/{id}/recipients")).json()["items"]
    assert {(each["phone_number"], each["state"], each["reason"]) for each in listed} == {
        (number(0), "skipped", "missing_variable"),
        (number(1), "skipped", "opted_out"),
        (number(2), "queued", ""),
    }
    assert [text["text"] for text in marketer.texts()] == ["Hi Ada, lemon"]


async def test_a_pause_answers_when_sender_has_recorded_it_and_names_what_was_claimed(
    world: Any, marketer: Any
) -> None:
    id = await marketer.draft(3)
    await marketer.post(id, "start")
    await world.look(2)
    first, second, third = marketer.texts()
    world.sender.claimed = [{"message_id": first["message_id"], "contact": first["contact"]}]
    paused = await marketer.post(id, "pause")
    assert (paused.status_code, paused.json()["state"]) == (200, "paused")
    assert world.sender.withdrawals == [{"tenant_id": "ten_a", "campaign_id": id, "up_to_feed": 1}]
    await marketer.report(second, "withdrawn", 2, reason="campaign_withdrawn")
    await marketer.report(third, "accepted", 2, too_late=True)
    report = (await world.get(f"/api/campaigns/{id}/report")).json()
    assert sorted(each["message_id"] for each in report["left_after_pause"]) == sorted(
        [first["message_id"], third["message_id"]]
    )
    assert await marketer.counts(id) == {"queued": 1, "sent": 1, "pending": 1}
    await world.look(3)
    assert len(marketer.texts()) == 3, "a paused campaign hands nothing over"
    assert (await marketer.post(id, "resume")).json()["state"] == "running"
    await world.look(2)
    again = marketer.texts()[3:]
    assert [text["contact"] for text in again] == [second["contact"]]
    assert again[0]["message_id"] != second["message_id"]
    assert again[0]["feed"] > 1
    await marketer.report(second, "queued", 1)
    await marketer.report(second, "withdrawn", 2, reason="campaign_withdrawn")
    assert await marketer.counts(id) == {"queued": 2, "sent": 1}, "late reports of the withdrawn text say nothing"


async def test_a_pause_without_sender_is_pending_and_holds_all_the_same(world: Any, marketer: Any) -> None:
    id = await marketer.draft(2)
    await marketer.post(id, "start")
    world.sender.away = True
    answer = await marketer.post(id, "pause")
    assert (answer.status_code, answer.json()["code"]) == (503, "pause_pending")
    assert (await marketer.campaign(id))["state"] == "paused"
    assert [each["campaign_id"] for each in world.of_type("sms.withdrawn")] == [id]
    await world.look(2)
    assert marketer.texts() == []
    world.sender.away = False
    assert (await marketer.post(id, "pause")).status_code == 200


async def test_cancel_skips_who_was_not_texted_for_good(world: Any, marketer: Any) -> None:
    id = await marketer.draft(3)
    await marketer.post(id, "start", {"at": "2026-01-01T19:00:00Z"})
    assert (await marketer.campaign(id))["state"] == "scheduled"
    world.clock.advance(3601)
    await world.look(2)
    [first, *rest] = marketer.texts()
    await marketer.report(first, "delivered", 3)
    assert (await marketer.post(id, "cancel")).json()["state"] == "cancelled"
    for text in rest:
        await marketer.report(text, "withdrawn", 2, reason="campaign_withdrawn")
    await world.look(2)
    assert await marketer.counts(id) == {"delivered": 1, "skipped": 2}
    assert world.sender.withdrawals[-1]["up_to_feed"] is None
    assert (await marketer.post(id, "resume")).json()["code"] == "not_paused"


async def test_failed_recipients_are_texted_once_more_under_a_new_id(world: Any, marketer: Any) -> None:
    id = await marketer.draft(2)
    await marketer.post(id, "start")
    await world.look(2)
    first, second = marketer.texts()
    await marketer.report(first, "failed", 2, reason="carrier_rejected")
    await marketer.report(second, "undelivered", 3, reason="unreachable")
    await world.look(2)
    assert (await marketer.campaign(id))["state"] == "finished"
    assert (await marketer.post(id, "retry", {"reasons": ["unreachable"]})).json()["state"] == "running"
    await world.look(3)
    [again] = marketer.texts()[2:]
    assert (again["contact"], again["message_id"] != second["message_id"]) == (second["contact"], True)
    await marketer.report(again, "delivered", 2)
    await world.look(2)
    assert await marketer.counts(id) == {"failed": 1, "delivered": 1}
    assert (await marketer.campaign(id))["state"] == "finished"


async def test_two_retries_asked_for_in_a_pause_are_both_carried_out(world: Any, marketer: Any) -> None:
    id = await marketer.draft(3)
    await marketer.post(id, "start")
    await world.look(2)
    for text, reason in zip(marketer.texts(), ("unreachable", "carrier_rejected", "unreachable"), strict=True):
        await marketer.report(text, "failed", 2, reason=reason)
    await world.look(2)
    await marketer.post(id, "retry", {"reasons": ["unreachable"]})
    await marketer.post(id, "pause")
    await marketer.post(id, "retry", {"reasons": ["carrier_rejected"]})
    await marketer.post(id, "resume")
    await world.look(3)
    assert await marketer.counts(id) == {"queued": 3}


@pytest.mark.parametrize("end", ["finished", "cancelled"])
async def test_who_joins_at_the_moment_of_the_end_does_not_wait_for_ever(
    world: Any, marketer: Any, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    id, add = await marketer.draft(1), Recipients.add_once

    async def late(self: Recipients, *args: Any) -> Any:
        """The request was let in, and takes its time."""
        monkeypatch.setattr(Recipients, "add_once", add)
        await marketer.post(id, "start")
        await world.look(2)
        await marketer.report(marketer.texts()[0], "delivered", 3)
        if end == "cancelled":
            await marketer.post(id, "cancel")
        await world.look(2)
        assert (await marketer.campaign(id))["state"] == end
        return await add(self, *args)

    monkeypatch.setattr(Recipients, "add_once", late)
    added = await marketer.post(id, "recipients", {"recipients": [{"phone_number": number(7), "name": "Ada"}]})
    assert added.json()["accepted"] == 1
    await world.count()
    await world.look(3)
    if end == "cancelled":
        assert await marketer.counts(id) == {"delivered": 1, "skipped": 1}
        return
    assert (await marketer.campaign(id))["state"] == "running"
    await marketer.report(marketer.texts()[1], "delivered", 3)
    await world.look(2)
    assert ((await marketer.campaign(id))["state"], await marketer.counts(id)) == ("finished", {"delivered": 2})


async def test_a_long_copy_keeps_no_campaign_of_the_tenant_waiting(
    world: Any, marketer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    id, begun, may_end = await marketer.draft(2), asyncio.Event(), asyncio.Event()

    async def endless(*_: Any) -> None:
        begun.set()
        await may_end.wait()

    monkeypatch.setattr(CampaignWorker, "_copy", endless)
    await marketer.post(id, "copy", {"recipients": True})
    running = [asyncio.create_task(task()) for name, task in world.service.tasks.items() if name.startswith("campaign")]
    await eventually(begun.is_set)
    await marketer.post(id, "start")
    await eventually(lambda: len(marketer.texts()) == 2)
    may_end.set()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
