"""What is filed of a run: the row that lists, counts and the API read, and marks for what follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import orjson

from campaigns.workflows.runs.domain.participant import Entrant
from shared.aggregates import NewRecord

RUNS, STIRRED, ENDINGS = "runs", "stirred_workflows", "run_endings"
COUNT_AFTER = timedelta(seconds=0.5)
"""A workflow is counted this long after a change, so that 100,000 steps do not cause 100,000 counts."""


def records_of(entrant: Entrant, revision: int, now: datetime) -> Iterable[NewRecord]:
    run = entrant.run
    yield NewRecord(RUNS, run_row(entrant, revision, now))
    mark = {"tenant_id": run.tenant_id, "workflow_id": run.workflow_id, "due_at": now + COUNT_AFTER}
    yield NewRecord(STIRRED, {"id": f"{run.id}|{revision}", "revision": 1, **mark})
    if run.campaign_id is not None and run.is_over and not entrant.reached:
        yield NewRecord(ENDINGS, _ending(entrant, now))


def run_row(entrant: Entrant, revision: int, now: datetime) -> dict[str, Any]:
    """`place` joins state and step, so that one count by it gives the figures of a workflow."""
    run = entrant.run
    return {
        "id": run.id,
        "revision": revision,
        "tenant_id": run.tenant_id,
        "workflow_id": run.workflow_id,
        "campaign_id": run.campaign_id,
        "participant": run.recipient.phone_number,
        "state": run.state,
        "place": f"{run.state}|{run.step or ''}",
        "held": entrant.held if entrant.active else None,
        "started_at": run.started_at or now,
        "ended_at": now if run.is_over else None,
        "run": orjson.dumps(run_wire(entrant)).decode(),
        "digest": entrant.request_digest,
    }


def run_wire(entrant: Entrant) -> dict[str, Any]:
    """As the API shows it."""
    run = entrant.run
    recipient = run.recipient.plain() | {"fields": dict(run.recipient.fields)}
    return {
        "id": run.id,
        "workflow_id": run.workflow_id,
        "version": run.version,
        "campaign_id": run.campaign_id,
        "recipient": recipient,
        "number": run.number,
        "started_by": entrant.started_by,
        "state": run.state,
        "reason": entrant.reason if run.is_over else "",
        "step": run.step,
        "due_at": run.due_at if entrant.active else None,
        "held": entrant.held if entrant.active else None,
        "saved": run.saved_as_json(),
        "history": [line.plain() for line in run.history],
        "history_dropped": run.history_dropped,
        "started_at": run.started_at,
    }


def _ending(entrant: Entrant, now: datetime) -> dict[str, Any]:
    """For the campaign's recipient, who got no text of this run: why."""
    return {
        "id": entrant.id,
        "revision": 1,
        "tenant_id": entrant.run.tenant_id,
        "campaign_id": entrant.run.campaign_id,
        "recipient_id": entrant.run.recipient_id,
        "reason": entrant.reason,
        "due_at": now,
    }
