"""`make restore FROM=…`: a backup becomes the data folder of an installation, in a folder that is empty.

All or nothing: the files are prepared in a folder beside their place, and moved to it at the end, the store last.
A restored installation goes back in time. So the restore tells the sender, which asks the carrier about each text
before it sends it (docs/operations.md).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from all_in_one import folder
from all_in_one.durable import sync, sync_tree
from all_in_one.folder import CREDENTIALS, RESTORING, STORE, given_up
from all_in_one.safekeeping import manifest
from all_in_one.safekeeping.back_in_time import NOTES, note_in
from all_in_one.safekeeping.backup import copy_private
from all_in_one.safekeeping.manifest import Manifest
from all_in_one.safekeeping.secret import opens, secret_of
from sender.sending.restored import Restored
from shared.data_format.version import DATA_FORMAT, too_new
from shared.database.sqlite.database import EmbeddedDatabase
from shared.settings import PlatformSettings, read
from shared.sqlite.file import SqliteFile


def restore(settings: PlatformSettings, backup: Path) -> Manifest:
    """What was restored. Raises SystemExit with one sentence, and then the folder is as it was."""
    data = settings.data_folder
    if data is None:
        raise SystemExit("DATABASE_URL names a server. Name the folder to restore into: DATABASE_URL=embedded:FOLDER")
    found = manifest.read(backup)
    if found.format > DATA_FORMAT:
        raise SystemExit(f"Cannot restore: {too_new(str(backup), found.format)}")
    with contextlib.closing(folder.lock(data)):
        _must_be_empty(data)
        if not opens(secret_of(settings, backup), found.secret):
            raise SystemExit(
                "Cannot restore: this backup belongs to another SECRET_KEY, without which no carrier key and no login "
                "in it can be read. Set SECRET_KEY as it was."
            )
        manifest.verify(backup, found)
        try:
            _restore(data, backup, found)
        except (sqlite3.Error, OSError) as error:
            raise given_up("Cannot restore", error, data) from None
    return found


def _must_be_empty(data: Path) -> None:
    there = [path.name for path in data.iterdir() if path.name not in ("lock", RESTORING)]
    if there:
        raise SystemExit(
            f"Cannot restore: {data.resolve()} is not empty ({', '.join(sorted(there)[:4])}). Move it away, or name "
            "another folder: DATABASE_URL=embedded:FOLDER"
        )
    shutil.rmtree(data / RESTORING, ignore_errors=True)


def _restore(data: Path, backup: Path, found: Manifest) -> None:
    prepared = data / RESTORING
    prepared.mkdir(mode=0o700)
    for file in found.files:
        (prepared / file.name).parent.mkdir(mode=0o700, exist_ok=True)
        copy_private(backup / file.name, prepared / file.name)
    asyncio.run(_prepare(prepared / STORE, Restored(taken_at=found.taken_at, restored_at=datetime.now(UTC))))
    sync_tree(prepared)
    for path in sorted(prepared.iterdir(), key=lambda path: (path.name == STORE, path.name != CREDENTIALS)):
        path.rename(data / path.name)
    prepared.rmdir()
    sync(data)


async def _prepare(store: Path, restored: Restored) -> None:
    file = SqliteFile(store)
    for service in NOTES:
        await note_in(EmbeddedDatabase(file, service), service, restored)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make restore", description=__doc__)
    parser.add_argument("backup", type=Path, help="the backup's folder")
    given = parser.parse_args()
    os.umask(0o077)
    settings = read(PlatformSettings)
    found = restore(settings, given.backup)
    print(f"{settings.data_folder}: restored as of {found.taken_at:%Y-%m-%d %H:%M:%S} UTC. Start it with `make run`.")
    print("What came or was sent after that moment: docs/operations.md#after-a-restore")


if __name__ == "__main__":
    main()
