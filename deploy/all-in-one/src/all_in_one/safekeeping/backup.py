"""`make backup`: a copy of the data folder of one moment, while Parley runs or is stopped.

The result is a folder of its own, private (0700, files 0600), checked, with the secrets in it. It gets its name last: a
folder that ends in `.partial` is a backup that did not end.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

from all_in_one.durable import sync, sync_tree
from all_in_one.folder import CREDENTIALS, STORE, databases, given_up
from all_in_one.safekeeping import manifest
from all_in_one.safekeeping.manifest import Manifest
from all_in_one.safekeeping.secret import secret_of, secret_tag
from all_in_one.safekeeping.snapshot import Snapshot
from shared.settings import EMBEDDED, PlatformSettings, read
from shared.sqlite.connection import make_private

_SANDBOX = "sandbox/sandbox.sqlite"


def back_up(settings: PlatformSettings, into: Path) -> Path:
    """The new folder in `into`. Raises SystemExit with one sentence."""
    data = _data_of(settings)
    names = [*databases(data), *([_SANDBOX] if (data / _SANDBOX).exists() else [])]
    if STORE not in names:
        raise SystemExit(f"{data.resolve()} holds no {STORE}: nothing to back up. Name the folder with DATABASE_URL.")
    try:
        return _copy_all(settings, data, names, into)
    except (sqlite3.Error, OSError) as error:
        raise given_up("Cannot back up", error, data) from None


def _copy_all(settings: PlatformSettings, data: Path, names: list[str], into: Path) -> Path:
    into.mkdir(parents=True, mode=0o700, exist_ok=True)
    with Snapshot(data, names) as snapshot:
        taken_at = datetime.now(UTC)
        partial = into / f"parley-{taken_at:%Y-%m-%dT%H%M%SZ}.partial"
        partial.mkdir(mode=0o700)
        print(f"pinned {', '.join(names)}; writers waited {snapshot.held_seconds * 1000:.1f} ms", flush=True)
        for name in names:
            (partial / name).parent.mkdir(mode=0o700, exist_ok=True)
            make_private(partial / name)
            snapshot.copy(name, partial / name)
            print(f"copied and checked {name}: {(partial / name).stat().st_size:,} bytes", flush=True)
    inside = (data / CREDENTIALS).exists()
    if inside:
        copy_private(data / CREDENTIALS, partial / CREDENTIALS)
        names = [*names, CREDENTIALS]
    tag = secret_tag(secret_of(settings, data))
    files = manifest.describe(partial, names)
    make_private(partial / manifest.MANIFEST)
    manifest.write(partial, Manifest(taken_at=taken_at, files=files, secret=tag, secret_inside=inside))
    sync_tree(partial)
    done = partial.with_suffix("")
    partial.rename(done)
    sync(into)
    return done


def copy_private(source: Path, target: Path) -> None:
    make_private(target)
    shutil.copyfile(source, target)


def _data_of(settings: PlatformSettings) -> Path:
    if settings.data_folder is None:
        raise SystemExit(
            "DATABASE_URL names a server: back it up with the server's own tools (docs/operations.md). "
            "`make backup` copies the data folder of an embedded installation."
        )
    if not settings.broker_url.startswith(EMBEDDED):
        print("Note: BROKER_URL names a server. What waits in its queues is not part of this backup.", file=sys.stderr)
    return settings.data_folder


def main() -> None:
    parser = argparse.ArgumentParser(prog="make backup", description=__doc__)
    parser.add_argument("--to", type=Path, default=Path("backups"), help="folder that gets the backup's folder")
    given = parser.parse_args()
    os.umask(0o077)
    done = back_up(read(PlatformSettings), given.to)
    size = sum(file.stat().st_size for file in done.rglob("*") if file.is_file())
    print(f"{done.resolve()}: {size:,} bytes. It holds customers' words and the secrets: keep it safe.")


if __name__ == "__main__":
    main()
