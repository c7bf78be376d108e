"""`python -m bench.profiling conversation [sms.inbound]`: where the time of one service's handler goes (embedded)."""

from __future__ import annotations

import asyncio
import cProfile
import pstats
import sys

from bench import handling
from bench.cases import CASES
from bench.ground import Ground
from shared import logging

COUNT = 600


def main() -> None:
    wanted = sys.argv[1] if len(sys.argv) > 1 else "conversation"
    case = next(case for case in CASES if case.service == wanted)
    logging.configure("error", "json")
    profile = cProfile.Profile()

    async def run() -> None:
        async with Ground().open() as (folder, broker):
            service = await handling.service_of(case, folder, broker)
            await handling.work_off(case, service, handling.Countdown(broker, COUNT), COUNT, around=profile)
            await service.database.close()

    asyncio.run(run())
    stats = pstats.Stats(profile)
    for order in ("cumulative", "tottime"):
        print(f"\n=== {COUNT} events, by {order}")
        stats.sort_stats(order).print_stats(45)


if __name__ == "__main__":
    main()
