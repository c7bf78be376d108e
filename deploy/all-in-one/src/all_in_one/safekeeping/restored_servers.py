"""`make restored-servers`: run once MongoDB holds a backup of an earlier moment, before the first service starts.

MongoDB's tools restore the documents; they know nothing of what left meanwhile. So this does for servers what `restore`
does for the data folder: the sender asks the carrier about each text before it sends it, and live events begin anew.
Running it twice is harmless: open dashboards read anew once more.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from all_in_one.moving.target import database_name
from all_in_one.safekeeping.back_in_time import NOTES, note_in
from sender.sending.restored import Restored
from shared.database.mongodb.database import MongoDatabase
from shared.errors import ParleyError
from shared.settings import PlatformSettings, read

DATABASES = {service: database_name(service) for service in NOTES}


def note(url: str, databases: Mapping[str, str], restored: Restored) -> None:
    """`databases`: by service. Raises SystemExit with one sentence."""
    if restored.taken_at > restored.restored_at:
        raise SystemExit("Cannot note the restore: the moment of the backup is in the future.")
    try:
        asyncio.run(_note(url, databases, restored))
    except ParleyError as error:
        raise SystemExit(f"Cannot note the restore: {error.operator_detail}") from None
    except PyMongoError as error:
        raise SystemExit(f"Cannot note the restore: {str(error)[:300]}") from None


async def _note(url: str, databases: Mapping[str, str], restored: Restored) -> None:
    await _must_be_there(url, list(databases.values()))
    for service, name in databases.items():
        await note_in(MongoDatabase(url, name, "parley restored"), service, restored)


async def _must_be_there(url: str, names: list[str]) -> None:
    """Before anything is written: a wrong address would get collections that nobody asked for."""
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(url, serverSelectionTimeoutMS=5_000)
    try:
        there = await client.list_database_names()
    finally:
        await client.close()
    if absent := [name for name in names if name not in there]:
        raise SystemExit(
            f"Cannot note the restore: there is no database {' or '.join(absent)} on this server. Restore the backup "
            "first. If services have servers of their own, name one with --service."
        )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("say the time zone too, for example 2026-11-29T10:15:00Z")
    return moment.astimezone(UTC)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make restored-servers", description=__doc__)
    parser.add_argument("--taken-at", type=_moment, required=True, help="when the backup began: 2026-11-29T10:15:00Z")
    parser.add_argument("--service", choices=tuple(NOTES), help="only this one; default both")
    given = parser.parse_args()
    url = read(PlatformSettings).database_url
    if not url.startswith("mongodb"):
        parser.error("DATABASE_URL is to name MongoDB; `make restore` is for the data folder")
    databases = {given.service: DATABASES[given.service]} if given.service else DATABASES
    note(url, databases, Restored(taken_at=given.taken_at, restored_at=datetime.now(UTC)))
    print(f"Noted for {' and '.join(databases)}: restored as of {given.taken_at:%Y-%m-%d %H:%M:%S} UTC.")
    print("Start the services now. What came or was sent after that moment: docs/operations.md#after-a-restore")


if __name__ == "__main__":
    main()
