"""Starts everything and prints how to use it. `--config` prints every setting.

Imports what both of its processes need, and no more: they are forked from here, and what is in memory by then they
share. The keeper calls it with `--again` to start one of them that was killed.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import structlog

from all_in_one import first_start, folder, former_files
from all_in_one.acceptance import Place, accept
from all_in_one.belonging import be_called, belong_to
from all_in_one.credentials import with_secrets
from all_in_one.sandbox_choice import with_decided_sandbox
from shared import logging, tracing
from shared.service.process import run_loop
from shared.settings import EMBEDDED, PlatformSettings, read

log = structlog.get_logger()

_BIND_TRIES, _BIND_PAUSE_SECONDS = 5, 0.05
"""The kernel may still be closing the port of a process that was killed a moment ago."""


def main() -> None:
    given = _arguments()
    if given.config:
        from all_in_one.configuration import describe

        print(describe())
        return
    os.umask(0o077)  # no file of ours is for others to read, whichever part makes it
    settings = with_decided_sandbox(read(PlatformSettings))
    logging.configure(settings.log_level, settings.log_format)
    if given.again:
        _start_again(settings, given)
    else:
        _start(settings)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="all_in_one", description="Starts everything and prints how to use it.")
    parser.add_argument("--config", action="store_true", help="print every setting and leave")
    for name in ("again", "secrets-in"):
        parser.add_argument(f"--{name}", default="", help=argparse.SUPPRESS)
    for name in ("keeper", "control", "listener", "killed-by"):
        parser.add_argument(f"--{name}", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def _start(settings: PlatformSettings) -> None:
    data = _data(settings)
    held = folder.lock(data)
    folder.check_restored(data)
    settings, secrets_in = with_secrets(settings, data)
    listener = _bind(settings)
    if settings.database_url.startswith(EMBEDDED) or settings.broker_url.startswith(EMBEDDED):
        folder.check_moved(data)
        folder.check_formats(data)
        former_files.take_in(data)
    for kept in (held.fileno(), listener.fileno()):  # the keeper holds both, and so do the others that it starts
        os.set_inheritable(kept, True)
    again = [sys.executable, *sys.orig_argv[1:], "--secrets-in", secrets_in, "--listener", str(listener.fileno())]
    first_start.start(_works(settings, listener, secrets_in), again, settings)


def _start_again(settings: PlatformSettings, given: argparse.Namespace) -> None:
    belong_to(given.keeper)
    log.error("process_killed", process=given.again, signal=given.killed_by)
    listener = socket.socket(fileno=given.listener)
    _works(settings, listener, given.secrets_in)[given.again](socket.socket(fileno=given.control))


def _works(settings: PlatformSettings, listener: socket.socket, secrets_in: str) -> dict[str, first_start.Work]:
    """Both processes, in the order in which they stop."""
    place = Place(settings, _data(settings), _own_url(listener))

    def acceptance(control: socket.socket) -> None:
        be_called("parley-accept")
        _run(settings, accept(place, listener, control))

    def rest(control: socket.socket) -> None:
        from all_in_one.rest import serve  # acceptance does not need its services, so they are not shared

        be_called("parley-rest")
        listener.close()
        _run(settings, serve(place, control, secrets_in))

    return {"accept": acceptance, "rest": rest}


def _data(settings: PlatformSettings) -> Path:
    return settings.data_folder or Path("./data")


def _run(settings: PlatformSettings, work: Coroutine[Any, Any, None]) -> None:
    tracing.start(settings.traces_endpoint)
    try:
        run_loop(work)
    finally:
        tracing.stop()


def _own_url(listener: socket.socket) -> str:
    bound: tuple[str, int] = listener.getsockname()[:2]
    host, port = bound
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host) or host  # noqa: S104 - recognised, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _bind(settings: PlatformSettings) -> socket.socket:
    """Binds before anything starts, so that a busy port ends in one line."""
    for tried in range(_BIND_TRIES):
        listener = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            listener.close()
            if tried == _BIND_TRIES - 1:
                where = f"{settings.host}:{settings.port}"
                sys.exit(f"Cannot listen on {where} ({error.strerror}). Choose another: PORT=8081 make run")
            time.sleep(_BIND_PAUSE_SECONDS)
        else:
            listener.listen(2048)
            listener.setblocking(False)
            return listener
    raise AssertionError("the last try either binds or exits")
