"""Starting and stopping: in any order, saying what is missing, and leaving without a word of complaint."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from testkit.eventually import PATIENCE, eventually
from testkit.installation import SERVICES, Installation
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

Customer = Callable[[], str]
STOP_SECONDS = 10
NEEDS_ACCOUNTS = ("ingress", "conversation", "sender", "ai-responder", "campaigns", "realtime")


async def test_a_restart_is_clean_and_nothing_is_forgotten(parley: Installation, shop: Shop, customer: Customer):
    ann = customer()
    await shop.text(ann, "before")
    await shop.answered(ann)
    logs = {name: process.log.stat().st_size for name, process in parley.processes.items()}
    started = time.monotonic()
    codes = await parley.stopped()
    took = time.monotonic() - started
    assert codes == dict.fromkeys(parley.processes, 0)
    assert took < STOP_SECONDS * PATIENCE
    await parley.resume()
    await shop.text(ann, "after")
    await shop.answered(ann, 2)
    assert [m["text"] for m in await shop.messages_with(ann) if m["author"] == "customer"] == ["before", "after"]
    for name, process in parley.processes.items():
        written = process.log.read_bytes()[logs[name] :].decode()
        assert "Traceback" not in written, f"{name}: {written[-3000:]}"
        assert "[error" not in written, f"{name}: {written[-3000:]}"
        assert ann not in written, "numbers are masked"


@pytest.mark.servers
@pytest.mark.parametrize("parley", ["servers"], indirect=True, scope="session")
async def test_services_start_in_any_order_and_say_what_they_wait_for(
    parley: Installation, shop: Shop, customer: Customer
):
    for name, code in (await parley.stopped()).items():
        assert code == 0, name
    for name in NEEDS_ACCOUNTS:
        parley.processes[name].start()
    # Their copies are there from before, so they serve; a sender without the list of opt-outs would not.
    for name in NEEDS_ACCOUNTS:
        code, text = await eventually(lambda name=name: parley.readiness(name), within=60)
        assert parley.processes[name].alive, name
        assert code == 200 or "accounts" in text or "opted out" in text, text
    ann = customer()
    await shop.text(ann, "accounts is away")
    await shop.answered(ann)
    await parley.resume()
    assert set(parley.processes) == set(SERVICES)
