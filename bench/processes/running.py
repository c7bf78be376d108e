"""Child processes of the bench: started, waited for, weighed, ended."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.ground import ROOT
from bench.wire import Wire


@dataclass(frozen=True)
class Running:
    module: str
    words: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


@contextmanager
def running(wanted: Running) -> Generator[subprocess.Popen[bytes]]:
    """Its output goes to a file of its folder; its last words are shown if it ends unasked."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    environment = clean | {"PYTHONPATH": path} | dict(wanted.environment)
    log = wanted.folder / f"{wanted.module}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", wanted.module, *wanted.words],
            stdout=output,
            stderr=output,
            cwd=wanted.folder,
            env=environment,
        )
    try:
        yield process
    finally:
        if process.poll() is not None:
            print(f"{wanted.module} ended by itself:\n{log.read_text(errors='replace')[-3000:]}", file=sys.stderr)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


async def ready(port: int, within: float = 60.0, path: str = "/readyz") -> None:
    """Until it answers 200. Asked every 5 ms: the start of a process is itself a measurement."""
    async with asyncio.timeout(within):
        while True:
            wire = Wire(port)
            try:
                if await wire.ask(f"GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n".encode()) == 200:
                    return
            except (OSError, asyncio.IncompleteReadError):
                pass
            finally:
                wire.close()
            await asyncio.sleep(0.005)
