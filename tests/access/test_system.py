"""The operator's view of the installation: every service answers, and a dead letter can be mended and replayed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from access_rules import ADMIN_TOKEN, NUMBER
from access_stage import Stage
from shared.broker.protocol import Message
from shared.events import AccessRevoked
from shared.events.catalogue import EVERY_HTTP_SERVICE
from testkit.eventually import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")
QUEUE = "accounts.access.revoked.v1"
MENDED = AccessRevoked(subject_id="key_mended")


async def read(stage: Stage, path: str, **params: Any) -> Any:
    answer = await stage.http.get(
        f"/api/system/{path}", params=params, headers={"authorization": f"Bearer {ADMIN_TOKEN}"}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def post(stage: Stage, path: str, body: Any) -> Any:
    return await stage.http.post(f"/api/system/{path}", json=body, headers={"authorization": f"Bearer {ADMIN_TOKEN}"})


async def died(stage: Stage, *event_ids: str) -> list[str]:
    """Ids of dead letters of these events, of two services."""
    broker = stage.assembly.runner.platform.broker
    for number, event_id in enumerate(event_ids):
        queue = f"{('accounts', 'sender')[number % 2]}.access.revoked.v1"
        await broker.send_to_queue(queue, Message("access.revoked", b"no event", event_id))

    async def all_kept() -> list[str] | None:
        letters = (await read(stage, "dead-letters", limit=200))["items"]
        found = {letter["event_id"]: letter["id"] for letter in letters}
        return [found[id] for id in event_ids] if set(event_ids) <= found.keys() else None

    return await eventually(all_kept, within=10)


async def test_every_service_says_its_version_and_that_it_is_ready(stage: Stage):
    said = await read(stage, "versions")
    assert [one["service"] for one in said["services"]] == list(EVERY_HTTP_SERVICE)
    assert {(one["version"], one["status"]) for one in said["services"]} == {("0.1.0", "ready")}
    assert {"type": "usage.recorded", "version": 2, "also_read": [1]} in said["events"]


async def test_every_queue_shows_who_reads_it(stage: Stage):
    said = await read(stage, "queues")
    assert said["unreachable"] == []
    assert {one["service"] for one in said["outboxes"]} == set(EVERY_HTTP_SERVICE)
    row = next(one for one in said["items"] if one["queue"] == QUEUE)
    assert (row["service"], row["event_type"], row["consumers"], row["dead"]) == ("accounts", "access.revoked", 1, 0)


async def test_a_connection_shows_its_numbers_and_what_waits(stage: Stage):
    said = await read(stage, "carriers")
    assert said["unreachable"] == []
    row = next(one for one in said["items"] if one["connection_id"] == stage.ids["connections"])
    assert (row["tenant_id"], row["usable"], row["last_webhook_at"]) == (stage.ids["tenants"], True, None)
    assert [(one["phone_number"], one["parts_per_second"]) for one in row["numbers"]] == [(NUMBER, 1.0)]
    assert row["waiting"].keys() == {"queued", "submitting", "unknown", "unresolved"}


async def test_dead_letters_of_all_services_are_one_list_by_pages(stage: Stage):
    await died(stage, "evt_1", "evt_2", "evt_3", "evt_4")
    whole = (await read(stage, "dead-letters", limit=200))["items"]
    assert {"accounts", "sender"} <= {letter["service"] for letter in whole}
    paged, cursor = [], ""
    while cursor is not None:
        page = await read(stage, "dead-letters", limit=1, cursor=cursor)
        paged += page["items"]
        cursor = page["next_cursor"]
    assert [letter["id"] for letter in paged] == [letter["id"] for letter in whole]
    only = (await read(stage, "dead-letters", service="sender"))["items"]
    assert {letter["service"] for letter in only} == {"sender"}


async def test_a_dead_letter_goes_back_as_it_came_without_a_body(stage: Stage):
    [id] = await died(stage, "evt_as_it_came")
    replayed = await post(stage, f"dead-letters/{id}/replay", None)
    assert (replayed.status_code, replayed.json()["state"]) == (200, "replayed")


async def test_a_dead_letter_is_read_mended_and_replayed(stage: Stage):
    [id] = await died(stage, "evt/with ?odd|characters")
    letter = await read(stage, f"dead-letters/{id}")
    assert (letter["body"], letter["state"], letter["event_type"]) == ("no event", "waiting", "access.revoked")
    assert (await post(stage, f"dead-letters/{id}/replay", {"body": "no event either"})).status_code == 422
    event = {"specversion": "1.0", "id": "evt_mended", "source": "accounts", "type": "access.revoked"}
    event |= {"time": "2026-03-01T00:00:00Z", "tenantid": "t", "partitionkey": "k", "data": MENDED.jsonable()}
    replayed = await post(stage, f"dead-letters/{id}/replay", {"body": json.dumps(event)})
    assert (replayed.status_code, replayed.json()["state"]) == (200, "replayed")

    async def arrived() -> bool:
        copy = stage.assembly.services["accounts"].read_models[0]
        return await copy.known("key_mended") is not None

    await eventually(arrived, within=10)


async def test_a_dead_letter_is_discarded_with_a_reason(stage: Stage):
    [id] = await died(stage, "evt_unwanted")
    assert (await post(stage, f"dead-letters/{id}/discard", {"why": " "})).status_code == 422
    assert (await post(stage, f"dead-letters/{id}/discard", {"why": "a test"})).json()["why"] == "a test"
    waiting = (await read(stage, "dead-letters", limit=200))["items"]
    assert id not in {letter["id"] for letter in waiting}
    discarded = (await read(stage, "dead-letters", state="discarded"))["items"]
    assert id in {letter["id"] for letter in discarded}


@pytest.mark.parametrize("id", ["nonsense", "c3RyYW5nZXIucXVldWU", "%2e%2e"])
async def test_what_is_no_letter_is_not_found(stage: Stage, id: str):
    answer = await stage.http.get(f"/api/system/dead-letters/{id}", headers={"authorization": f"Bearer {ADMIN_TOKEN}"})
    assert answer.status_code == 404
