"""A program that a test starts, talks to by signals, and can kill."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

_PROC = Path("/proc")


class Process:
    """A child process with its output in a file, shown when it dies unasked."""

    def __init__(self, name: str, folder: Path, environment: dict[str, str], *arguments: str) -> None:
        self.name, self.log = name, folder / f"{name}.log"
        self._arguments, self._environment = arguments, environment
        self._popen: subprocess.Popen[bytes] | None = None

    def command(self, module: str, *arguments: str) -> list[str]:
        """What runs this module."""
        return [sys.executable, "-m", module, *arguments]

    def start(self) -> None:
        clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ}
        with self.log.open("ab") as log:
            self._popen = subprocess.Popen(
                self.command(*self._arguments),
                env=clean | self._environment,
                stdout=log,
                stderr=log,
                cwd=self.log.parent,
            )

    def send(self, number: signal.Signals) -> None:
        if self._popen and self._popen.poll() is None:
            self._popen.send_signal(number)

    def wait(self, seconds: float = 30) -> int:
        if self._popen is None:
            return 0
        return self._popen.wait(seconds)

    def stop(self) -> int:
        """SIGTERM, then patience, then SIGKILL; the exit code."""
        self.send(signal.SIGTERM)
        return self.ended()

    def ended(self) -> int:
        try:
            return self.wait()
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
            return self.wait()

    @property
    def alive(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    @property
    def pid(self) -> int:
        return self._popen.pid if self._popen else 0

    def child(self, name: str) -> int:
        """The pid of the process it forked under this name (Linux only). Raises LookupError while there is none."""
        for pid in self.family()[1:]:
            with contextlib.suppress(OSError):
                if (_PROC / str(pid) / "comm").read_text().strip() == name:
                    return pid
        raise LookupError(f"{self.name} has no process {name} now")

    def family(self) -> list[int]:
        """Its own pid and those of its children (Linux only)."""
        children = _PROC / str(self.pid) / "task" / str(self.pid) / "children"
        return [self.pid, *map(int, children.read_text().split())]

    def tail(self, lines: int = 40) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return f"--- {self.name}\n" + "\n".join(text.splitlines()[-lines:])
