"""Runs with the answers that they saved, as CSV."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from campaigns.workflows.runs.store import wire_of
from shared.database.paging import pages
from shared.database.protocol import Collection, Sort, Where
from shared.http.csv_export import lines

_OF_RUN = ("id", "state", "reason", "step", "version", "campaign_id", "started_at")
_OF_RECIPIENT = ("phone_number", "name", "company")
EXAMPLE = (
    "phone_number,name,company,id,state,reason,step,version,campaign_id,started_at,answer: cake,other answers\r\n"
    "+13125550123,Ada Lovelace,,run_0192a1b2c3d47e8f9a0b1c2d3e4f5a6b,finished,end,thanks,2,,"
    "2026-03-10T09:00:00Z,chocolate,\r\n"
)


async def csv_of(rows: Collection, where: Where) -> AsyncIterator[str]:
    """Oldest first. Answers become columns; those that the first page lacks share the last one."""
    names: list[str] | None = None
    async for page in pages(rows, where, Sort("started_at"), size=500):
        found = [wire_of(row) for row in page]
        if names is None:
            names = list(dict.fromkeys(name for run in found for name in run["saved"]))
            yield lines([_head(names)])
        yield lines(_line(run, names) for run in found)
    if names is None:
        yield lines([_head([])])


def _head(names: Sequence[str]) -> list[str]:
    return [*_OF_RECIPIENT, *_OF_RUN, *(f"answer: {name}" for name in names), "other answers"]


def _line(run: dict[str, Any], names: Sequence[str]) -> list[Any]:
    saved = run["saved"]
    others = {name: answer for name, answer in saved.items() if name not in names}
    known = [run["recipient"][name] for name in _OF_RECIPIENT] + [run[name] for name in _OF_RUN]
    return [*known, *(saved.get(name, "") for name in names), json.dumps(others) if others else ""]
