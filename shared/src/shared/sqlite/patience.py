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
    """For the writes of this block, and of tasks that it starts. False: somebody waits, in a patient block too."""
    before = _patient.set(patient)
    try:
        yield
    finally:
        _patient.reset(before)


def patiently(handler: Callable[[T], Awaitable[None]]) -> Callable[[T], Awaitable[None]]:
    """A handler at the end of a way: no API answer and no call to the carrier depends on its moment. What follows from
    it, such as a turn that waits for the outcome of a withdrawn answer, comes 50 ms later at most."""

    async def handle(event: T) -> None:
        with patience():
            await handler(event)

    return handle
