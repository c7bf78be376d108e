"""Adding and removing routes. They lie in the tenant's default assistant."""

from __future__ import annotations

from ai_responder.assistants.domain.assistant import Assistant
from ai_responder.assistants.domain.routes import MOST_ROUTES, Route
from shared.errors import NotFound, Refused


def add_route(default: Assistant, route: Route) -> Assistant:
    """Raises `Refused("too_many_routes")`."""
    if any(known.id == route.id for known in default.routes):
        return default
    if len(default.routes) >= MOST_ROUTES:
        raise Refused("too_many_routes", f"a tenant has {MOST_ROUTES} routes at most; delete one first")
    return default.but(routes=(*default.routes, route))


def remove_route(default: Assistant, route_id: str) -> Assistant:
    """Raises `NotFound`."""
    left = tuple(route for route in default.routes if route.id != route_id)
    if len(left) == len(default.routes):
        raise NotFound("not_found", "you have no such route")
    return default.but(routes=left)
