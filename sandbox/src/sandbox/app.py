"""The sandbox as an application of its own, for tests and for `python -m sandbox`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse

from sandbox.wiring import Sandbox
from shared.errors import ParleyError


def create_app(sandbox: Sandbox) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        running = [asyncio.ensure_future(task()) for task in sandbox.tasks]
        yield
        for task in running:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*running)
        sandbox.close()

    app = FastAPI(title="Parley sandbox", lifespan=lifespan)
    app.include_router(sandbox.router)
    app.add_exception_handler(ParleyError, _problem)

    @app.get("/", include_in_schema=False)
    def start() -> RedirectResponse:
        return RedirectResponse("/sandbox/phone")

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return app


def _problem(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, ParleyError):
        raise error
    body = {"type": "about:blank", "status": error.status, "code": error.code, "detail": error.detail}
    return JSONResponse(body, error.status, media_type="application/problem+json")
