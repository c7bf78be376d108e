"""Where the time of a running program goes: `py-spy` looks at its stacks from outside, children included.

A sample is the stack that holds the interpreter (its lock, the GIL) at that moment. Time in C code counts for the
Python function that called it, unless it lets go of the interpreter, as SQLite and the disk do: what such threads cost
is in the table of processor time by thread, which the kernel counts exactly. `--native` takes C code apart, and slows
the program down.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.processes import trees

_RATE = 200
"""Samples per second."""
_OURS = frozenset(
    {"shared", "ingress", "accounts", "conversation", "ai_responder", "sender", "campaigns", "realtime", "all_in_one"}
)

Stack = tuple[str, ...]
"""From the outermost to the innermost: a thread, then `function (file)`."""


@dataclass
class Samples:
    stacks: Counter[Stack] = field(default_factory=Counter[Stack])
    processor: dict[int, float] = field(default_factory=dict[int, float])
    """Seconds by thread id."""

    def read(self, raw: str) -> None:
        for line in raw.splitlines():
            frames, _, times = line.rpartition(" ")
            self.stacks[tuple(frames.split(";"))] += int(times)

    def report(self, lines: int = 40) -> str:
        total, spent = self.stacks.total(), self._by_thread()
        tables = {
            "by room of the innermost function": self._by(lambda stack: [room(stack[-1])]),
            "by room of ours that asked for it (the innermost of ours)": self._by(lambda stack: [_asker(stack)]),
            "by function, itself": self._by(lambda stack: [stack[-1]]),
            "by function of ours, with what it calls": self._by(lambda stack: {f for f in stack if _is_ours(f)}),
        }
        text = ["=== processor time by thread", *_shares(spent, spent.total(), lines), "", f"{total:,} samples"]
        for title, table in tables.items():
            text += ["", f"=== {title}", *_shares(table, total, lines)]
        return "\n".join(text)

    def _by_thread(self) -> Counter[str]:
        """Threads of one kind (`sqlite-reader_0`, `sqlite-reader_1`) are one line."""
        names: dict[int, str] = {}
        for stack in self.stacks:
            if seen := next(filter(None, map(_THREAD.match, stack[:4])), None):  # its processes stand before it
                names[int(seen[1])] = seen[2]
        found: Counter[str] = Counter()
        for id, seconds in self.processor.items():
            found[names.get(id, "(never held the interpreter)")] += round(1000 * seconds)
        return found

    def _by(self, names: Callable[[Stack], Iterable[str]]) -> Counter[str]:
        found: Counter[str] = Counter()
        for stack, times in self.stacks.items():
            for name in names(stack):
                found[name] += times
        return found


def room(frame: str) -> str:
    """`model_dump (pydantic/main.py)` -> `pydantic`; `get (shared/database/x.py)` -> `shared.database`."""
    file = frame.rpartition("(")[2].rstrip(")")
    parts = file.removesuffix(".py").split("/")
    if parts[0] in _OURS:
        return ".".join(parts[:2])
    return parts[0] if file else frame


def _is_ours(frame: str) -> bool:
    return room(frame).split(".")[0] in _OURS


def _asker(stack: Stack) -> str:
    return next((room(frame) for frame in reversed(stack) if _is_ours(frame)), "(none of ours)")


_THREAD = re.compile(r"thread \((\d+)\): (.*?)(?:-?_?\d+)?$")


def _shares(table: Counter[str], whole: int, lines: int) -> list[str]:
    return [f"{100 * times / (whole or 1):5.1f} %  {name}" for name, times in table.most_common(lines)]


@asynccontextmanager
async def sampled(pid: int, folder: Path, native: bool = False) -> AsyncGenerator[Samples]:
    """Samples are complete when the block is left. Raises SystemExit if the system forbids looking."""
    program = shutil.which("py-spy", path=str(Path(sys.executable).parent)) or "py-spy"
    output = folder / "samples"
    words = ["record", "-p", str(pid), "-s", "-t", "-g", "-r", str(_RATE), "--nolineno", "-f", "raw", "-o", str(output)]
    process = await asyncio.create_subprocess_exec(
        program, *words, *(["--native"] if native else ["--nonblocking"]),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    samples = Samples()
    try:
        await asyncio.sleep(1)  # it reads the program's symbols first
        before = trees.thread_seconds([pid])
        yield samples
        samples.processor = {id: spent - before.get(id, 0) for id, spent in trees.thread_seconds([pid]).items()}
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        _, said = await process.communicate()
    if not output.exists():
        raise SystemExit(f"py-spy took no samples: {said.decode(errors='replace')[-500:]}")
    samples.read(output.read_text())
