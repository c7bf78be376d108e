"""The first process: forks the others, introduces them to each other, and starts one again that was killed.

It does nothing else: no thread, no event loop, no connection, so that a fork of it is always a clean start, and the
modules that both need are in memory once. One that ends by itself ends the installation, with its exit code; one that
a signal ended (kill -9, out of memory) is forked again, while the other goes on. All end with the keeper.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger()

Work = Callable[[socket.socket], None]
"""What a process does. From the socket it hears of the others (`all_in_one.introductions`)."""

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 5.0
_WELL_AFTER_SECONDS = 60.0
_STOP_SECONDS = 10.0
"""How long the first may take to stop before the next one is asked as well."""
_SIGNALS = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT)
_DIE_WITH_PARENT, _BE_CALLED = 1, 15  # PR_SET_PDEATHSIG, PR_SET_NAME


@dataclass
class _Process:
    work: Work
    pid: int = 0
    control: socket.socket | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    due_at: float = field(default=0.0)
    """When to fork it, while it has no pid."""


class Keeper:
    """`works` by name, in the order in which they are to stop. There are two of them."""

    def __init__(self, works: Mapping[str, Work]) -> None:
        self._processes = {name: _Process(work) for name, work in works.items()}
        self._wake, self._waker = socket.socketpair()
        self._stopping_since: float | None = None
        self._exit_code = 0

    def run(self) -> int:
        """Until all have ended; the exit code. Returns in the keeper only: in a child it ends by SystemExit."""
        gc.freeze()  # the children share these pages as long as nothing writes to them
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
        for number in _SIGNALS:
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, _frame: object) -> None:
        if number != signal.SIGCHLD:
            self._stop(0)

    def _stop(self, exit_code: int) -> None:
        if self._stopping_since is None:
            self._stopping_since, self._exit_code = time.monotonic(), exit_code

    def _alive(self) -> list[_Process]:
        return [process for process in self._processes.values() if process.pid]

    def _start_due(self) -> None:
        now = time.monotonic()
        due = {} if self._stopping_since is not None else self._processes
        fresh = [(name, process) for name, process in due.items() if not process.pid and process.due_at <= now]
        for name, process in fresh:
            self._fork(name, process)
        if fresh and len(self._alive()) == len(self._processes):
            self._introduce()

    def _fork(self, name: str, process: _Process) -> None:
        process.control, theirs = socket.socketpair()
        _flush()
        keeper = os.getpid()
        process.pid, process.started_at = os.fork(), time.monotonic()
        if process.pid:
            theirs.close()
            return
        _die_with(keeper)
        _be_called(f"parley-{name}")
        signal.set_wakeup_fd(-1)
        for number in _SIGNALS:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        for other in self._processes.values():
            if other.control is not None:
                other.control.close()
        self._wake.close()
        self._waker.close()
        process.work(theirs)
        sys.exit(0)

    def _introduce(self) -> None:
        """Fresh sockets between the two: one for the broker's link, one for connections."""
        one, other = self._alive()
        pairs = [socket.socketpair() for _ in range(2)]
        for process, side in ((one, 0), (other, 1)):
            if process.control is not None:
                with contextlib.suppress(OSError):  # it has just died: the next one is introduced again
                    socket.send_fds(process.control, [b"i"], [pair[side].fileno() for pair in pairs])
        for pair in pairs:
            for end in pair:
                end.close()

    def _stop_next(self) -> None:
        """Ask the first to stop; the next one when it has, or takes too long."""
        if self._stopping_since is None:
            return
        in_time = time.monotonic() - self._stopping_since < _STOP_SECONDS
        for process in self._alive()[: 1 if in_time else None]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)

    def _sleep(self) -> None:
        waits = [process.due_at - time.monotonic() for process in self._processes.values() if not process.pid]
        if self._stopping_since is not None:
            waits = [_STOP_SECONDS]
        select.select([self._wake], [], [], max(0.0, min(waits)) if waits else None)
        with contextlib.suppress(BlockingIOError):
            self._wake.recv(4096)

    def _reap(self) -> None:
        for name, process in self._processes.items():
            if process.pid and (ended := os.waitpid(process.pid, os.WNOHANG))[0]:
                self._on_end(name, process, os.waitstatus_to_exitcode(ended[1]))

    def _on_end(self, name: str, process: _Process, exit_code: int) -> None:
        process.pid = 0
        if process.control is not None:
            process.control.close()
        if exit_code >= 0:
            self._stop(exit_code)
            self._exit_code = self._exit_code or exit_code
        elif self._stopping_since is None:
            if time.monotonic() - process.started_at > _WELL_AFTER_SECONDS:
                process.pause = FIRST_PAUSE_SECONDS
            process.due_at = time.monotonic() + process.pause
            log.error("process_killed", process=name, signal=-exit_code, starts_again_in_seconds=process.pause)
            process.pause = min(process.pause * 2, LONGEST_PAUSE_SECONDS)


def _die_with(keeper: int) -> None:
    """Ask the kernel to kill this process when the keeper ends; elsewhere the closed control socket says so."""
    if sys.platform == "linux":
        _prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != keeper:
            os._exit(1)


def _be_called(name: str) -> None:
    """In `ps -o comm` and `top`, which show 15 characters."""
    if sys.platform == "linux":
        _prctl(_BE_CALLED, name.encode())


def _prctl(option: int, value: int | bytes) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _flush() -> None:
    """What is buffered would be written by both."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
