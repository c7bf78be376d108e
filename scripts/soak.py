"""`make soak ARGS="--minutes 10 --seed 1"`: kill -9 under 500 messages, round after round, until the time is up."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from testkit.kill_nine import kill_nine


async def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=10)
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    arguments.add_argument("--messages", type=int, default=500)
    arguments.add_argument("--kills", type=int, default=20)
    given = arguments.parse_args()
    end, seed, bad = time.monotonic() + given.minutes * 60, given.seed, 0
    while time.monotonic() < end:
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="parley-soak-") as folder:
            outcome = await kill_nine(Path(folder), seed, given.messages, given.kills, within=300)
        bad += not outcome.good
        print(
            f"seed {seed}: {outcome.messages} messages, {outcome.kills} kills, {len(outcome.lost)} lost, "
            f"{len(outcome.doubled)} doubled, {len(outcome.unsettled)} unresolved, {time.monotonic() - started:.0f} s",
            flush=True,
        )
        seed += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
