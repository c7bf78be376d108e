"""From the data folder to servers: the same documents, sums and waiting events there, and a customer gets an answer.

The move is killed half-way, and the same command goes on from there.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pymongo
import pytest

from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.protocol import Message
from shared.clock import SystemClock
from shared.database.protocol import CollectionSpec
from shared.events import Event, SmsInbound
from shared.events.catalogue import topology
from shared.one_file import OneFile
from testkit.eventually import eventually
from testkit.installation import ADMIN_TOKEN, Installation
from testkit.servers.rabbitmq import LocalNode
from testkit.servers.secantus import SecantusServer
from testkit.shop import Shop

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(540)]

ANN, BOB, CAROL, DAN = "+13122000001", "+13122000002", "+13122000003", "+13122000004"
FILLING, FILLED = CollectionSpec("filling", {"n": "int"}), 4_000
PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 3000


@pytest.fixture
async def parley(tmp_path: Path) -> AsyncIterator[Installation]:
    installation = Installation(tmp_path, None)
    try:
        await installation.start()
        yield installation
    finally:
        await installation.stop()


async def test_everything_is_on_the_servers_and_goes_on_there(
    parley: Installation, own_rabbitmq: LocalNode, own_secantus: SecantusServer
) -> None:
    shop = await Shop(parley, "+17732005555").open(quiet_seconds=0.2)
    await _live(shop)
    before = await _seen(shop)
    assert await parley.stopped() == {"all-in-one": 0}
    await _leave_an_event_waiting(parley.folder / "data", shop)
    await _fill(parley.folder / "data")

    servers = (own_rabbitmq.url, own_secantus.url)
    assert 0 < await asyncio.to_thread(_move_killed_half_way, parley, *servers) < FILLED
    assert not (parley.folder / "data" / "moved-to-servers").exists()
    said = await asyncio.to_thread(_move, parley, *servers)
    assert "the same there" in said
    assert _rows(parley.folder / "data") == _documents(own_secantus.url)
    assert _sum_of_filled(own_secantus.url) == sum(range(FILLED))
    refused = await asyncio.to_thread(_move, parley, *servers, expect=1)
    assert "has moved to servers" in refused
    assert await asyncio.to_thread(_start_embedded, parley) != 0

    there = Installation(parley.folder, servers)
    there.world, there.port, there.url, there.http = parley.world, parley.port, parley.url, parley.http
    try:
        await there.start_services()
        shop.parley = there
        assert await _seen(shop) == before
        await shop.text(CAROL, "are you still there?")
        await shop.answered(CAROL)
        await shop.write(BOB, "are you sure?", expect=409)
        assert len(await shop.sent_to(BOB)) == 1, "STOP moved too"
        await shop.answered(DAN)
    finally:
        await there.stopped()


async def _live(shop: Shop) -> None:
    """Some of everything: texts, an opt-out, a picture, a guide, a webhook, a campaign, a priced ledger."""
    rates = {"sms_out": {"*": "0.01"}, "sms_in": {"*": "0.005"}}
    await shop.call("POST", f"/api/accounts/tenants/{shop.tenant_id}/rate-cards", rates, token=ADMIN_TOKEN)
    for customer in (ANN, BOB):
        await shop.text(customer, "are you open?")
        await shop.answered(customer)
    await shop.text(BOB, "STOP")
    await shop.call("POST", "/api/guides", {"name": "Hours", "goal": "general_inquiry", "instructions": "Be brief."})
    await shop.call("POST", "/api/webhooks", {"url": "https://example.com/hook", "events": ["message.received"]})
    upload = await shop.parley.http.post(
        "/api/media",
        files={"file": ("cake.jpg", PICTURE, "image/jpeg")},
        headers={"authorization": f"Bearer {shop.key}"},
    )
    assert upload.is_success, upload.text
    campaign = await shop.call("POST", "/api/campaigns", {"name": "Later", "text": "Hello {name}"})
    rows = [{"phone_number": ANN, "name": "Ann"}, {"phone_number": CAROL, "name": "Carol"}]
    await shop.call("POST", f"/api/campaigns/{campaign['id']}/recipients", {"recipients": rows})
    await eventually(lambda: _counted(shop))
    await shop.status_of(ANN, "delivered")
    await eventually(lambda: _opted_out(shop))


async def _opted_out(shop: Shop) -> bool:
    await shop.write(BOB, "are you sure?", expect=409)
    return True


async def _counted(shop: Shop) -> bool:
    [campaign] = (await shop.call("GET", "/api/campaigns"))["items"]
    assert campaign["counts"]["total"] == 2
    return True


async def _seen(shop: Shop) -> dict[str, Any]:
    """What the tenant's people see and pay."""
    texts = await shop.messages_with(ANN)
    entries = [await shop.call("GET", f"/api/accounts/usage/entries?message_id={text['id']}") for text in texts]
    return {
        "messages": [(one["id"], one["text"], one["status"]) for one in texts],
        "usage": entries,
        "guides": (await shop.call("GET", "/api/guides"))["items"],
        "webhooks": (await shop.call("GET", "/api/webhooks"))["items"],
        "campaigns": [(one["name"], one["counts"]) for one in (await shop.call("GET", "/api/campaigns"))["items"]],
    }


