"""Processes with all their descendants: processor time, memory, and an end as by `kill -9`."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class _Stat:
    parent: int
    seconds: float
    """Of all its threads, and of the children that ended and were waited for, in user and system mode."""


@dataclass(frozen=True)
class Memory:
    """Megabytes. Shared pages count in part in `proportional` (PSS), and once per process in `resident` (RSS)."""

    resident: float
    proportional: float


def cpu_seconds(roots: Iterable[int]) -> float:
    """So far: what a noisy neighbour does not change."""
    stats = _stats()
    return sum(stats[pid].seconds for pid in _members(roots, stats))


def thread_seconds(roots: Iterable[int]) -> dict[int, float]:
    """Of each thread that is alive, by its id."""
    found: dict[int, float] = {}
    for pid in _members(roots, _stats()):
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{pid}/task").iterdir():
                fields = (thread / "stat").read_text().rpartition(")")[2].split()
                found[int(thread.name)] = (int(fields[11]) + int(fields[12])) / _TICKS
    return found


def memory(roots: Iterable[int]) -> Memory:
    resident = proportional = 0
    for pid in _members(roots, _stats()):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                name, _, amount = line.partition(":")
                resident += int(amount.split()[0]) if name == "Rss" else 0
                proportional += int(amount.split()[0]) if name == "Pss" else 0
    return Memory(resident / 1024, proportional / 1024)


def kill(roots: Iterable[int]) -> None:
    """SIGKILL to the trees and the process groups that their roots lead: what moved into another group dies too."""
    roots = list(roots)
    members = _members(roots, _stats())
    for pid in roots:
        with contextlib.suppress(ProcessLookupError):
            if os.getpgid(pid) == pid:
                os.killpg(pid, signal.SIGKILL)
    for pid in members:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def listening_on(port: int) -> int | None:
    """The process of this machine that listens there, or None."""
    sockets = {
        fields[9]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for line in Path(table).read_text().splitlines()[1:]
        if (fields := line.split())[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port
    }
    names = {f"socket:[{inode}]" for inode in sockets}
    owners = [pid for pid in _pids() if names & _descriptors(pid)]
    return min(owners, default=None)


def _descriptors(pid: int) -> set[str]:
    found: set[str] = set()
    with contextlib.suppress(OSError):
        for entry in os.scandir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                found.add(os.readlink(entry.path))
    return found


def _members(roots: Iterable[int], stats: dict[int, _Stat]) -> set[int]:
    members = {pid for pid in roots if pid in stats}
    while more := {pid for pid, stat in stats.items() if stat.parent in members} - members:
        members |= more
    return members


def _stats() -> dict[int, _Stat]:
    found: dict[int, _Stat] = {}
    for pid in _pids():
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            found[pid] = _Stat(int(fields[1]), sum(int(ticks) for ticks in fields[11:15]) / _TICKS)
    return found


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]
