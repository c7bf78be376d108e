"""Says that nobody waits for the writes made here: a store may let them share a commit with others for a moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
_patient: ContextVar[bool] = ContextVar("patient", default=False)


def is_patient() -> bool:
    return _patient.get()


@contextmanager
def patience(patient: bool = True) -> Generator[None]:
    """For the writes of this block, and of tasks that it starts. False: somebody waits, whoever began the task."""
    before = _patient.set(patient)
    try:
        yield
    finally:
        _patient.reset(before)


def patiently(handler: Callable[[T], Awaitable[None]]) -> Callable[[T], Awaitable[None]]:
    """A handler at the end of a way: no answer, no call to the carrier and no other step depends on its moment."""

    async def handle(event: T) -> None:
        with patience():
            await handler(event)

    return handle
