"""`python -m all_in_one`: start everything here and say how to use it. `--config` prints every setting."""

from __future__ import annotations

import argparse
import socket
import sys
from pathlib import Path

from pydantic import SecretStr

from all_in_one import demo, folder
from all_in_one.assembly import assemble
from all_in_one.configuration import describe
from all_in_one.credentials import load_or_create
from shared import logging, tracing
from shared.service.process import run_loop
from shared.settings import EMBEDDED, PlatformSettings


def main() -> None:
    arguments = argparse.ArgumentParser(prog="all_in_one", description=__doc__)
    arguments.add_argument("--config", action="store_true", help="print every setting and leave")
    if arguments.parse_args().config:
        print(describe())
        return
    settings = PlatformSettings()
    logging.configure(settings.log_level, settings.log_format)
    data = settings.data_folder or Path("./data")
    held = folder.lock(data)
    tracing.start(settings.traces_endpoint)
    try:
        run_loop(_serve(_with_secrets(settings, data), data))
    finally:
        held.close()
        tracing.stop()


async def _serve(settings: PlatformSettings, data: Path) -> None:
    listener = _bind(settings)
    assembly = assemble(settings, data)

    async def announce() -> None:
        prepared = await demo.prepare(assembly, settings) if assembly.sandbox else None
        print(demo.banner(settings, data, prepared), flush=True)

    assembly.runner.on_ready = announce
    try:
        await assembly.runner.serve(listener)
    finally:
        if assembly.sandbox:
            assembly.sandbox.close()


def _with_secrets(settings: PlatformSettings, data: Path) -> PlatformSettings:
    """Generated ones fill what was not given, in embedded mode only: servers are shared, so their secrets must be."""
    given = {
        "secret_key": settings.secret_key.get_secret_value(),
        "admin_token": settings.admin_token.get_secret_value(),
    }
    if not all(given.values()):
        if not settings.database_url.startswith(EMBEDDED):
            sys.exit("With a database server, set SECRET_KEY and ADMIN_TOKEN yourself (32 characters or more each).")
        kept = load_or_create(data)
        given = {name: value or kept[name] for name, value in given.items()}
    return settings.model_copy(update={name: SecretStr(value) for name, value in given.items()})


def _bind(settings: PlatformSettings) -> socket.socket:
    """Bound before anything starts, so that a busy port is said in one line."""
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
