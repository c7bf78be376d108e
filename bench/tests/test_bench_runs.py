"""The bench keeps running while the services change. It says nothing about speed: no test has an opinion on time."""

from __future__ import annotations

import pytest

from bench.ground import Ground
from bench.handling import rows as handling
from bench.handling.cases import CASES, Case
from bench.options import Options
from bench.table import Paired, rendered


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.service)
async def test_every_services_handling_is_measured(case: Case):
    row = await handling.measure_one(case, Ground(), Options(rounds=1, events=12))

    assert row.what.startswith(f"{case.service} on {case.data_type.TYPE}")
    assert "/s" in row.floor
    assert "/s" in row.product


def test_a_ratio_is_the_median_of_its_pairs():
    paired = Paired(floor=[100, 50, 10], product=[50, 50, 1])

    assert paired.ratio == 0.5
    assert "0.50 (0.10–1.00)" in rendered([paired.row("x", "embedded", "/s", "≥ 0.5", met=True)])
