"""What ties a process to the keeper: it dies with it, and `ps` shows its own name."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_DIE_WITH_PARENT, _BE_CALLED = 1, 15  # PR_SET_PDEATHSIG, PR_SET_NAME


def belong_to(keeper: int) -> None:
    """Ask the kernel to kill this process when the keeper ends; elsewhere the closed control socket says so."""
    if sys.platform == "linux":
        _prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != keeper:
            os._exit(1)


def be_called(name: str) -> None:
    """In `ps -o comm` and `top`, which show 15 characters."""
    if sys.platform == "linux":
        _prctl(_BE_CALLED, name.encode())


def _prctl(option: int, value: int | bytes) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
