"""A program that leads a process group of its own, can be killed with everything it started, and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.ground import ROOT
from bench.processes import trees


@dataclass
class Program:
    folder: Path
    environment: Mapping[str, str]
    words: Sequence[str]
    """The module, then its arguments."""
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def start(self) -> None:
        clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *self.words],
                stdout=output,
                stderr=output,
                cwd=self.folder,
                env=clean | {"PYTHONPATH": path} | dict(self.environment),
                process_group=0,
            )

    def kill(self) -> None:
        if self._process:
            trees.kill([self._process.pid])
            self._process.wait(20)

    def stop(self) -> None:
        """SIGTERM, then patience, then SIGKILL to what is left of the tree."""
        if self._process is None:
            return
        if self._process.poll() is not None:
            print(f"{self.words[0]} ended by itself:\n{self.last_words()}", file=sys.stderr)
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()

    def last_words(self) -> str:
        return self._log.read_text(errors="replace")[-3000:]

    @property
    def _log(self) -> Path:
        return self.folder / f"{self.words[0]}.log"
