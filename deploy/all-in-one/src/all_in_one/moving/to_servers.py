"""`make move-to-servers`: everything in the data folder goes to MongoDB and RabbitMQ. Parley is stopped meanwhile.

In this order: look whether it can be done, copy every document, read all of it back and compare counts and digests,
send the messages that waited in queues. Whatever ends it half-way, the same command goes on: documents are written
under their ids, and an event that is sent twice has no second effect. At the end the folder says that it has moved, so
that no second installation answers the same customers from it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sqlite3
import sys
from collections import Counter
from pathlib import Path

from all_in_one import folder
from all_in_one.durable import write_durably
from all_in_one.folder import CREDENTIALS, MOVED, STORE, given_up
from all_in_one.moving import source
from all_in_one.moving.digest import Digest
from all_in_one.moving.source import StoredCollection
from all_in_one.moving.target import Databases
from shared.broker.protocol import Broker
from shared.clock import SystemClock
from shared.errors import ParleyError
from shared.events.catalogue import topology
from shared.ids import new_id
from shared.settings import PlatformSettings, read

_MOVING = "moving.json"


def move(settings: PlatformSettings, database_url: str, broker: Broker) -> None:
    """Raises SystemExit with one sentence. `broker` is not started yet."""
    data = settings.data_folder
    if data is None or not (data / STORE).exists():
        raise SystemExit(f"Cannot move: there is no {STORE} in {data}. Name the folder: DATABASE_URL=embedded:FOLDER")
    with contextlib.closing(folder.lock(data)):
        folder.check_formats(data)
        folder.check_moved(data)
        try:
            asyncio.run(_move(data, Databases(database_url, _id_of(data)), broker))
        except (sqlite3.Error, OSError) as error:
            raise given_up("Cannot move", error, data) from None
        except ParleyError as error:
            raise SystemExit(f"Cannot move: {error.operator_detail}. The same command goes on from here.") from None
        # On the disk before this ends: two installations would answer from data that moved.
        write_durably(data / MOVED, "Its data is on servers now. Delete this file to start from this folder anyway.\n")


async def _move(data: Path, databases: Databases, broker: Broker) -> None:
    collections, waiting = source.collections_of(data), Counter(entry.queue for entry in source.waiting(data))
    _say(f"{sum(one.rows for one in collections):,} documents in {len(collections)} collections, "
         f"{waiting.total():,} events in {len(waiting)} queues")  # fmt: skip
    known = {name for subscription in topology() for name in (subscription.queue, subscription.dead_queue)}
    if strange := sorted(waiting.keys() - known):
        raise SystemExit(
            f"Cannot move: this version has no queue {strange[0]}, in which events wait. Start the all-in-one once and "
            "stop it when `make dead-letters` shows nothing new."
        )
    try:
        await databases.prepare(sorted({one.service for one in collections}))
        for collection in collections:
            await _copy(data, databases, collection)
    finally:
        await databases.close()
    await _send(data, broker, waiting)


async def _copy(data: Path, databases: Databases, collection: StoredCollection) -> None:
    service, spec = collection.service, collection.spec
    here = Digest()
    for batch in source.batches(data, collection):
        await databases.write(service, spec, batch)
        here.add(batch)
        if here.count % 10_000 == 0:
            _say(f"  {service} {spec.name}: {here.count:,} of {collection.rows:,}")
    there = await databases.digest(service, spec)
    if here != there:
        raise SystemExit(
            f"Cannot move: {service} {spec.name} has {here.count:,} documents here and {there.count:,} there, or their "
            "contents differ. Drop that database and repeat."
        )
    if here.count:
        _say(f"  {service} {spec.name}: {here.count:,} documents, the same there")


async def _send(data: Path, broker: Broker, waiting: Counter[str]) -> None:
    """Each into the queue that it waited in, confirmed one by one, oldest first."""
    await broker.start(topology())
    try:
        for entry in source.waiting(data):
            await broker.send_to_queue(entry.queue, entry.message)
    finally:
        await broker.close()
    for queue, count in sorted(waiting.items()):
        _say(f"  {queue}: {count:,} events sent")


def _id_of(data: Path) -> str:
    """Of this move, the same at every try: one that forgot its id would take its own databases for another's."""
    file = data / _MOVING
    if not file.exists() or not file.stat().st_size:  # empty: an older version was killed before it was written
        write_durably(file, json.dumps({"move": new_id("mov")}))
    return json.loads(file.read_text())["move"]


def _say(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make move-to-servers", description=__doc__)
    parser.add_argument("--database", required=True, help="mongodb://…, empty")
    parser.add_argument("--broker", required=True, help="amqp://…")
    given = parser.parse_args()
    targets = read(PlatformSettings, database_url=given.database, broker_url=given.broker)
    if not given.database.startswith("mongodb") or not given.broker.startswith("amqp"):
        sys.exit("Cannot move: --database is mongodb://…, --broker is amqp://…")
    from shared.broker.rabbitmq.broker import RabbitBroker

    settings = read(PlatformSettings)
    move(settings, targets.database_url, RabbitBroker(targets.broker_url, SystemClock(), "parley move"))
    print("Moved. Start the services with the same secrets: SECRET_KEY and ADMIN_TOKEN are those that you set, or in")
    print(f"{(settings.data_folder or Path('./data')) / CREDENTIALS}. The sandbox's world is not moved.")


if __name__ == "__main__":
    main()
