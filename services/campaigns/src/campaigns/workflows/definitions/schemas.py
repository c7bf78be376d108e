"""Request and response bodies of `/api/workflows`. Other programs rely on these shapes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from campaigns.workflows.definitions.domain import RUN_STATES, RunState, Version, Workflow, WorkflowState, workflow_wire
from shared.events.campaigns import TriggerType
from shared.http.openapi_examples import with_example
from shared.values import Moment

DEFINITION: dict[str, Any] = {
    "trigger": {"type": "keyword", "keywords": ["CAKE"]},
    "steps": [
        {"id": "ask", "type": "send_message", "text": "Hi {name|there}, chocolate or vanilla?"},
        {"id": "wait", "type": "wait_for_reply", "timeout_seconds": 86400},
        {"id": "keep", "type": "save_response", "field": "cake", "as": "choice", "choices": ["chocolate", "vanilla"]},
        {"id": "thanks", "type": "send_message", "text": "{cake} it is!"},
    ],
}
_COUNTS = {"waiting": 12, "running": 1, "finished": 80, "stopped": 3, "failed": 0}
_WORKFLOW: dict[str, Any] = {
    "id": "wfl_0192a1b2c3d47e8f9a0b1c2d3e4f5a6b",
    "name": "Cake of the month",
    "state": "active",
    "version": 2,
    "live_version": 2,
    "trigger": {"type": "keyword", "keywords": ["CAKE"]},
    "problems": [],
    "warnings": [],
    "counts": _COUNTS,
    "steps": [{"step": "wait", "waiting": 12, "running": 0, "finished": 0, "stopped": 0, "failed": 0}],
    "created_at": "2026-03-10T09:00:00Z",
    "updated_at": "2026-03-11T09:00:00Z",
    "revision": 7,
}
_PROBLEM = {"path": "steps[0].text", "code": "missing", "detail": "send_message needs a text"}
Name = Annotated[str, Field(min_length=1, max_length=200)]
Definition = Annotated[
    dict[str, Any],
    Field(description="`{trigger, steps}`, as `GET /api/workflows/schema` describes. With problems it is saved all the "
          "same, and cannot be activated.")
]  # fmt: skip


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WorkflowIn(_Body):
    model_config = with_example({"name": "Cake of the month", "definition": DEFINITION})

    name: Name
    definition: Definition


class WorkflowPatch(_Body):
    """Fields that are left out stay as they are. A definition that differs makes the next version."""

    model_config = with_example({"name": "Cake of the year"})

    name: Name | None = None
    definition: Definition | None = None


class ProblemOut(BaseModel):
    model_config = with_example(_PROBLEM)

    path: str
    code: str
    detail: str


class TriggerOut(BaseModel):
    model_config = with_example({"type": "keyword", "keywords": ["CAKE"]})

    type: TriggerType
    keywords: list[str]


class StepCountsOut(BaseModel):
    model_config = with_example({"step": "wait", **_COUNTS})

    step: str
    waiting: int
    running: int
    finished: int = Field(description="Ended at this step, filtered out there included.")
    stopped: int
    failed: int


class WorkflowOut(BaseModel):
    model_config = with_example(_WORKFLOW)

    id: str
    name: str
    state: WorkflowState
    version: int = Field(description="The newest version.")
    live_version: int | None = Field(description="The version that new runs start with; null: never activated.")
    trigger: TriggerOut | None = Field(description="Of the live version.")
    problems: list[ProblemOut] = Field(description="Of the newest version.")
    warnings: list[ProblemOut] = Field(description="Of the newest version: worth a look; it can be activated.")
    counts: dict[RunState, int] = Field(description=f"Runs by state: {', '.join(RUN_STATES)}.")
    steps: list[StepCountsOut] = Field(description="Runs by the step they stand at, or ended at.")
    created_at: Moment
    updated_at: Moment
    revision: int

    @classmethod
    def of(cls, workflow: Workflow) -> dict[str, Any]:
        return workflow_wire(workflow)


class WholeWorkflowOut(WorkflowOut):
    model_config = with_example({**_WORKFLOW, "definition": DEFINITION})

    definition: dict[str, Any] = Field(description="Of the newest version.")


class VersionOut(BaseModel):
    model_config = with_example(
        {
            "version": 2,
            "definition": DEFINITION,
            "problems": [],
            "warnings": [],
            "created_at": "2026-03-11T09:00:00Z",
            "created_by": "Ann",
        }
    )

    version: int
    definition: dict[str, Any]
    problems: list[ProblemOut]
    warnings: list[ProblemOut]
    created_at: Moment
    created_by: str

    @classmethod
    def of(cls, version: Version, definition: dict[str, Any]) -> dict[str, Any]:
        return {
            "version": version.version,
            "definition": definition,
            "problems": [problem.plain() for problem in version.problems],
            "warnings": [warning.plain() for warning in version.warnings],
            "created_at": version.created_at,
            "created_by": version.created_by,
        }
