"""A side of a comparison: its processes, the way in, and when it has nothing left to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from bench.naive.programs import Program
from bench.processes import trees
from bench.processes.running import ready
from testkit.ports import free_port


class Side(Protocol):
    name: str
    port: int
    path: str
    """Where the carrier's webhooks go."""

    def roots(self) -> list[int]:
        """Its processes, servers included; their descendants belong to it too."""
        ...

    def killed(self) -> None:
        """`kill -9` to its own processes with all descendants; servers go on, as in life."""
        ...

    async def start(self) -> None:
        """Returns when it is ready."""
        ...

    def stop(self) -> None: ...

    async def open_texts(self) -> int:
        """How many outbound texts may still leave, as far as it knows."""
        ...

    async def answer(self, wanted: bool) -> None:
        """Whether texts are answered. If not, they are taken and kept all the same."""
        ...


def cpu(side: Side) -> float:
    return trees.cpu_seconds(side.roots())


async def quiet(side: Side, within: float = 600) -> None:
    """Until its processes do nothing more: twice in a row under a tenth of one processor in a third of a second."""
    calm = 0
    async with asyncio.timeout(within):
        while calm < 2:
            before = cpu(side)
            await asyncio.sleep(0.33)
            calm = calm + 1 if cpu(side) - before < 0.033 else 0


@asynccontextmanager
async def outside_world(folder: Path) -> AsyncGenerator[int]:
    """Carrier and model; yields their port."""
    port = free_port()
    program = Program(folder, {}, ["bench.naive.outside", str(port)])
    program.start()
    try:
        await answering(port, program)
        yield port
    finally:
        program.stop()


async def answering(port: int, program: Program) -> None:
    try:
        await ready(port)
    except TimeoutError:
        raise SystemExit(f"{program.words[0]} does not answer:\n{program.last_words()}") from None
