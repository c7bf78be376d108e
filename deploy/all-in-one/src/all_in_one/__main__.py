"""`python -m all_in_one`: starts everything and prints how to use it. `--config` prints every setting."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

from all_in_one import demo, folder, former_files
from all_in_one.assembly import assemble
from all_in_one.configuration import describe
from all_in_one.credentials import with_secrets
from all_in_one.sandbox_choice import with_decided_sandbox
from shared import logging, tracing
from shared.service.process import run_loop, said_plainly
from shared.settings import EMBEDDED, PlatformSettings, read


def main() -> None:
    arguments = argparse.ArgumentParser(prog="all_in_one", description=__doc__)
    arguments.add_argument("--config", action="store_true", help="print every setting and leave")
    if arguments.parse_args().config:
        print(describe())
        return
    os.umask(0o077)  # no file of ours is for others to read, whichever part makes it
    settings = with_decided_sandbox(read(PlatformSettings))
    logging.configure(settings.log_level, settings.log_format)
    data = settings.data_folder or Path("./data")
    held = folder.lock(data)
    tracing.start(settings.traces_endpoint)
    try:
        settings, secrets_in = with_secrets(settings, data)
        if EMBEDDED in (settings.database_url[: len(EMBEDDED)], settings.broker_url[: len(EMBEDDED)]):
            former_files.take_in(data)
        run_loop(_serve(settings, data, secrets_in))
    finally:
        held.close()
        tracing.stop()


async def _serve(settings: PlatformSettings, data: Path, secrets_in: str) -> None:
    listener = _bind(settings)
    with said_plainly():
        assembly = assemble(settings, data)

    async def announce() -> None:
        prepared = await demo.prepare(assembly, settings) if assembly.sandbox else None
        print(demo.banner(settings, secrets_in, prepared), flush=True)

    assembly.runner.on_ready = announce
    try:
        with said_plainly():
            await assembly.runner.serve(listener)
    finally:
        if assembly.sandbox:
            assembly.sandbox.close()


def _bind(settings: PlatformSettings) -> socket.socket:
    """Binds before anything starts, so that a busy port ends in one line."""
    listener = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        sys.exit(
            f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}). Choose another: PORT=8081 make run"
        )
    listener.listen(2048)
    listener.setblocking(False)
    return listener


if __name__ == "__main__":
    main()
