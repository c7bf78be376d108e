"""Request and response bodies of runs. Other programs rely on these shapes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from campaigns.workflows.definitions.domain import RunState
from campaigns.workflows.runs.commands import Asked
from campaigns.workflows.runs.domain.participant import HoldReason
from campaigns.workflows.runs.domain.starting import StartedBy
from shared.errors import Invalid
from shared.http.openapi_examples import with_example
from shared.text_templates.variables import variable_name
from shared.values import Moment

MOST_FIELDS = 100
_NUMBER = r"^\+[1-9][0-9]{1,14}$"
_LINE = {
    "step": "ask",
    "at": "2026-03-10T09:00:02Z",
    "what": "sent",
    "detail": "accepted",
    "message_id": "msg_5d9f0c1e2a3b4c5d6e7f8091a2b3c4d5",
}
_RECIPIENT = {"phone_number": "+13125550123", "name": "Ada Lovelace", "company": "", "fields": {"cake": "chocolate"}}
RUN: dict[str, Any] = {
    "id": "run_0192a1b2c3d47e8f9a0b1c2d3e4f5a6b",
    "workflow_id": "wfl_0192a1b2c3d47e8f9a0b1c2d3e4f5a6b",
    "version": 2,
    "campaign_id": None,
    "recipient": _RECIPIENT,
    "number": "+13125550100",
    "started_by": "api",
    "state": "waiting",
    "reason": "",
    "step": "wait",
    "due_at": "2026-03-11T09:00:02Z",
    "held": None,
    "saved": {},
    "history": [_LINE],
    "history_dropped": 0,
    "started_at": "2026-03-10T09:00:00Z",
}


class RunIn(BaseModel):
    model_config = ConfigDict(extra="forbid") | with_example(
        {"phone_number": "+13125550123", "fields": {"cake": "chocolate"}}
    )

    phone_number: str | None = Field(
        default=None, max_length=40, description="E.164, or a national number of the tenant's default region."
    )
    contact_id: str | None = Field(default=None, max_length=100, description="Instead of `phone_number`.")
    number: Annotated[str, Field(pattern=_NUMBER)] | None = Field(
        default=None, description="Yours, to send from. Default: your first one."
    )
    fields: dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=1000)]] = Field(
        default_factory=dict, max_length=MOST_FIELDS, description="Variables of its texts and conditions."
    )

    def asked(self, workflow_id: str) -> Asked:
        """Raises `Invalid` for a field that no text can name."""
        named = {name: variable_name(name) for name in self.fields}
        if strange := next((name for name, known in named.items() if known is None), None):
            raise Invalid("invalid_field", f"{strange[:60]!r} cannot be the name of a field.")
        fields = tuple((named[name] or "", text) for name, text in self.fields.items())
        return Asked(workflow_id, self.phone_number, self.contact_id, self.number, fields)


class RecipientOut(BaseModel):
    model_config = with_example(_RECIPIENT)

    phone_number: str
    name: str
    company: str
    fields: dict[str, str]


class HistoryLineOut(BaseModel):
    model_config = with_example(_LINE)

    step: str
    at: Moment
    what: str
    detail: str
    message_id: str | None


class RunOut(BaseModel):
    model_config = with_example(RUN)

    id: str
    workflow_id: str
    version: int
    campaign_id: str | None
    recipient: RecipientOut = Field(description="As it was when the run started.")
    number: str = Field(description="Yours.")
    started_by: StartedBy
    state: RunState
    reason: str = Field(description="Why it ended; empty: it has not, or reached its end.")
    step: str | None = Field(description="Where it stands, or ended.")
    due_at: Moment | None
    held: HoldReason | None = Field(description="Why its next text waits here.")
    saved: dict[str, str | int | float] = Field(description="Answers, by field.")
    history: list[HistoryLineOut] = Field(description="Oldest first.")
    history_dropped: int = Field(description="Entries between the first and the latest ones that are not kept.")
    started_at: Moment
