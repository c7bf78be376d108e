"""What only the embedded broker has to prove: its file survives `kill -9`, and its memory stays small."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from shared.broker.embedded import rows
from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.embedded.handed_out import HandedOut
from shared.broker.protocol import Delivery, Subscription
from shared.clock import ManualClock, SystemClock
from shared.errors import BrokerUnavailable, BrokerUnusable
from testkit.contract.broker_harness import Notes, message
from testkit.eventually import eventually

WORK = Subscription("test.a.v1", ("a",), delivery_limit=3)

PUBLISH_WITHOUT_END = """
import asyncio, sys
from pathlib import Path
from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.protocol import Message, Subscription
from shared.clock import SystemClock

async def main():
    broker = EmbeddedBroker(Path(sys.argv[1]), SystemClock())
    await broker.start([Subscription("test.a.v1", ("a",))])
    async def publish(worker):
        n = 0
        while True:
            n += 1
            await broker.publish(Message("a", b"x" * 300, f"{worker}-{n}"))
            print(f"{worker}-{n}", flush=True)
    await asyncio.gather(*(publish(w) for w in range(8)))

asyncio.run(main())
"""

DIE_OF_IT = """
import asyncio, os, signal, sys
from pathlib import Path
from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.protocol import Message, Subscription
from shared.clock import SystemClock

async def main():
    broker = EmbeddedBroker(Path(sys.argv[1]), SystemClock())
    await broker.start([Subscription("test.a.v1", ("a",), delivery_limit=3)])
    async def handle(delivery):
        os.kill(os.getpid(), signal.SIGKILL)
    await broker.subscribe("test.a.v1", handle, prefetch=1)
    await asyncio.sleep(30)

