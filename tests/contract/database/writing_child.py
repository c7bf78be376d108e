"""Run as a process of its own by the tests of crashes: writes for ever and says on stdout what was acknowledged."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from shared.database.sqlite.database import EmbeddedDatabase
from testkit.contract.database_contract import THINGS, thing


async def main(path: Path, who: str) -> None:
    database = EmbeddedDatabase(path)
    things = database.collection(THINGS)
    await database.start()
    print("started", 0, flush=True)

    async def count_up(id: str) -> None:
        await things.insert(thing(id, n=0, words=["w1"]))
        while True:
            stored = await things.get(id)
            assert stored is not None
            version = stored["version"] + 1
            if await things.replace(
                {**stored, "version": version, "n": stored["n"] + 1, "words": [f"w{version}"]}, version - 1
            ):
                sys.stdout.write(f"{id} {version}\n")
                sys.stdout.flush()

    async def many() -> None:
        for number in range(1_000_000):
            new = await things.insert_many([thing(f"{who}-{number}-{n}", name=who) for n in range(50)])
            sys.stdout.writelines(f"{id} 1\n" for id in new)
            sys.stdout.flush()

    await asyncio.gather(many(), *(count_up(f"counter{n}") for n in range(8)))


asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
