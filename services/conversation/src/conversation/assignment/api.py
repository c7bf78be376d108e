"""`/api/conversations/assignment`: the round robin. Admins say who takes part; users say when they are away."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from conversation.assignment.domain.rules import MOST_PARTICIPANTS, MOST_RULES, AssignmentRule, AssignmentRules
from conversation.assignment.requests import AssignmentRequests
from shared.access.gate import Access, Principal
from shared.errors import Forbidden, Invalid
from shared.http.openapi_examples import with_example

_USER = "usr_01a22324e0190c2f41a6a31d9ea568d7"
_RULE = {"number": "+13125550100", "user_ids": [_USER]}
_SHOWN = {"rules": [_RULE], "away": []}
Id = Annotated[str, Field(min_length=1, max_length=100)]


class RuleIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: Annotated[str, Field(max_length=40, pattern=r"^\+[1-9]\d{1,14}$")] | None = Field(
        default=None, description="One of your numbers, E.164. null: every number without a rule of its own."
    )
    user_ids: list[Id] = Field(
        max_length=MOST_PARTICIPANTS, description="Who takes part. Empty: conversations of this number stay unassigned."
    )


class AssignmentPatch(BaseModel):
    model_config = ConfigDict(extra="forbid") | with_example({"rules": [_RULE]})

    rules: list[RuleIn] = Field(max_length=MOST_RULES, description="Replaces all rules; empty: off.")


class AwayIn(BaseModel):
    model_config = ConfigDict(extra="forbid") | with_example({"away": True})

    away: bool
    user_id: Id | None = Field(default=None, description="Left out: the user who asks. Others: admins only.")


class AssignmentOut(BaseModel):
    model_config = with_example(_SHOWN)

    rules: list[RuleIn]
    away: list[str] = Field(description="Users who are skipped until they are back.")


def assignment_router(requests: AssignmentRequests, gate: Access) -> APIRouter:
    router = APIRouter(prefix="/api/conversations/assignment", tags=["conversation"])

    @router.get("", response_model=AssignmentOut)
    async def get_assignment(who: Principal = Depends(gate.viewer)) -> dict[str, Any]:
        """Who is assigned new conversations, by turns."""
        return _shown(await requests.rules.of_tenant(who.tenant_id))

    @router.patch("", response_model=AssignmentOut)
    async def patch_assignment(body: AssignmentPatch, who: Principal = Depends(gate.admin)) -> dict[str, Any]:
        """A customer's text assigns a conversation that has nobody to the participant whose last turn is the longest
        ago. Users who are away or inactive are skipped. The assistant stays in charge until the user takes over."""
        rules = tuple(
            AssignmentRule(number=one.number, user_ids=tuple(dict.fromkeys(one.user_ids))) for one in body.rules
        )
        return _shown(await requests.set_rules(who, rules))

    @router.post("/away", response_model=AssignmentOut)
    async def set_away(body: AwayIn, who: Principal = Depends(gate.agent)) -> dict[str, Any]:
        """Be skipped, or take part again. Conversations that are assigned already stay."""
        user_id = body.user_id or who.user_id
        if user_id is None:
            raise Invalid("no_user", "an API key is no user; name one in `user_id`")
        if user_id != who.user_id and not who.may("admin"):
            raise Forbidden("forbidden", "only an admin may say that another user is away")
        return _shown(await requests.set_away(who, user_id, away=body.away))

    return router


def _shown(rules: AssignmentRules) -> dict[str, Any]:
    return {"rules": [rule.plain() for rule in rules.rules], "away": list(rules.away)}
