"""A workflow and its versions: what a change does to it, and what of it is published.

A version never changes once it is saved. Runs keep the one they started with; new runs start with the live one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from shared.aggregates import Decision, Gather, NewEvent, NewRecord
from shared.errors import Conflict, Invalid, NotFound
from shared.events import WorkflowTrigger, WorkflowUpdated
from shared.events.campaigns import TriggerType
from shared.values import Moment, Value

VERSIONS = "workflow_versions"
FIGURES = Gather("figures", hold_seconds=0.5, first_at_once=True)
"""However many instances count, figures of one workflow are published twice a second at most. A changed trigger is
published at once, because conversation needs it to pass texts on."""
WorkflowState = Literal["draft", "active", "archived"]
RunState = Literal["waiting", "running", "finished", "stopped", "failed"]
RUN_STATES: tuple[RunState, ...] = ("waiting", "running", "finished", "stopped", "failed")


class DefinitionProblem(Value):
    path: str
    """As in `steps[2].then[0].text`."""
    code: str
    detail: str


class Trigger(Value):
    type: TriggerType
    keywords: tuple[str, ...] = ()


class StepCount(Value):
    """How many runs stand at a step: the ones that are there now, or ended there."""

    step: str
    state: RunState
    runs: int


class Workflow(Value):
    id: str
    tenant_id: str
    name: str
    state: WorkflowState = "draft"
    version: int = 1
    """The newest."""
    live_version: int | None = None
    """What new runs start with: the newest version without problems that was activated, or saved while active."""
    trigger: Trigger | None = None
    """Of the live version."""
    problems: tuple[DefinitionProblem, ...] = ()
    """Of the newest version."""
    warnings: tuple[DefinitionProblem, ...] = ()
    """Of the newest version: worth a look, but it can be activated."""
    counts: tuple[StepCount, ...] = ()
    created_at: Moment
    updated_at: Moment
    revision: int = 1
    """Grows with every change, counts included."""
    request_digest: str | None = None


class Version(Value):
    """One saved version."""

    workflow_id: str
    tenant_id: str
    version: int
    definition: str
    """JSON as text, because keys from outside must not become keys of a document."""
    trigger: Trigger | None
    problems: tuple[DefinitionProblem, ...]
    created_at: Moment
    created_by: str = ""
    warnings: tuple[DefinitionProblem, ...] = ()

    @property
    def id(self) -> str:
        return version_id(self.workflow_id, self.version)


class Draft(Value):
    """A definition as somebody gave it, and what reading it found."""

    definition: str
    trigger: Trigger | None
    """None where it could not be read."""
    problems: tuple[DefinitionProblem, ...]
    warnings: tuple[DefinitionProblem, ...] = ()
    by: str = ""


def version_id(workflow_id: str, version: int) -> str:
    return f"{workflow_id}|{version}"


def create(workflow: Workflow, draft: Draft) -> Decision[Workflow]:
    made = workflow.but(problems=draft.problems, warnings=draft.warnings)
    return _decided(made, triggers=False, records=(_record(made, draft),))


def rename(known: Workflow, name: str, now: datetime) -> Workflow:
    return known.but(name=name, updated_at=now) if name != known.name else known


def revise(known: Workflow, name: str | None, draft: Draft | None, now: datetime) -> Decision[Workflow] | None:
    """Give it another name or a next version. A version without problems goes live at once if the workflow is active;
    with problems it waits, and new runs keep starting with the one before."""
    renamed = rename(known, name, now) if name is not None else known
    if draft is None:
        return _next(known, renamed, triggers=False)
    revised = renamed.but(version=known.version + 1, problems=draft.problems, warnings=draft.warnings, updated_at=now)
    goes_live = known.state == "active" and not draft.problems
    if goes_live:
        revised = revised.but(live_version=revised.version, trigger=draft.trigger)
    return _next(known, revised, triggers=goes_live, records=(_record(revised, draft),))


def activate(known: Workflow, newest: Version, now: datetime) -> Decision[Workflow] | None:
    """Let new runs start with the newest version. Raises `Invalid("invalid_definition")` while it has problems."""
    if known.problems:
        errors = [{"field": problem.path, "problem": problem.detail} for problem in known.problems]
        raise Invalid("invalid_definition", "The definition has problems; correct them, then activate it.", errors)
    if (known.state, known.live_version) == ("active", newest.version):
        return None
    live = known.but(state="active", live_version=newest.version, trigger=newest.trigger, updated_at=now)
    return _next(known, live, triggers=True)


def archive(known: Workflow, now: datetime) -> Decision[Workflow] | None:
    """No new run starts. Runs that are under way go on to their end."""
    return _next(known, known.but(state="archived", updated_at=now), triggers=True)


def recount(known: Workflow | None, seen: int, counts: tuple[StepCount, ...]) -> Decision[Workflow] | None:
    """Keep and publish new figures of its runs, counted since revision `seen`.

    Raises `Conflict` if it has changed since: another process may have counted later.
    """
    if known is None:
        return None
    if known.revision != seen:
        raise Conflict("conflict", "This workflow changed while its runs were counted; count again.")
    return _next(known, known.but(counts=counts), triggers=False)


def owned(known: Workflow | None, tenant_id: str) -> Workflow:
    """Raises `NotFound` for an unknown workflow, or another tenant's."""
    if known is None or known.tenant_id != tenant_id:
        raise NotFound("not_found", "There is no such workflow.")
    return known


