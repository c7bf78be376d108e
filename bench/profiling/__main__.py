"""Where the time goes.

`python -m bench.profiling conversation`: of one service's handler, by cProfile (embedded).
`python -m bench.profiling burst`: of the whole all-in-one while it answers a burst of texts, by samples.
`python -m bench.profiling one` or `bulk` or `api`: of the whole all-in-one while it sends texts out, by samples.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import pstats
import time
from collections.abc import Awaitable, Callable

from bench.ground import Ground, scratch
from bench.handling import rows as handling
from bench.handling.cases import CASES
from bench.naive.ledger import Ledger
from bench.naive.out import contacts, events, start
from bench.naive.parley import Parley
from bench.naive.sides import cpu, outside_world, quiet
from bench.naive.texting import text
from bench.profiling.sampling import sampled
from shared import logging

COUNT = 600
_WARM_UP = 60

Load = Callable[[Parley, int], Awaitable[object]]
LOADS: dict[str, Load] = {
    "burst": lambda parley, count: text(parley, count=count),
    "one": lambda parley, count: events(parley, contacts(count), "one"),
    "bulk": lambda parley, count: events(parley, contacts(count), "bulk"),
    "api": lambda parley, count: start(parley, contacts(count)),
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("what", nargs="?", default="burst", choices=[*LOADS, *(case.service for case in CASES)])
    arguments.add_argument("--count", type=int, default=COUNT, help="events or texts")
    arguments.add_argument("--native", action="store_true", help="samples: take the time in C code apart")
    given = arguments.parse_args()
    if given.what in LOADS:
        print(asyncio.run(_load(LOADS[given.what], given.count, given.native)))
    else:
        _handler(given.what, given.count)


async def _load(load: Load, count: int, native: bool) -> str:
    with scratch() as folder:
        async with outside_world(folder) as outside:
            parley, ledger = Parley(folder, outside, "bench.naive.fed"), Ledger(outside)
            try:
                await parley.start()
                await load(parley, _WARM_UP)
                await ledger.until(_WARM_UP)
                await quiet(parley)
                await ledger.forget()
                before = cpu(parley)
                async with sampled(parley.program.pid, folder, native) as samples:
                    began = time.monotonic()
                    await load(parley, count)
                    await ledger.until(count)
                    took = time.monotonic() - began
                    await ledger.reported()
                    await quiet(parley)
                spent = 1000 * (cpu(parley) - before) / count
            finally:
                parley.stop()
    return f"{count} texts, {spent:.1f} ms of processor each, {count / took:.0f}/s\n{samples.report()}"


def _handler(service: str, count: int) -> None:
    case = next(case for case in CASES if case.service == service)
    logging.configure("error", "json")
    profile = cProfile.Profile()

    async def run() -> None:
        async with Ground().open() as (folder, broker):
            built = await handling.service_of(case, folder, broker)
            await handling.work_off(case, built, handling.Countdown(broker, count), count, around=profile)
            await built.database.close()

    asyncio.run(run())
    stats = pstats.Stats(profile)
    for order in ("cumulative", "tottime"):
        print(f"\n=== {count} events, by {order}")
        stats.sort_stats(order).print_stats(45)


if __name__ == "__main__":
    main()
