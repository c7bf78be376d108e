"""The real aggregates, relay, consumer, store and broker under crashes, duplicates, delays and reordering.

Two services in a row and a read model: A's events feed B and the model. Any await on the store or the broker may be
where a worker dies; the broker refuses some publishes, before or after they happened; deliveries repeat.
Afterwards every event must have been absorbed exactly once by A and by B, every record filed as committed, the read
model at its newest revision, and nothing left in an outbox.

Each mistake leaves one storage rule out and must be caught (docs/adr/0002). The rule about majority reads cannot be
broken on a store without replication; the contract suite checks that the adapter asks for it.
"""

from __future__ import annotations

import pytest

from simulation import first_caught
from two_services import MISTAKES, InOneFile, TwoServices


async def run(seed: int, mistake: str = "") -> list[str]:
    return await TwoServices(seed, mistake).run()


@pytest.mark.parametrize("first", range(0, 40, 10))
async def test_the_rules_hold(first: int):
    for seed in range(first, first + 10):
        assert await run(seed) == [], f"seed {seed}"


async def test_the_rules_hold_where_effects_are_saved_together():
    for seed in range(20):
        assert await InOneFile(seed, "").run() == [], f"seed {seed}"


SEEDS = range(240)
"""The rarest mistake shows in one life of thirty; a search ends with the first that shows it."""


@pytest.mark.parametrize("mistake", ["no-applied", "drop-before-archive", "model-without-revision"])
async def test_a_planted_mistake_is_caught_there_too(mistake: str):
    assert await first_caught(lambda seed: InOneFile(seed, mistake).run(), SEEDS) is not None


@pytest.mark.parametrize("mistake", MISTAKES)
async def test_a_planted_mistake_is_caught(mistake: str):
    """Leaving any one rule out must show within these seeds: a test that cannot fail proves nothing."""
    assert await first_caught(lambda seed: run(seed, mistake), SEEDS) is not None
