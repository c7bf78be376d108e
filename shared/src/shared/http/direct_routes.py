"""Routes that are called before FastAPI's layers: for the few addresses where those layers are most of the work.

Such a route is declared and documented like any other; but its endpoint takes the request and its path parameters only
(no dependencies, no models), reads its body itself up to a limit of its own, and raises nothing but `ParleyError`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.errors import ParleyError


class StraightRoute(APIRoute):
    """Without FastAPI's solving of dependencies, wherever it is called from."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def handle(request: Request) -> Response:
            return await self.endpoint(request=request, **request.path_params)

        return handle


class StraightAway:
    """Plain ASGI: calls the straight routes, and passes everything else on (another method of theirs included).

    What it spares (exception layers, exit stacks, the router) costs a third of what the signature of a webhook does.
    """

    def __init__(
        self, app: ASGIApp, routes: list[StraightRoute], problem_of: Callable[[ParleyError], Response]
    ) -> None:
        self._app = app
        self._routes = routes
        self._problem_of = problem_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._route(scope) if scope["type"] == "http" else None
        if route is None:
            await self._app(scope, receive, send)
            return
        try:
            response = await route.endpoint(request=Request(scope, receive, send), **scope["path_params"])
        except ParleyError as error:
            response = self._problem_of(error)
        except ClientDisconnect:
            return  # the body did not come; there is no one to answer
        await response(scope, receive, send)

    def _route(self, scope: Scope) -> StraightRoute | None:
        """The route of this request, noted in the scope as Starlette's router does."""
        for route in self._routes:
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                return route
        return None
