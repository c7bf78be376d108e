"""`POST /api/conversations/bulk`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from conversation.api.access import AgentAccess
from conversation.bulk.requests import MOST_IDS, Bulk, BulkAction
from shared.access.gate import Principal
from shared.events import AiMode
from shared.http.idempotency import RequestKey, request_key
from shared.http.openapi_examples import with_example

_ID = "cnv_656fdfd6a5bd57b78d294cd76294d694"
ActionName = Literal["close", "reopen", "assign", "label", "unlabel", "snooze", "read", "unread", "mode"]
_NEEDS = {"assign": "assignee", "label": "labels", "unlabel": "labels", "snooze": "until", "mode": "ai_mode"}


class BulkIn(BaseModel):
    model_config = ConfigDict(extra="forbid") | with_example({"ids": [_ID], "action": "label", "labels": ["wedding"]})

    ids: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(min_length=1, max_length=MOST_IDS)
    action: ActionName
    assignee: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="For `assign`: the id of an active user; null: nobody."
    )
    labels: list[Annotated[str, Field(min_length=1, max_length=50)]] = Field(
        default_factory=list, max_length=50, description="For `label` and `unlabel`: names or ids."
    )
    until: AwareDatetime | None = Field(default=None, description="For `snooze`; null: wake.")
    ai_mode: AiMode | None = Field(default=None, description="For `mode`; null: the tenant's.")

    @model_validator(mode="after")
    def _names_what_it_needs(self) -> Self:
        needed = _NEEDS.get(self.action)
        if needed and needed not in self.model_fields_set:
            raise ValueError(f"the action {self.action} needs {needed}")
        return self

    def meant(self) -> BulkAction:
        changes: dict[str, dict[str, Any]] = {
            "close": {"state": "closed"},
            "reopen": {"state": "open"},
            "assign": {"assignee": self.assignee},
            "label": {"add_labels": self.labels},
            "unlabel": {"remove_labels": self.labels},
            "snooze": {"snoozed_until": self.until},
            "mode": {"ai_mode": self.ai_mode},
        }
        return BulkAction(changes.get(self.action), read=self.action == "read")


class BulkResultOut(BaseModel):
    id: str
    result: Literal["done", "not_found", "refused"] = Field(
        description="`done`: it is as wanted now. `not_found`: no conversation of yours. `refused`: `code` says why."
    )
    code: str = ""
    detail: str = ""


class BulkOut(BaseModel):
    model_config = with_example({"items": [{"id": _ID, "result": "done", "code": "", "detail": ""}]})

    items: list[BulkResultOut]


def bulk_router(bulk: Bulk, access: AgentAccess) -> APIRouter:
    router = APIRouter(prefix="/api/conversations", tags=["conversation"])

    @router.post("/bulk", response_model=BulkOut)
    async def change_many(
        body: BulkIn, key: RequestKey = Depends(request_key), who: Principal = Depends(access.agent)
    ) -> dict[str, Any]:
        """One action on up to 200 conversations. Each is changed by itself; the answer says what happened to each, in
        the order of `ids`. A repeat with the same Idempotency-Key changes nothing again."""
        return {"items": [vars(one) for one in await bulk.carry_out(who, body.ids, body.meant(), key)]}

    return router
