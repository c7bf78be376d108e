"""`make soak ARGS="--minutes 10 --seed 1"`: kill -9 under 500 messages, round after round, until the time is up.

With `--servers` RabbitMQ and the durable MongoDB stand-in are killed instead of Parley itself. With `--campaign` one
round of a campaign with a workflow of six steps is played, to `--recipients` people.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from testkit.kills import campaigns
from testkit.kills.answers import Outcome, kill_processes, kill_servers
from testkit.servers import rabbitmq, secantus

WITHIN_SECONDS = 300


async def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=10)
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    arguments.add_argument("--messages", type=int, default=500)
    arguments.add_argument("--kills", type=int, default=20, help="of the process, a round")
    arguments.add_argument("--servers", action="store_true", help="kill the servers: three times a round")
    arguments.add_argument("--campaign", action="store_true", help="one campaign instead of rounds of answers")
    arguments.add_argument("--recipients", type=int, default=20_000)
    given = arguments.parse_args()
    if given.campaign:
        return await one_campaign(given.kills, given.seed, given.recipients)
    end, seed, bad = time.monotonic() + given.minutes * 60, given.seed, 0
    while time.monotonic() < end:
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="parley-soak-") as name:
            folder = Path(name)
            if given.servers:
                outcome = await one_round_on_servers(folder, seed, given.messages)
            else:
                outcome = await kill_processes(folder, given.kills, seed, given.messages, WITHIN_SECONDS)
        bad += not outcome.good
        print(
            f"seed {seed}: {outcome.messages} messages, {len(outcome.lost)} lost, "
            f"{len(outcome.doubled)} doubled, {len(outcome.unsettled)} unresolved, {time.monotonic() - started:.0f} s",
            flush=True,
        )
        seed += 1
    return 1 if bad else 0


async def one_campaign(kills: int, seed: int, recipients: int) -> int:
    """0 if each recipient got each step's SMS exactly once, and the counts added up whenever they were read."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="parley-soak-") as name:
        outcome = await campaigns.kill_processes(Path(name), kills, seed, recipients, within=4 * 3600)
    print(
        f"seed {seed}: {recipients} recipients, {kills} kills, {len(outcome.lost)} texts lost, "
        f"{len(outcome.doubled)} doubled, {len(outcome.unexpected)} unexpected; counts read {outcome.looks} times, "
        f"{len(outcome.unbalanced)} times unbalanced; {outcome.final['state']}, {outcome.final['counts']}; "
        f"{time.monotonic() - started:.0f} s",
        flush=True,
    )
    return 0 if outcome.good else 1


async def one_round_on_servers(folder: Path, seed: int, messages: int) -> Outcome:
    failure = rabbitmq.install() or secantus.install()
    if failure:
        raise SystemExit(failure)
    broker, database = rabbitmq.LocalNode(), secantus.SecantusServer()
    try:
        broker.start()
        database.start()
        return await kill_servers(folder, broker, database, seed, messages, WITHIN_SECONDS)
    finally:
        database.remove()
        broker.remove()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
