"""Asks every service at once. One that does not answer is named, and does not keep the others from being shown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog

from shared.errors import NotFound, Unavailable

log = structlog.get_logger()

A = TypeVar("A")


async def answers(services: Sequence[str], ask: Callable[[str], Awaitable[A]]) -> tuple[list[tuple[str, A]], list[str]]:
    """What each service answered, and those that did not."""

    async def one(service: str) -> A | None:
        try:
            return await ask(service)
        except (Unavailable, NotFound) as error:  # not found: an older version, which does not know the question
            log.warning("service_unreachable", service=service, detail=error.operator_detail)
            return None

    found = await asyncio.gather(*map(one, services))
    pairs = list(zip(services, found, strict=True))
    return [(name, answer) for name, answer in pairs if answer is not None], [n for n, a in pairs if a is None]
