"""`python -m all_in_one`: starts everything and prints how to use it. `--config` prints every setting.

Imports what both of its processes need, and no more: the keeper forks them, and what is in memory by then they share.
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

from all_in_one import folder, former_files
from all_in_one.acceptance import Place, accept
from all_in_one.credentials import with_secrets
from all_in_one.keeper import Keeper, Work
from all_in_one.sandbox_choice import with_decided_sandbox
from shared import logging, tracing
from shared.service.process import run_loop
from shared.settings import EMBEDDED, PlatformSettings, read

_BIND_TRIES, _BIND_PAUSE_SECONDS = 5, 0.05
"""The kernel may still be closing the port of a process that was killed a moment ago."""


def main() -> None:
    arguments = argparse.ArgumentParser(prog="all_in_one", description=__doc__)
    arguments.add_argument("--config", action="store_true", help="print every setting and leave")
    if arguments.parse_args().config:
        from all_in_one.configuration import describe

        print(describe())
        return
    os.umask(0o077)  # no file of ours is for others to read, whichever part makes it
    settings = with_decided_sandbox(read(PlatformSettings))
    logging.configure(settings.log_level, settings.log_format)
    data = settings.data_folder or Path("./data")
    held = folder.lock(data)
    settings, secrets_in = with_secrets(settings, data)
    listener = _bind(settings)
    place = Place(settings, data, _own_url(listener))
    try:
        if settings.database_url.startswith(EMBEDDED) or settings.broker_url.startswith(EMBEDDED):
            former_files.take_in(data)
        sys.exit(Keeper(_works(place, listener, secrets_in)).run())
    finally:
        held.close()


def _works(place: Place, listener: socket.socket, secrets_in: str) -> dict[str, Work]:
    """Both processes, in the order in which they stop."""

    def acceptance(control: socket.socket) -> None:
        _run(place.settings, accept(place, listener, control))

    def rest(control: socket.socket) -> None:
        from all_in_one.rest import (
            serve,  # its services are not needed by acceptance, so the keeper does not import them
        )

        listener.close()
        _run(place.settings, serve(place, control, secrets_in))

    return {"accept": acceptance, "rest": rest}


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


if __name__ == "__main__":
    main()