async def _leave_an_event_waiting(data: Path, shop: Shop) -> None:
    """A text of Dan, as ingress hands it to the broker: in its queues, and not handled when Parley stopped."""
    text = SmsInbound(
        message_id="msg_of_dan", carrier_message_id="car_of_dan", connection_id=shop.connection_id, number=shop.number,
        contact=DAN, text="are you open?", effective_at=datetime.now(UTC), received_at=datetime.now(UTC),
    )  # fmt: skip
    broker = EmbeddedBroker(data / "parley.sqlite", SystemClock())
    await broker.start(topology())
    event = Event("evt_of_dan", "ingress", "msg_of_dan", datetime.now(UTC), shop.tenant_id, "", text)
    await broker.publish(Message("sms.inbound", event.encode(), event.id, shop.tenant_id, ""))
    await broker.close()


async def _fill(data: Path) -> None:
    """A collection of several batches, so that the move takes long enough to be killed in the middle of it."""
    database = OneFile(data / "parley.sqlite", SystemClock()).database("campaigns")
    await database.start()
    await database.collection(FILLING).insert_many([{"id": f"f{n}", "n": n} for n in range(FILLED)])
    await database.close()


def _move_killed_half_way(parley: Installation, broker: str, database: str) -> int:
    """How much of the filled collection was there when it was killed."""
    words = ["all_in_one.moving.to_servers", "--database", database, "--broker", broker]
    process = subprocess.Popen(
        [sys.executable, "-m", *words], env=_clean(parley), cwd=parley.folder, stdout=subprocess.DEVNULL
    )
    with pymongo.MongoClient[dict[str, Any]](database) as client:
        filling = client["parley_campaigns"]["filling"]
        while process.poll() is None and not filling.find_one({}, {"_id": 1}):
            pass
        process.kill()
        process.wait()
        return filling.count_documents({})


def _sum_of_filled(url: str) -> int:
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        return sum(document["n"] for document in client["parley_campaigns"]["filling"].find({}, {"n": 1}))


def _rows(data: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    for file, owner in (("parley.sqlite", ""), ("ingress.sqlite", "ingress__")):
        with closing(sqlite3.connect(data / file)) as connection:
            names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'c_*'")
            for (name,) in names.fetchall():
                found[owner + name[2:]] = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
    return +found


def _documents(url: str) -> Counter[str]:
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        return +Counter({
            f"{database.removeprefix('parley_')}__{name}": client[database][name].count_documents({})
            for database in client.list_database_names() if database.startswith("parley_")
            for name in client[database].list_collection_names() if not name.startswith("parley_")
        })  # fmt: skip


def _move(parley: Installation, broker: str, database: str, expect: int = 0) -> str:
    words = ["all_in_one.moving.to_servers", "--database", database, "--broker", broker]
    return _run(parley, words, expect)


def _start_embedded(parley: Installation) -> int:
    return _ended(parley, ["all_in_one"]).returncode


def _run(parley: Installation, words: list[str], expect: int) -> str:
    done = _ended(parley, words)
    assert done.returncode == expect, done.stderr
    return done.stdout + done.stderr


def _ended(parley: Installation, words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words], env=_clean(parley),
        capture_output=True, text=True, cwd=parley.folder, timeout=120, check=False,
    )  # fmt: skip


def _clean(parley: Installation) -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | parley.environment
