"""The first process, once the others run: starts one again that was killed, and introduces them to each other.

A script that imports a few small modules of the standard library and nothing else: `first_start` forked the others and
then became this, in the same process, so that nothing heavy stays in memory for its sake. It has no thread, no event
loop, no connection. A process that ends by itself ends the installation, with its exit code; one that a signal ended
(kill -9, out of memory) is started again as a fresh interpreter, while the other goes on. All end with the keeper.

    python -I -S keeper.py NAME:PID:CONTROL NAME:PID:CONTROL COMMAND…

They stop in this order. CONTROL is the number of the socket over which a process hears of the other one
(`all_in_one.introductions`). COMMAND starts one again, with `--again NAME` and more behind it.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import time

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 5.0
_WELL_AFTER_SECONDS = 60.0
_STOP_SECONDS = 10.0
"""How long the first may take to stop before the next one is asked as well."""
SIGNALS = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT)
"""Blocked from before the first fork until the keeper listens to them: none is lost in between."""


class _Process:
    def __init__(self, described: str) -> None:
        self.name, pid, control = described.split(":")
        self.pid = int(pid)
        self.control = socket.socket(fileno=int(control))
        self.control.set_inheritable(False)
        self.started_at = time.monotonic()
        self.pause = FIRST_PAUSE_SECONDS
        self.killed_by = 0
        self.due_at = 0.0
        """When to start it, while it has no pid."""

    def start(self, command: list[str]) -> None:
        self.control, theirs = socket.socketpair()
        theirs.set_inheritable(True)
        told = ["--again", self.name, "--control", str(theirs.fileno()), "--killed-by", str(self.killed_by)]
        arguments = [*command, "--keeper", str(os.getpid()), *told]
        self.pid = os.posix_spawn(arguments[0], arguments, os.environ, setsigmask=())
        self.started_at = time.monotonic()
        theirs.close()

    def on_kill(self, number: int) -> None:
        now = time.monotonic()
        if now - self.started_at > _WELL_AFTER_SECONDS:
            self.pause = FIRST_PAUSE_SECONDS
        self.killed_by, self.due_at = number, now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE_SECONDS)


class Keeper:
    def __init__(self, processes: list[_Process], command: list[str]) -> None:
        self._processes = processes
        self._command = command
        self._wake, self._waker = socket.socketpair()
        self._stopping_since: float | None = None
        self._exit_code = 0

    def run(self) -> int:
        """Until all have ended; the exit code."""
        self._introduce()
        self._catch_signals()
        while self._alive() or self._stopping_since is None:
            self._start_due()
            self._stop_next()
            self._sleep()
            self._reap()
        return self._exit_code

    def _catch_signals(self) -> None:
        for end in (self._wake, self._waker):
            end.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        for number in SIGNALS:
            signal.signal(number, self._on_signal)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def _on_signal(self, number: int, _frame: object) -> None:
        if number != signal.SIGCHLD:
            self._stop(0)

    def _stop(self, exit_code: int) -> None:
        if self._stopping_since is None:
            self._stopping_since, self._exit_code = time.monotonic(), exit_code

    def _alive(self) -> list[_Process]:
        return [process for process in self._processes if process.pid]

    def _start_due(self) -> None:
        now = time.monotonic()
        due = [] if self._stopping_since is not None else self._processes
        fresh = [process for process in due if not process.pid and process.due_at <= now]
        for process in fresh:
            process.start(self._command)
        if fresh and len(self._alive()) == len(self._processes):
            self._introduce()

    def _introduce(self) -> None:
        """Fresh sockets between the two: one for the broker's link, one for connections."""
        pairs = [socket.socketpair() for _ in range(2)]
        for side, process in enumerate(self._processes):
            try:
                socket.send_fds(process.control, [b"i"], [pair[side].fileno() for pair in pairs])
            except OSError:
                continue  # it has just died: the next one is introduced again
        for pair in pairs:
            for end in pair:
                end.close()

    def _stop_next(self) -> None:
        """Ask the first to stop; the next one when it has, or takes too long."""
        if self._stopping_since is None:
            return
        in_time = time.monotonic() - self._stopping_since < _STOP_SECONDS
        for process in self._alive()[: 1 if in_time else None]:
            os.kill(process.pid, signal.SIGTERM)  # not reaped yet, so the pid is still its own

    def _sleep(self) -> None:
        waits = [process.due_at - time.monotonic() for process in self._processes if not process.pid]
        if self._stopping_since is not None:
            waits = [_STOP_SECONDS]
        select.select([self._wake], [], [], max(0.0, min(waits)) if waits else None)
        try:
            self._wake.recv(4096)
        except BlockingIOError:
            return

    def _reap(self) -> None:
        for process in self._alive():
            pid, status = os.waitpid(process.pid, os.WNOHANG)
            if pid:
                self._on_end(process, os.waitstatus_to_exitcode(status))

    def _on_end(self, process: _Process, exit_code: int) -> None:
        process.pid = 0
        process.control.close()
        if exit_code >= 0:
            self._stop(exit_code)
            self._exit_code = self._exit_code or exit_code
        elif self._stopping_since is None:
            process.on_kill(-exit_code)


if __name__ == "__main__":
    sys.exit(Keeper([_Process(described) for described in sys.argv[1:3]], sys.argv[3:]).run())
