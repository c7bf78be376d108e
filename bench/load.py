"""`python -m bench.load`: webhooks against one port from a process of its own; figures as one line of JSON.

At full load every connection sends its next request as soon as it has an answer. With a rate, requests are due at even
intervals and timed from the due moment, so a stalled server shows up.
"""

from __future__ import annotations

import argparse
import asyncio
import json
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
    given = arguments.parse_args()
    count = int(given.seconds * (given.rate or 3000))
    requests = [inbound_webhook(n).request(given.path, given.port) for n in range(count)]
    if given.rate:
        tally, took = asyncio.run(paced(given.port, requests, given.connections, given.rate))
    else:
        tally, took = asyncio.run(full(given.port, requests, given.connections, given.seconds))
    print(json.dumps({"rate": len(tally.seconds) / took, "bad": tally.bad, "seconds": tally.seconds}))


if __name__ == "__main__":
    main()
