"""Request and response bodies of a dry run. Other programs rely on these shapes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from campaigns.workflows.dry_run.domain.script import ScriptedReply
from campaigns.workflows.dry_run.domain.summary import Summary, dead_ends_of
from campaigns.workflows.dry_run.domain.walk import Walk
from shared.http.openapi_examples import with_example
from shared.values import Moment

MOST_RECIPIENTS, MOST_REPLIES, MOST_FIELDS = 1_000, 500, 200
MOST_SHOWN = 200
PATHS_SHOWN = 100
Name = Annotated[str, Field(max_length=200)]
_PATH = ["ask", "wait", "keep", "thanks"]
_COST = {"low": 1_200_000_000, "high": 1_400_000_000, "currency": "USD", "priced_by": "rate_card"}
_SEND = {
    "step": "ask",
    "at": "2026-12-01T15:00:00Z",
    "text": "Hi Ann, how was it?",
    "parts": 1,
    "in_quiet_hours": False,
}
_DEAD_END = {"step": "keep", "reason": "nothing_saved", "n": 3}
_PERSON: dict[str, Any] = {
    "phone_number": "+13125550123",
    "steps": _PATH,
    "state": "finished",
    "step": "thanks",
    "ended_at": "2026-12-01T15:10:02Z",
    "saved": {"score": 5},
    "sends": [_SEND],
    "dead_ends": [],
}


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DryRunRecipientIn(_Body):
    model_config = with_example({"phone_number": "+13125550123", "name": "Ann Lee", "fields": {"city": "Rome"}})

    phone_number: Annotated[str, Field(max_length=40)]
    name: Name = ""
    company: Name = ""
    timezone: Annotated[str, Field(max_length=60)] | None = Field(
        default=None, description="As of a contact; null: the last zone that the number may be in."
    )
    fields: Annotated[
        dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=1_000)]],
        Field(max_length=MOST_FIELDS),
    ] = {}


class ScriptedReplyIn(_Body):
    model_config = with_example({"to_step": "wait", "after_seconds": 90, "text": "five"})

    to_step: Annotated[str, Field(max_length=60)] = Field(
        description="A step that sends, or a `wait_for_reply`. The first reply to a step answers its first visit."
    )
    after_seconds: Annotated[float, Field(ge=0, le=366 * 24 * 3600)]
    text: Annotated[str, Field(max_length=1_600)]
    phone_number: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="Null: everybody replies so, unless a number has replies of its own to this step."
    )

    def value(self, phone_number: str | None) -> ScriptedReply:
        return ScriptedReply(
            to_step=self.to_step, after_seconds=self.after_seconds, text=self.text, phone_number=phone_number
        )


class PerRecipientIn(_Body):
    model_config = with_example({"limit": 50, "cursor": ""})

    limit: Annotated[int, Field(ge=1, le=MOST_SHOWN)] = 50
    cursor: Annotated[str, Field(max_length=20, pattern=r"^\d*$")] = ""


class DryRunIn(_Body):
    """Either `campaign_id` or `recipients`."""

    model_config = with_example(
        {
            "recipients": [{"phone_number": "+13125550123", "name": "Ann Lee", "fields": {"city": "Rome"}}],
            "replies": [{"to_step": "wait", "after_seconds": 90, "text": "five"}],
            "starts_at": "2026-12-01T15:00:00Z",
            "per_recipient": {"limit": 50},
        }
    )

    campaign_id: Annotated[str, Field(max_length=100)] | None = None
    recipients: Annotated[list[DryRunRecipientIn], Field(max_length=MOST_RECIPIENTS)] | None = None
    replies: Annotated[list[ScriptedReplyIn], Field(max_length=MOST_REPLIES)] = []
    starts_at: AwareDatetime | None = Field(
        default=None, description="Null: now. The campaign's own start is not read."
    )
    per_recipient: PerRecipientIn | None = Field(default=None, description="Show people one by one, in pages.")


class PathOut(BaseModel):
    model_config = with_example({"steps": _PATH, "n": 40})

    steps: list[str]
    n: int


class DeadEndOut(BaseModel):
    model_config = with_example(_DEAD_END)

    step: str
    reason: str = Field(
        description="missing_variable, expression_failed, no_reply, nothing_saved, fell_through, unanswered, "
        "too_many_moves"
    )
    n: int = Field(description="People.")


class CostOut(BaseModel):
    """Billionths of the currency's unit."""

    model_config = with_example(_COST)

    low: int
    high: int
    currency: str
    priced_by: str


