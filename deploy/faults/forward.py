"""`python -m faults.forward PORT HOST PORT`: 127.0.0.1 of this host leads to another one.

The sandbox answers visitors from its own machine only; so each application's host has this door to it.
"""

from __future__ import annotations

import asyncio
import sys

from faults.edge import Balancer


async def main(own: int, host: str, port: int) -> None:
    balancer = Balancer(lambda _head: [(host, port)], reads_head=False)
    await balancer.open("127.0.0.1", own)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