asyncio.run(main())
"""


async def opened(path: Path | None) -> EmbeddedBroker:
    broker = EmbeddedBroker(path, SystemClock())
    await broker.start([WORK])
    return broker


async def drained(broker: EmbeddedBroker, queue: str = WORK.queue) -> list[Delivery]:
    notes = Notes()
    wanted = await broker.depth(queue)
    consumer = await broker.subscribe(queue, notes)
    await eventually(lambda: len(notes.deliveries) >= wanted)
    await consumer.stop()
    return notes.deliveries


@pytest.mark.parametrize("confirmed_before_the_end", [1, 50, 2_000])
async def test_kill_9_in_the_middle_of_publishing_loses_nothing_confirmed(
    tmp_path: Path, confirmed_before_the_end: int
) -> None:
    path = tmp_path / "broker.sqlite"
    child = subprocess.Popen(  # noqa: ASYNC220 - only its start blocks
        [sys.executable, "-c", PUBLISH_WITHOUT_END, str(path)], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    confirmed = [(await asyncio.to_thread(child.stdout.readline)) for _ in range(confirmed_before_the_end)]
    child.kill()
    confirmed += await asyncio.to_thread(child.stdout.readlines)
    child.wait()
    broker = await opened(path)
    found = [delivery.message.event_id for delivery in await drained(broker)]
    await broker.close()
    whole = {line.decode().strip() for line in confirmed if line.endswith(b"\n")}
    assert len(whole) >= confirmed_before_the_end
    assert whole <= set(found)
    assert len(found) == len(set(found))


async def test_a_message_that_kills_its_consumer_is_marked_and_ends_as_a_dead_letter(tmp_path: Path) -> None:
    path = tmp_path / "broker.sqlite"
    broker = await opened(path)
    await broker.publish(message("a", b"poison"))
    await broker.publish(message("a", b"bystander"))
    await broker.close()
    for _ in range(4):
        await asyncio.to_thread(subprocess.run, [sys.executable, "-c", DIE_OF_IT, str(path)], check=False)
    broker = await opened(path)
    notes = Notes()
    await broker.subscribe(WORK.queue, notes)
    await eventually(lambda: notes.bodies == [b"bystander"])
    assert notes.deliveries[0].redelivered is False, "it was waiting, nobody had it"
    letters = await drained(broker, WORK.dead_queue)
    assert [(d.message.body, d.message.headers["x-error"]) for d in letters] == [(b"poison", "delivery_limit")]
    await broker.close()


async def test_what_was_in_hand_at_the_crash_is_marked_redelivered(tmp_path: Path) -> None:
    path = tmp_path / "broker.sqlite"
    broker = await opened(path)
    await broker.publish(message("a", b"deadly"))
    await broker.close()
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", DIE_OF_IT, str(path)], check=False)
    broker = await opened(path)
    deliveries = await drained(broker)
    assert [(d.message.body, d.redelivered) for d in deliveries] == [(b"deadly", True)]
    await broker.close()


async def test_a_hundred_thousand_waiting_messages_stay_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "broker.sqlite"
    broker = await opened(path)
    await broker.publish(message("a"))
    await broker.close()
    database = sqlite3.connect(path)
    with database:
        database.executemany(
            "INSERT INTO entry VALUES (?, ?, 0, 0, 0, 'a', ?, '', '', '', ?)",
            ((seq, WORK.queue, str(seq), b"x" * 1_000) for seq in range(2, 100_001)),
        )
    database.close()
    broker = await opened(path)
    assert await broker.depth(WORK.queue) == 100_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    handled: set[str] = set()

    async def count(delivery: Delivery) -> None:
        handled.add(delivery.message.event_id)
        await delivery.ack()

    await broker.subscribe(WORK.queue, count, prefetch=64)
    await eventually(lambda: len(handled) == 100_000, within=60)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 60_000, f"grew by {grown} KiB; the bodies alone are 100,000"
    await broker.close()


async def test_a_full_disk_is_said_and_passes(tmp_path: Path) -> None:
    broker = await opened(tmp_path / "broker.sqlite")
    notes = Notes(lambda delivery: asyncio.sleep(0))
    await broker.subscribe(WORK.queue, notes)
    await broker.publish(message("a", b"before"))
    pages = await broker._writer.run(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
    await broker._writer.run(lambda c: c.execute(f"PRAGMA max_page_count={pages}").fetchone())
    with pytest.raises(BrokerUnavailable):
        await broker.publish(message("a", b"x" * 100_000))
    assert "cannot grow" in (broker.trouble() or "")
    await broker._writer.run(lambda c: c.execute("PRAGMA max_page_count=1000000").fetchone())
    await broker.publish(message("a", b"after"))
    assert broker.trouble() is None
    await eventually(lambda: notes.bodies == [b"before", b"after"])
    for delivery in notes.deliveries:
        await delivery.ack()
    await broker.close()


async def test_trouble_passes_although_nobody_dares_to_write(tmp_path: Path) -> None:
    """Ingress asks for trouble before it publishes: without a write of its own the broker would never recover."""
    broker = await opened(tmp_path / "broker.sqlite")
    await broker._writer.run(lambda c: c.execute("PRAGMA busy_timeout=0").fetchone())
    other = sqlite3.connect(tmp_path / "broker.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BrokerUnavailable):
        await broker.publish(message("a"))
    assert broker.trouble()
    other.execute("COMMIT")
    await eventually(lambda: broker.trouble() is None)
    await broker.publish(message("a"))
    assert await broker.depth(WORK.queue) == 1
    other.close()
    await broker.close()


async def test_one_failing_write_does_not_fail_those_committed_with_it(tmp_path: Path) -> None:
    broker = await opened(tmp_path / "broker.sqlite")
    failing = broker._writer.run(lambda c: c.execute("INSERT INTO nowhere VALUES (1)"))
    results = await asyncio.gather(
        broker.publish(message("a")), failing, broker.publish(message("a")), return_exceptions=True
    )
    assert [isinstance(result, Exception) for result in results] == [False, True, False]
    assert await broker.depth(WORK.queue) == 2
    await broker.close()


async def test_a_delay_is_measured_by_the_clock_that_was_passed_in() -> None:
    clock = ManualClock()
    broker = EmbeddedBroker(None, clock)
    await broker.start([WORK])

    async def retry_once(delivery: Delivery) -> None:
        await (delivery.ack() if delivery.attempt else delivery.retry(600, "later"))

    notes = Notes(retry_once)
    await broker.subscribe(WORK.queue, notes)
    await broker.publish(message("a"))
    await eventually(lambda: len(notes.deliveries) == 1)
    clock.advance(599)
    await broker.publish(message("a", b"another"))
    await eventually(lambda: len(notes.deliveries) == 2)
    clock.advance(1.5)
    await eventually(lambda: len(notes.deliveries) == 3, within=5)
    assert notes.deliveries[2].attempt == 1
    await broker.close()


async def test_a_delayed_message_comes_back_although_the_first_try_is_not_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_back, tries = rows.bring_back, list[int]()

    def lost_once(connection: sqlite3.Connection, now: int, first_seq: int, limit: int) -> object:
        found = bring_back(connection, now, first_seq, limit)
        tries.append(first_seq)
        if len(tries) == 1:
            connection.execute("ROLLBACK")  # as a failing disk does after the work is done
        return found

    async def retry_once(delivery: Delivery) -> None:
        await (delivery.ack() if delivery.attempt else delivery.retry(0.05, "later"))

    monkeypatch.setattr(rows, "bring_back", lost_once)
    broker, notes = await opened(tmp_path / "broker.sqlite"), Notes(retry_once)
    await broker.subscribe(WORK.queue, notes)
    await broker.publish(message("a"))
    await eventually(lambda: len(tries) == 2 and len(notes.deliveries) >= 2)
    await broker.close()
    assert [delivery.attempt for delivery in notes.deliveries] == [0, 1]
    with closing(sqlite3.connect(tmp_path / "broker.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM entry").fetchone() == (0,)


async def test_a_cancelled_publisher_does_not_stop_the_message() -> None:
    broker = await opened(None)
    publishing = asyncio.create_task(broker.publish(message("a", b"sent")))
    await asyncio.sleep(0)
    publishing.cancel()
    await eventually(lambda: broker.depth(WORK.queue))
    await broker.close()


def test_the_table_of_deliveries_grows_and_forgets(tmp_path: Path) -> None:
    path = tmp_path / "handed-out"
    table = HandedOut(path)
    slots = [table.mark(seq) for seq in range(1, 20_001)]
    for slot in slots[:19_990]:
        table.clear(slot)
    again = HandedOut(path)  # as a second process would after a crash: nothing was closed
    assert sorted(again.left_behind()) == list(range(19_991, 20_001))
    again.forget_all()
    assert again.left_behind() == []
    again.close()
    table.close()


async def test_a_damaged_file_ends_the_start_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "broker.sqlite"
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(BrokerUnusable, match="broker_damaged") as raised:
        await opened(path)
    assert str(path) in raised.value.operator_detail
    assert str(path) not in raised.value.detail


async def test_a_folder_where_a_file_should_be_ends_the_start_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "broker.sqlite.handed-out").mkdir()
    with pytest.raises(BrokerUnusable, match="broker_not_writable"):
        await opened(tmp_path / "broker.sqlite")


async def test_the_files_are_private(tmp_path: Path) -> None:
    broker = await opened(tmp_path / "new" / "broker.sqlite")
    await broker.publish(message("a"))
    modes = {file.stat().st_mode & 0o777 for file in (tmp_path / "new").iterdir()}
    await broker.close()
    assert modes == {0o600}
