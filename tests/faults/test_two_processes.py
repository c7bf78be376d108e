"""The all-in-one's two processes: each may be killed or frozen alone, and nothing accepted is lost or doubled."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from testkit.eventually import eventually
from testkit.installation import Installation
from testkit.kills.answers import HABITS, IMPATIENT
from testkit.shop import Shop

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc"),
    pytest.mark.timeout(300),
]
ACCEPT, REST = "parley-accept", "parley-rest"
TEXTS = 20


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def parley(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("two"), None, **IMPATIENT)
    await installation.start()
    await installation.world.ask("PUT", "/settings", HABITS)
    yield installation
    await installation.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def shop(parley: Installation, request: pytest.FixtureRequest) -> Shop:
    number = f"+1773201{sum(request.node.name.encode()) % 10_000:04}"
    return await Shop(parley, number).open(quiet_seconds=0)


def kill(parley: Installation, name: str, number: signal.Signals = signal.SIGKILL) -> int:
    pid = parley.processes["all-in-one"].child(name)
    os.kill(pid, number)
    return pid


async def forked(parley: Installation, name: str, before: int) -> None:
    async def another() -> bool:
        try:
            return parley.processes["all-in-one"].child(name) != before
        except LookupError:
            return False

    await eventually(another, within=60)


async def restarted(parley: Installation, name: str, before: int) -> None:
    await forked(parley, name, before)
    await parley.ready()


async def text_all(shop: Shop) -> list[str]:
    customers = [f"+1312{int(shop.number[-4:]):04}{n:03}" for n in range(100, 100 + TEXTS)]
    await asyncio.gather(*(shop.text(customer, "Are you open on Sunday?") for customer in customers))
    return customers


async def each_answered_once(shop: Shop, customers: list[str]) -> None:
    async def all_answered() -> bool:
        return {sms["to"] for sms in await shop.sent_to_all()} >= set(customers)

    await eventually(all_answered, within=120)

    async def settled() -> bool:
        return (await shop.parley.world.ask("GET", "/summary"))["pending"] == 0

    await eventually(settled, within=60)
    assert Counter(sms["to"] for sms in await shop.sent_to_all()) == Counter(customers)


@pytest.mark.parametrize("name", [ACCEPT, REST])
async def test_killed_alone_it_starts_again_while_the_other_goes_on(parley: Installation, shop: Shop, name: str):
    other = ACCEPT if name == REST else REST
    untouched = parley.processes["all-in-one"].child(other)
    texting = asyncio.create_task(text_all(shop))
    await eventually(lambda: _arrived(shop, 1), within=30)
    before = kill(parley, name)
    await restarted(parley, name, before)
    await each_answered_once(shop, await texting)
    assert parley.processes["all-in-one"].child(other) == untouched
    assert "process_killed" in parley.processes["all-in-one"].log.read_text()


async def test_killed_again_while_it_starts_the_rest_is_linked_to_at_its_third_start(parley: Installation, shop: Shop):
    texting = asyncio.create_task(text_all(shop))
    await forked(parley, REST, kill(parley, REST))
    await restarted(parley, REST, kill(parley, REST))
    await each_answered_once(shop, await texting)


async def test_while_the_rest_is_frozen_webhooks_are_taken_and_arrive_later(parley: Installation, shop: Shop):
    kill(parley, REST, signal.SIGSTOP)
    try:
        customers = await text_all(shop)
        await eventually(lambda: _all_taken(shop), within=60)
    finally:
        kill(parley, REST, signal.SIGCONT)
    await each_answered_once(shop, customers)
    await parley.ready()


async def test_metrics_are_those_of_both_processes(parley: Installation, shop: Shop):
    before = await figure(parley, "parley_webhooks_total")
    await each_answered_once(shop, await text_all(shop))
    assert await figure(parley, "parley_webhooks_total") >= before + TEXTS
    assert await figure(parley, 'parley_events_handled_total{outcome="done",service="ingress"') > 0
    assert await figure(parley, 'parley_events_handled_total{outcome="done",service="sender"') > 0


async def test_both_stop_with_the_one_that_keeps_them(parley: Installation):
    pids = parley.processes["all-in-one"].family()
    assert len(pids) == 3
    assert await parley.stopped() == {"all-in-one": 0}
    assert not set(pids) & {int(entry) for entry in os.listdir("/proc") if entry.isdigit()}


async def figure(parley: Installation, beginning: str) -> float:
    lines = (await parley.http.get("/metrics")).text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(beginning))


async def _arrived(shop: Shop, wanted: int) -> bool:
    return len(await shop.conversations()) >= wanted


async def _all_taken(shop: Shop) -> bool:
    """By the carrier's own account: none of its webhooks still waits for a 200."""
    summary = await shop.parley.world.ask("GET", "/summary")
    assert summary["pending_webhooks"] == 0, summary
    return True
