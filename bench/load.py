"""`python -m bench.load`: webhooks against one port from a process of its own; figures as one line of JSON.

At full load every connection sends its next request as soon as it has an answer. With a rate, requests are due at even
intervals and timed from the due moment, so a stalled server shows up.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import time
from dataclasses import dataclass, field

from bench.shop import inbound_webhook
from bench.wire import Wire


@dataclass
class Tally:
    seconds: list[float] = field(default_factory=list[float])
    bad: int = 0

    def count(self, status: int, took: float) -> None:
        self.seconds.append(took)
        self.bad += status != 200


async def full(port: int, requests: list[bytes], connections: int, seconds: float) -> tuple[Tally, float]:
    tally, started = Tally(), time.perf_counter()

    async def one() -> None:
        wire = Wire(port)
        while requests and time.perf_counter() - started < seconds:
            at = time.perf_counter()
            tally.count(await wire.ask(requests.pop()), time.perf_counter() - at)
        wire.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return tally, time.perf_counter() - started


async def paced(port: int, requests: list[bytes], connections: int, rate: float) -> tuple[Tally, float]:
    tally, started = Tally(), time.perf_counter()
    due = iter(enumerate(requests))

    async def one() -> None:
        wire = Wire(port)
        for n, request in due:
            at = started + n / rate
            await asyncio.sleep(max(0, at - time.perf_counter()))
            tally.count(await wire.ask(request), time.perf_counter() - at)
        wire.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return tally, time.perf_counter() - started


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--path", required=True)
    arguments.add_argument("--connections", type=int, default=32)
    arguments.add_argument("--seconds", type=float, default=4)
    arguments.add_argument("--rate", type=float, default=0, help="0: as many as can be")
    arguments.add_argument("--count", type=int, default=0, help="so many and no more, however long they take")
    arguments.add_argument("--first", type=int, default=0, help="number of the first customer; each has one text")
    given = arguments.parse_args()
    count = given.count or int(given.seconds * (given.rate or 3000))
    requests = [inbound_webhook(given.first + n).request(given.path, given.port) for n in range(count)]
    began = time.monotonic()
    if given.rate:
        tally, took = asyncio.run(paced(given.port, requests, given.connections, given.rate))
    else:
        seconds = math.inf if given.count else given.seconds
        tally, took = asyncio.run(full(given.port, requests, given.connections, seconds))
    rate = len(tally.seconds) / took
    print(json.dumps({"rate": rate, "bad": tally.bad, "seconds": tally.seconds, "began": began}))


if __name__ == "__main__":
    main()
