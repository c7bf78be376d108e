"""Builds the sandbox out of its parts; the only file that knows them all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx2
from fastapi import APIRouter, Depends

from sandbox import control
from sandbox.carrier import api as carrier_api
from sandbox.model import api as model_api
from sandbox.neighbours import api as neighbours_api
from sandbox.phone import api as phone_api
from sandbox.settings import SandboxSettings
from sandbox.state import SandboxState
from sandbox.visitors import Visitors
from sandbox.world import Connect
from shared.clock import Clock
from shared.outgoing.late_tls import LateTlsTransport


@dataclass(frozen=True, slots=True)
class Sandbox:
    """`router` goes into any FastAPI application; `tasks` run beside it until cancelled."""

    router: APIRouter
    tasks: tuple[Callable[[], Awaitable[None]], ...]
    state: SandboxState

    def close(self) -> None:
        self.state.close()


def _direct_client() -> httpx2.AsyncClient:
    """Webhooks go to the machine they are meant for, whatever proxy the environment names."""
    return httpx2.AsyncClient(transport=LateTlsTransport(), trust_env=False)


def build(settings: SandboxSettings, clock: Clock, deliver: Connect = _direct_client) -> Sandbox:
    """`deliver` makes the HTTP client with which webhooks go out; nothing connects before one is due."""
    state = SandboxState(settings, clock, deliver)
    visitors = Visitors(settings.token.get_secret_value())
    router = APIRouter(dependencies=[Depends(visitors)])
    carrier = (carrier_api.build_router(state), carrier_api.media_router(state))
    neighbours = neighbours_api.build_router(state.channels)
    for part in (*carrier, model_api.build_router(state), neighbours, control.build_router(state)):
        router.include_router(part)
    router.include_router(phone_api.build_router(visitors))

    async def run_agenda() -> None:
        try:
            await state.world.agenda.run()
        finally:
            state.mailbox.close()  # waiting phone pages must not hold up a shutdown
            await state.webhooks.close()
            await state.channels.close()

    return Sandbox(router, (run_agenda,), state)
