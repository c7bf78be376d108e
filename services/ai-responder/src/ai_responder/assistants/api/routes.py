"""`/api/assistants/routes`: which assistant answers a text that names none. Viewers read, admins write."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ai_responder.assistants.api import examples
from ai_responder.assistants.api.deps import PREFIX, AssistantDeps
from ai_responder.assistants.api.hours_schemas import BusinessHoursIn
from ai_responder.assistants.domain.assistant import default_id
from ai_responder.assistants.domain.routes import Route, by_rank
from ai_responder.assistants.domain.routing import add_route, remove_route
from ai_responder.assistants.domain.versions import require_active
from shared.access.gate import Principal
from shared.aggregates import Cause, Decision
from shared.errors import Invalid, NotFound, Refused
from shared.http.idempotency import RequestKey, digest, request_key, require_same
from shared.http.openapi_examples import with_example
from shared.http.paging import Listing, listing
from shared.texts.said_words import words_in
from shared.values import Moment

ROUTES = f"{PREFIX}/routes"


def _has_words(keyword: str) -> str:
    if not words_in(keyword):
        raise ValueError("needs a letter or a digit")
    return keyword.strip()


class RouteIn(BaseModel):
    """Matches where everything given is so. With nothing given it matches every text."""

    model_config = with_example(examples.NEW_ROUTE) | ConfigDict(extra="forbid")

    number: str | None = Field(
        default=None, pattern=r"^\+[1-9][0-9]{1,14}$", description="Your number that was texted, in E.164."
    )
    keyword: Annotated[str, Field(max_length=100), AfterValidator(_has_words)] | None = Field(
        default=None, description="One or more words that stand in the unanswered texts, without regard to case."
    )
    hours: BusinessHoursIn | None = Field(
        default=None, description="When it holds, on the clock of the tenant's `timezone`."
    )
    priority: int = Field(default=50, ge=0, le=100, description="The highest is looked at first; then the oldest.")
    assistant_id: str = Field(max_length=100)


class RouteOut(BaseModel):
    model_config = with_example(examples.ROUTE)

    id: str
    number: str | None
    keyword: str | None
    hours: BusinessHoursIn | None
    priority: int
    assistant_id: str
    created_at: Moment
    created_by: str

    @classmethod
    def of(cls, route: Route) -> RouteOut:
        return cls(**route.plain(without=["request_digest"]))


def add_routing(routes: APIRouter, deps: AssistantDeps) -> None:
    @routes.get("/routes", response_model=Listing[RouteOut], summary="List routes in the order they are looked at")
    async def list_routes(who: Principal = Depends(deps.gate.viewer)) -> Any:
        """All of them, on one page. A route to a deleted assistant is passed over."""
        default = await deps.assistants.get(who.tenant_id, default_id(who.tenant_id))
        return listing([RouteOut.of(route) for route in by_rank(default.routes)], None)

    @routes.post("/routes", response_model=RouteOut, status_code=201, summary="Add a route to an assistant")
    async def add(
        body: RouteIn, key: RequestKey = Depends(request_key), who: Principal = Depends(deps.gate.admin)
    ) -> Any:
        """Used for the next turn that names no assistant by its conversation or guide."""
        id, given = key.id_for("rte", who.tenant_id, ROUTES), digest(body.model_dump())
        await _require_assistant(deps, who.tenant_id, body.assistant_id)
        fields = {**body.model_dump(), "id": id, "created_by": who.label, "request_digest": given}
        route = Route.read({**fields, "created_at": deps.clock.now()})
        default = await deps.assistants.change(
            who.tenant_id,
            default_id(who.tenant_id),
            key.cause(who.tenant_id, ROUTES, id),
            lambda known: Decision(add_route(known, route)),
        )
        made = next((known for known in default.routes if known.id == id), None)
        if made is None:
            raise Refused("route_deleted", "the route that this Idempotency-Key made was deleted; use a new key")
        require_same(made.request_digest, given)
        return RouteOut.of(made)

    @routes.delete("/routes/{route_id}", status_code=204, summary="Delete a route")
    async def remove(route_id: str, who: Principal = Depends(deps.gate.admin)) -> None:
        await deps.assistants.change(
            who.tenant_id,
            default_id(who.tenant_id),
            Cause.request(who.tenant_id),
            lambda known: Decision(remove_route(known, route_id)),
        )


async def _require_assistant(deps: AssistantDeps, tenant_id: str, assistant_id: str) -> None:
    """Raises `Invalid("unknown_assistant")`, `Refused("archived")`."""
    try:
        require_active(await deps.assistants.get(tenant_id, assistant_id))
    except NotFound:
        detail = "`assistant_id` is not one of your assistants; GET /api/assistants lists them"
        raise Invalid("unknown_assistant", detail) from None
