"""The workflow runs of an erased person: those under way stop, all lose their words and the number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from campaigns.workflows.runs.domain.edit import Edit
from campaigns.workflows.runs.domain.participant import Participant, participant_id
from campaigns.workflows.runs.domain.reactions import stop_one
from campaigns.workflows.runs.people import People
from campaigns.workflows.runs.store import RunRows, wire_of
from shared.aggregates import Cause, Decision
from shared.database.paging import delete_if, pages
from shared.database.protocol import Collection, Document, Sort
from shared.erasure import ErasedPerson
from shared.internal.kept import KeptIn, Rows, of_tenant

BY = "contact_erased"
"""Why a run was stopped."""


def stop_all(edit: Edit) -> None:
    for entrant in edit.participant.active:
        stop_one(edit, entrant.id, BY)


def anonymous(known: Participant | None, stand_in: str) -> Decision[Participant] | None:
    """Without runs: those that are over are rows of their own. The revision stays, as others compare with it."""
    if known is None or known.active or (known.phone_number == stand_in and not known.runs):
        return None
    return Decision(known.but(phone_number=stand_in, runs=(), revision=known.revision + 1))


@dataclass(frozen=True)
class RunErasure:
    people: People
    rows: RunRows
    starts: Collection

    async def participants(self, person: ErasedPerson) -> int:
        erased = 0
        for number in person.phone_numbers:
            id, stand_in = participant_id(person.tenant_id, number), person.stand_in(number)
            known = await self.people.participants.get(id)
            if known is None:
                continue
            cause = Cause.due(person.tenant_id, f"erase|{person.erasure_id}|{id}", person.erasure_id)
            if known.active:
                await self.people.change(cause, number, stop_all)
            change = await self.people.participants.change(id, cause, lambda one, to=stand_in: anonymous(one, to))
            erased += change.fresh
        return erased

    async def filed(self, person: ErasedPerson) -> int:
        erased = 0
        async for page in pages(self.rows.collection, {"tenant_id": person.tenant_id}, Sort("ended_at")):
            for row in page:
                if row["participant"] in person.phone_numbers:
                    erased += await self.rows.collection.put(_bare(row, person.stand_in(row["participant"])))
        return erased

    async def run_starts(self, person: ErasedPerson) -> int:
        """Runs of a campaign that were about to begin."""
        return await delete_if(self.starts, {}, Sort("due_at"), lambda row: _is_of(person, row))


def kept_runs(rows: RunRows) -> Rows:
    """For an export."""
    return Rows(rows.collection, of_tenant, Sort("ended_at"), _shown)


def _shown(row: Document, asked: KeptIn) -> dict[str, Any] | None:
    return wire_of(row) if row["participant"] in asked.phone_numbers else None


def _is_of(person: ErasedPerson, row: Document) -> bool:
    return row["tenant_id"] == person.tenant_id and row["recipient"]["phone_number"] in person.phone_numbers


def _bare(row: Document, stand_in: str) -> Document:
    wire = wire_of(row)
    wire["recipient"] = {"phone_number": stand_in, "name": "", "company": "", "fields": {}}
    wire["saved"] = {}
    wire["history"] = [_without_words(line) for line in wire["history"]]
    return {**row, "revision": row["revision"] + 1, "participant": stand_in, "run": orjson.dumps(wire).decode()}


def _without_words(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "detail": ""}