def trigger_wire(workflow: Workflow) -> WorkflowTrigger:
    """What conversation needs to know, to pass on the texts that may start a run."""
    trigger = workflow.trigger or Trigger(type="api")
    active = workflow.state == "active" and workflow.live_version is not None
    return WorkflowTrigger(type=trigger.type, active=active, keywords=trigger.keywords)


def workflow_wire(workflow: Workflow) -> dict[str, Any]:
    """As the API and `workflow.updated` show it, without the definition."""
    return {
        "id": workflow.id,
        "name": workflow.name,
        "state": workflow.state,
        "version": workflow.version,
        "live_version": workflow.live_version,
        "trigger": workflow.trigger.plain() if workflow.trigger else None,
        "problems": [problem.plain() for problem in workflow.problems],
        "warnings": [warning.plain() for warning in workflow.warnings],
        "counts": _by_state(workflow.counts),
        "steps": _by_step(workflow.counts),
        "created_at": workflow.created_at.isoformat(),
        "updated_at": workflow.updated_at.isoformat(),
        "revision": workflow.revision,
    }


def _by_state(counts: tuple[StepCount, ...]) -> dict[str, int]:
    found: dict[str, int] = dict.fromkeys(RUN_STATES, 0)
    for count in counts:
        found[count.state] += count.runs
    return found


def _by_step(counts: tuple[StepCount, ...]) -> list[dict[str, Any]]:
    steps = dict.fromkeys(count.step for count in counts)
    return [{"step": step, **_by_state(tuple(one for one in counts if one.step == step))} for step in steps]


def _next(
    known: Workflow, changed: Workflow, *, triggers: bool, records: tuple[NewRecord, ...] = ()
) -> Decision[Workflow] | None:
    if changed == known:
        return None
    return _decided(changed.but(revision=known.revision + 1), triggers=triggers, records=records)


def _decided(workflow: Workflow, *, triggers: bool, records: tuple[NewRecord, ...]) -> Decision[Workflow]:
    """`triggers`: what starts its runs may have changed."""
    data = WorkflowUpdated(
        workflow_id=workflow.id,
        tenant_id=workflow.tenant_id,
        revision=workflow.revision,
        workflow=workflow_wire(workflow),
        trigger=trigger_wire(workflow) if triggers else None,
    )
    event = NewEvent(data, subject=workflow.id, key=workflow.id, gather=None if triggers else FIGURES)
    return Decision(workflow, events=(event,), records=records)


def _record(workflow: Workflow, draft: Draft) -> NewRecord:
    version = Version(
        workflow_id=workflow.id,
        tenant_id=workflow.tenant_id,
        version=workflow.version,
        definition=draft.definition,
        trigger=draft.trigger,
        problems=draft.problems,
        warnings=draft.warnings,
        created_at=workflow.updated_at,
        created_by=draft.by,
    )
    return NewRecord(VERSIONS, {"id": version.id, "revision": 1, **version.plain()})
