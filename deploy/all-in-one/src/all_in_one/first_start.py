"""The first start: forks both processes from what they have in common, then becomes the keeper.

Forked, they share the pages of the modules that both need. The process that imported those modules needs none of them
any more: it replaces itself by `keeper.py`, and the others stay its children.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from typing import NoReturn

from pydantic import SecretStr

from all_in_one import keeper
from all_in_one.belonging import belong_to
from shared.settings import PlatformSettings

Work = Callable[[socket.socket], None]
"""What a process does. From the socket it hears of the other one (`all_in_one.introductions`)."""

_LOADED_LATER = ("anyio._backends._asyncio", "httpcore2", "uvicorn.protocols.websockets.auto", "uvloop")
"""What libraries load when they are first used, which both processes do at once."""


def start(works: Mapping[str, Work], again: list[str], settings: PlatformSettings) -> NoReturn:
    """`works` by name, in the order in which they are to stop. `again` is the command that starts one of them again.

    Returns in no process: each ends by SystemExit, or becomes another program.
    """
    load_shared()
    gc.freeze()  # the children share these pages as long as nothing writes to them
    signal.pthread_sigmask(signal.SIG_BLOCK, keeper.SIGNALS)
    described: list[str] = []
    controls: list[socket.socket] = []
    for name, work in works.items():
        control, theirs = socket.socketpair()
        controls.append(control)
        pid = _fork()
        if not pid:
            for other in controls:
                other.close()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, keeper.SIGNALS)
            work(theirs)
            sys.exit(0)
        theirs.close()
        control.set_inheritable(True)
        described.append(f"{name}:{pid}:{control.fileno()}")
    program = [sys.executable, "-I", "-S", keeper.__file__, *described, *again]
    os.execve(sys.executable, program, {**os.environ, **_as_variables(settings)})  # noqa: S606 - no shell is wanted


def load_shared() -> None:
    for name in _LOADED_LATER:
        importlib.import_module(name)


def _fork() -> int:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()  # what is buffered would be written by both
    parent = os.getpid()
    pid = os.fork()
    if not pid:
        belong_to(parent)
    return pid


def _as_variables(settings: PlatformSettings) -> dict[str, str]:
    """For one that starts again: the settings as they were read, although a `.env` file may say something else now."""
    return {name.upper(): _plain(getattr(settings, name)) for name in type(settings).model_fields}


def _plain(value: object) -> str:
    return str(value.get_secret_value() if isinstance(value, SecretStr) else value)
