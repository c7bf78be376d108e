"""`python -m sandbox`: the pretend world as a process of its own, which survives while services are killed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import uvicorn

from sandbox.app import create_app
from sandbox.settings import SandboxSettings
from sandbox.wiring import build
from shared.clock import SystemClock


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--public-url", help="where webhooks go: {public-url}/webhooks/telnyx")
    parser.add_argument("--known-as", help="the receiver's public address, if messages name that one")
    parser.add_argument("--secret", help="the signing keys of all accounts derive from it")
    parser.add_argument("--seed", type=int, help="fixes the randomness of faults")
    parser.add_argument("--data", type=Path, help="folder that keeps the ledger over restarts")
    return parser.parse_args()


def main() -> None:
    arguments = _arguments()
    given: dict[str, Any] = {
        name: value
        for name in ("public_url", "known_as", "secret", "seed", "data")
        if (value := getattr(arguments, name)) is not None
    }
    app = create_app(build(SandboxSettings(**given), SystemClock()))
    uvicorn.run(app, host=arguments.host, port=arguments.port, log_level="warning", timeout_graceful_shutdown=3)


if __name__ == "__main__":
    main()
