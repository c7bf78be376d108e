"""`python -m bench.cost`: the bill of one text; `--write` puts its counts into the table that a test holds."""

from __future__ import annotations

import argparse
import asyncio

from bench.cost import bill
from bench.cost.commands import note_commands
from bench.cost.table import EXACT, FILE, Table, bound, kept, table_of, undisturbed, written
from bench.cost.texts import measure
from bench.ground import scratch
from bench.table import rendered
from shared import logging
from testkit.servers import mongodb
from testkit.servers.found import Missing

_TEXTS = 5


def main() -> None:
    arguments = argparse.ArgumentParser(prog="bench.cost", description=__doc__)
    arguments.add_argument(
        "--mongodb", action="store_true", help="on a MongoDB protocol server that is found or started"
    )
    arguments.add_argument("--write", action="store_true", help=f"write {FILE.name} anew")
    given = arguments.parse_args()
    logging.configure("error", "json")
    if given.write:
        FILE.write_text(written(asyncio.run(_measured(mongodb_too=given.mongodb))))
    else:
        print(rendered(asyncio.run(bill.on_mongodb() if given.mongodb else bill.embedded(_TEXTS))))


async def _measured(*, mongodb_too: bool) -> Table:
    with scratch() as folder:
        texts = (await measure(folder, _TEXTS)).texts
    table = {**kept(), **table_of(undisturbed(texts), EXACT), "commits": bound(texts, "commits")}
    return {**table, **await _round_trips()} if mongodb_too else table


async def _round_trips() -> Table:
    server = mongodb.acquire()
    if isinstance(server, Missing):
        raise SystemExit(server.reason)
    note_commands()
    try:
        with scratch() as folder:
            texts = (await measure(folder, _TEXTS, database_url=server.url)).texts
    finally:
        server.stop()
    return {"round trips": bound(texts, "round trips")}


if __name__ == "__main__":
    main()
