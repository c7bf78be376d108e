"""Where the time goes.

`python -m bench.profiling conversation`: of one service's handler, by cProfile (embedded).
`python -m bench.profiling burst`: of the whole all-in-one while it answers a burst of texts, by samples.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import pstats

from bench import handling
from bench.cases import CASES
from bench.ground import Ground, scratch
from bench.naive.ledger import Ledger
from bench.naive.parley import Parley
from bench.naive.sides import cpu, outside_world, quiet
from bench.naive.texting import text
from bench.sampling import sampled
from shared import logging

COUNT = 600
_WARM_UP = 60


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("what", nargs="?", default="burst", choices=["burst", *(case.service for case in CASES)])
    arguments.add_argument("--count", type=int, default=COUNT, help="events or texts")
    arguments.add_argument("--native", action="store_true", help="burst: take the time in C code apart")
    given = arguments.parse_args()
    if given.what == "burst":
        print(asyncio.run(_burst(given.count, given.native)))
    else:
        _handler(given.what, given.count)


async def _burst(count: int, native: bool) -> str:
    with scratch() as folder:
        async with outside_world(folder) as outside:
            parley, ledger = Parley(folder, outside), Ledger(outside)
            try:
                await parley.start()
                await text(parley, count=_WARM_UP)
                await quiet(parley)
                await ledger.forget()
                before = cpu(parley)
                async with sampled(parley.program.pid, folder, native) as samples:
                    await text(parley, count=count)
                    await ledger.until(count)
                    await ledger.reported()
                    await quiet(parley)
                spent = 1000 * (cpu(parley) - before) / count
            finally:
                parley.stop()
    return f"{count} texts answered, {spent:.1f} ms of processor each\n{samples.report()}"


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
