"""What the HTTP side needs to know of a service. `shared.service.Service` fits; this room does not import that one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from fastapi import APIRouter

from shared.aggregates.relay import Relay
from shared.database.protocol import Database


class Copy(Protocol):
    """A read model."""

    def not_ready(self) -> str | None: ...


class Companion(Protocol):
    """Another process of the same installation."""

    async def reasons(self) -> tuple[list[str], list[str]]:
        """Why it is not ready, and what makes it degraded."""
        ...

    async def metrics(self) -> str:
        """In Prometheus' text format; "" if it does not answer."""
        ...

    async def close(self) -> None: ...


class Served(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def routers(self) -> Sequence[APIRouter]: ...
    @property
    def database(self) -> Database: ...
    @property
    def relay(self) -> Relay: ...
    @property
    def read_models(self) -> Sequence[Copy]: ...
    @property
    def not_ready(self) -> Sequence[Callable[[], str | None]]: ...
    @property
    def degraded(self) -> Sequence[Callable[[], str | None]]: ...
