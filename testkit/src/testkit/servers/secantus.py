"""SecantusDB, the stand-in for MongoDB that survives `kill -9` and needs no Java (ADR 5).

It stores in WiredTiger, writes its log to the disk before it answers, and uses the indexes it is given. GPL-2.0: so it
has an environment of its own (`scripts/setup.sh secantus`) and runs as a process of its own; nothing here imports it.
It is one Python process and slow: where its durability is not the point, mongo-java-server is the faster stand-in.
"""

from __future__ import annotations

import atexit
import fcntl
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from testkit.ports import free_port
from testkit.servers.answers import version_at

_ROOT = Path(__file__).parents[4]
_PROGRAM = _ROOT / ".tools" / "secantus" / "bin" / "secantusd-py"
_INSTALL_SECONDS = 300
_START_SECONDS = 60.0
_END_SECONDS = 20
NAME = "SecantusDB (stand-in, WiredTiger)"


def install() -> str | None:
    """Make its environment, quick when it is there already. Returns why that failed, or None."""
    tools = _ROOT / ".tools"
    tools.mkdir(exist_ok=True)
    with (tools / ".secantus.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test workers may come at the same time
        command = [str(_ROOT / "scripts" / "setup.sh"), "secantus"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"SecantusDB was not installed: {error}"
    return None if done.returncode == 0 else f"SecantusDB was not installed: {done.stderr.strip()[-500:]}"


class SecantusServer:
    """One server with data of its own. Tests of faults may `kill` and `start` it: its data stays until `remove`."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="parley-secantus-"))
        self.port = free_port()
        self.url = f"mongodb://127.0.0.1:{self.port}/"
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.remove)  # for the test session that forgets, or is interrupted

    def start(self) -> str:
        """Returns the version of MongoDB it speaks as, once it answers; RuntimeError with its last words if not."""
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--storage-path", str(self.home / "data")]
        command = [str(_PROGRAM), *where, "--sync-on-commit", "--cache-size", "256M", "--log-level", "WARNING"]
        with (self.home / "output").open("ab") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output, cwd=self.home)
        self._process = process
        version = version_at(self.url, within=_START_SECONDS, alive=lambda: process.poll() is None)
        if version is None:
            self.kill()
            raise RuntimeError(f"SecantusDB did not start: {self.last_words()}")
        return version

    def last_words(self) -> str:
        return (self.home / "output").read_text(errors="replace").strip()[-500:]

    def kill(self) -> None:
        """As `kill -9`: no goodbye, nothing flushed."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(_END_SECONDS)
