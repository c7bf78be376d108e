"""A backup under load, a kill, a restore into a new folder: nothing from before is lost, nobody is texted twice.

The carrier is not restored, as in life: its ledger says what really left.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from testkit.eventually import eventually
from testkit.installation import ADMIN_TOKEN, Installation
from testkit.kills.answers import HABITS, IMPATIENT
from testkit.shop import Shop

EARLY = [f"+1312200{n:04}" for n in range(12)]
SENT = ("accepted", "sent", "delivered")
LATE = [f"+1312300{n:04}" for n in range(12)]


@pytest.fixture
async def parley(tmp_path: Path) -> AsyncIterator[Installation]:
    installation = Installation(tmp_path, None, **IMPATIENT)
    try:
        await installation.start()
        yield installation
    finally:
        await installation.stop()


async def test_what_was_accepted_before_a_backup_is_answered_once_after_its_restore(parley: Installation) -> None:
    """The number's daily cap holds the early answers back until the backup is done. So all of them leave after it, and
    the restored installation learns of that from the carrier's records alone: the carrier ignores idempotency keys."""
    await parley.world.ask("PUT", "/settings", {**HABITS, "idempotency": False})
    shop = await Shop(parley, "+17732008888").open(quiet_seconds=0.2)
    await _cap(shop, 1)
    for customer in EARLY:
        await shop.text(customer, "question")
    await eventually(lambda: _held_back(shop, len(EARLY) - 1))
    later = asyncio.create_task(_text_all(shop, LATE))
    backup = await asyncio.to_thread(_run, parley, "backup", "--to", str(parley.folder / "backups"))
    await later
    await _cap(shop, 1000)
    await eventually(lambda: _answered(shop, {*EARLY, *LATE}), within=60)
    await _kill_and_restore(parley, Path(backup))
    await _cap(shop, 1000)  # restored too, it would hold them back
    await eventually(lambda: _nothing_waits(shop), within=60)
    assert set(EARLY) <= await _known_as_sent(shop)
    texted = Counter(sms["to"] for sms in await shop.sent_to_all())
    assert texted == Counter([*EARLY, *LATE]), "everybody once"


async def _text_all(shop: Shop, customers: list[str]) -> None:
    for customer in customers:
        await shop.text(customer, "question")
        await asyncio.sleep(0.02)


async def _cap(shop: Shop, parts: int) -> None:
    path = f"/api/accounts/tenants/{shop.tenant_id}/numbers/{shop.number}"
    await shop.call("PATCH", path, {"daily_parts": parts}, token=ADMIN_TOKEN)


async def _held_back(shop: Shop, wanted: int) -> bool:
    waiting = (await shop.call("GET", "/api/messages?status=queued&limit=200"))["items"]
    assert [message["reason"] for message in waiting] == ["daily_parts"] * wanted
    return True


async def _answered(shop: Shop, customers: set[str]) -> bool:
    assert {sms["to"] for sms in await shop.sent_to_all()} == customers
    return True


async def _known_as_sent(shop: Shop) -> set[str]:
    pages = [await shop.call("GET", f"/api/messages?limit=200&status={status}") for status in SENT]
    return {message["to"] for page in pages for message in page["items"]}


async def _nothing_waits(shop: Shop) -> bool:
    """That could still become a second SMS: neither at Parley nor at the carrier."""
    for status in ("queued", "submitting", "unknown"):
        assert (await shop.call("GET", f"/api/messages?status={status}"))["items"] == []
    assert (await shop.parley.world.ask("GET", "/summary"))["pending"] == 0
    return True


async def _kill_and_restore(parley: Installation, backup: Path) -> None:
    process = parley.processes["all-in-one"]
    process.send(signal.SIGKILL)
    await asyncio.to_thread(process.wait)
    data = parley.folder / "data"
    await eventually(lambda: _gone(data, parley.folder / "lost"))
    await asyncio.to_thread(_run, parley, "restore", str(backup))
    process.start()
    await parley.ready()


async def _gone(data: Path, elsewhere: Path) -> bool:
    await asyncio.to_thread(shutil.move, data, elsewhere)
    return True


def _run(parley: Installation, what: str, *words: str) -> str:
    """The last line that the command says, up to its colon."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", f"all_in_one.safekeeping.{what}", *words],
        env=clean | parley.environment, capture_output=True, text=True, cwd=parley.folder, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1].partition(":")[0]