class PlannedSendOut(BaseModel):
    model_config = with_example(_SEND)

    step: str
    at: Moment = Field(description="When it would leave: a campaign text waits for the end of quiet hours.")
    text: str
    parts: int
    in_quiet_hours: bool = Field(description="The run came to it in quiet hours.")


class DryRunPersonOut(BaseModel):
    model_config = with_example(_PERSON)

    phone_number: str
    steps: list[str]
    state: str
    step: str | None = Field(description="Where the run ended.")
    ended_at: Moment | None
    saved: dict[str, str | int | float]
    sends: list[PlannedSendOut]
    dead_ends: list[DeadEndOut]


class DryRunPeopleOut(BaseModel):
    model_config = with_example({"items": [_PERSON], "next_cursor": None})

    items: list[DryRunPersonOut]
    next_cursor: str | None


class DryRunOut(BaseModel):
    model_config = with_example(
        {
            "version": 2,
            "starts_at": "2026-12-01T15:00:00Z",
            "recipients": 50,
            "paths": [{"steps": _PATH, "n": 40}, {"steps": ["ask", "wait", "bye"], "n": 10}],
            "other_paths": 0,
            "never_taken": ["sorry"],
            "dead_ends": [_DEAD_END],
            "sends": 90,
            "in_quiet_hours": 12,
            "parts": 93,
            "cost": _COST,
            "per_recipient": {"items": [_PERSON], "next_cursor": None},
        }
    )

    version: int = Field(description="The newest version of the workflow, active or not.")
    starts_at: Moment
    recipients: int
    paths: list[PathOut] = Field(description=f"The {PATHS_SHOWN} that most people take.")
    other_paths: int = Field(description="People on other paths.")
    never_taken: list[str] = Field(description="Ids of steps that no one came to.")
    dead_ends: list[DeadEndOut]
    sends: int
    in_quiet_hours: int = Field(description="Sends that the run came to in quiet hours.")
    parts: int
    cost: CostOut
    per_recipient: DryRunPeopleOut | None


def figures_wire(summary: Summary) -> dict[str, Any]:
    shown = summary.paths.most_common(PATHS_SHOWN)
    return {
        "recipients": summary.recipients,
        "paths": [{"steps": list(steps), "n": n} for steps, n in shown],
        "other_paths": summary.recipients - sum(n for _, n in shown),
        "never_taken": summary.never_taken,
        "dead_ends": [
            {"step": step, "reason": reason, "n": n} for (step, reason), n in summary.dead_ends.most_common()
        ],
        "sends": summary.sends,
        "in_quiet_hours": summary.in_quiet_hours,
        "parts": summary.parts,
    }


def person_wire(walk: Walk, summary: Summary) -> dict[str, Any]:
    ends = sorted(dead_ends_of(walk, summary.definition))
    ended_at: datetime | None = walk.ended_at
    return {
        "phone_number": walk.run.recipient.phone_number,
        "steps": walk.steps,
        "state": walk.run.state,
        "step": walk.run.step,
        "ended_at": ended_at,
        "saved": walk.run.saved_as_json(),
        "sends": [
            {
                "step": send.step,
                "at": send.at,
                "text": send.text,
                "parts": send.parts,
                "in_quiet_hours": send.in_quiet_hours,
            }
            for send in walk.sends
        ],
        "dead_ends": [{"step": step, "reason": reason, "n": 1} for step, reason in ends],
    }
