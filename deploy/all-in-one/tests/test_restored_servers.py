"""Servers whose documents are of an earlier moment: the sender looks for texts at the carrier, streams begin anew."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pymongo
import pytest

from all_in_one.safekeeping.back_in_time import NOTES
from all_in_one.safekeeping.restored_servers import note
from sender.domain.message import Message
from sender.sending.restored import LookBack, Restored
from shared.clock import ManualClock
from shared.database.mongodb.database import MongoDatabase

pytestmark = pytest.mark.mongodb

TAKEN_AT = datetime(2026, 11, 29, 10, 15, tzinfo=UTC)
RESTORED = Restored(taken_at=TAKEN_AT, restored_at=TAKEN_AT + timedelta(hours=5))
SENDER, REALTIME = "sender", "realtime"
HEAD = {"_id": "ten_1", "version": 3, "epoch": "before", "n": 7, "entries": []}
WAITING = cast("Message", SimpleNamespace(id="msg_1", status="queued", created_at=TAKEN_AT))


@pytest.fixture
def names(mongodb_url: str) -> Iterator[dict[str, str]]:
    """Databases of this test only, by service."""
    found = {service: f"test_restored_{os.getpid()}_{service}" for service in NOTES}
    yield found
    with pymongo.MongoClient[dict[str, Any]](mongodb_url) as client:
        for name in found.values():
            client.drop_database(name)


def test_the_sender_looks_back_to_the_backup_and_streams_begin_a_new_epoch(
    mongodb_url: str, names: dict[str, str]
) -> None:
    with pymongo.MongoClient[dict[str, Any]](mongodb_url) as client:
        client[names[SENDER]]["messages"].insert_one({"_id": "msg_1"})
        client[names[REALTIME]]["log_heads"].insert_one(dict(HEAD))
        for _ in range(2):
            note(mongodb_url, names, RESTORED)
        assert asyncio.run(_since(mongodb_url, names[SENDER])) == TAKEN_AT
        [head] = client[names[REALTIME]]["log_heads"].find({})
        assert (head["n"], head["epoch"] == HEAD["epoch"]) == (7, False)


async def _since(url: str, name: str) -> datetime | None:
    database = MongoDatabase(url, name, "test")
    look_back = LookBack(database, ManualClock(RESTORED.restored_at))
    await database.start()
    try:
        return await look_back.since(WAITING)
    finally:
        await database.close()


def test_a_server_without_the_backup_is_left_alone(mongodb_url: str, names: dict[str, str]) -> None:
    with pytest.raises(SystemExit, match="there is no database"):
        note(mongodb_url, names, RESTORED)
    with pymongo.MongoClient[dict[str, Any]](mongodb_url) as client:
        assert not {*names.values()} & {*client.list_database_names()}


def test_a_moment_that_is_still_to_come_or_without_a_zone_is_refused(mongodb_url: str, names: dict[str, str]) -> None:
    with pytest.raises(SystemExit, match="in the future"):
        note(mongodb_url, names, RESTORED.but(taken_at=RESTORED.restored_at + timedelta(seconds=1)))
    command = [sys.executable, "-m", "all_in_one.safekeeping.restored_servers", "--taken-at", "2026-11-29T10:15:00"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "say the time zone" in done.stderr
