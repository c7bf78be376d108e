"""A text costs what the table says. Counts are taken with one text at a time, so they do not depend on the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.cost.commands import note_commands
from bench.cost.table import EXACT, Table, above, complaints, kept, table_of, undisturbed
from bench.cost.tally import Kind
from bench.cost.texts import Measured, measure
from bench.ground import scratch

ADVICE = "if that is wanted, change bench/cost/per_text.toml and say so in docs/performance.md"
TEXTS = 2


async def test_a_text_costs_what_the_table_says():
    with scratch() as folder:
        measured = await measure(folder, TEXTS)

    _is_kept(measured, EXACT, "commits")


@pytest.mark.servers
@pytest.mark.mongodb
async def test_a_text_costs_no_more_round_trips_than_the_table_says(mongodb_url: str, tmp_path: Path):
    note_commands()

    _is_kept(await measure(tmp_path, TEXTS, database_url=mongodb_url), ("handlings",), "round trips")


def test_a_complaint_names_the_kind_and_the_place():
    wanted: Table = {"handlings": {"sender.sms.receipt.v1": 2}}
    measured: Table = {"handlings": {"sender.sms.receipt.v1": 3}}

    assert complaints(measured, wanted) == ["a text now costs 1 more handlings (sender.sms.receipt.v1: 3 instead of 2)"]
    assert not complaints(wanted, wanted)


def _is_kept(measured: Measured, exact: tuple[Kind, ...], bounded: Kind) -> None:
    table = kept()
    wrong = complaints(table_of(undisturbed(measured.texts), exact), table) + above(measured.texts, bounded, table)
    assert not wrong, "; ".join([*wrong, ADVICE])
