"""`make test`: first everything that needs no server, then the RabbitMQ and MongoDB suites against what can be had,
then the dashboard: its own tests, and the front desk's day in Chromium.

The last lines name the servers and versions that took part, and say loudly what was missing.
`make test ARGS="--repeat 20 -k name"` runs the chosen tests twenty times and ends at the first failure.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from testkit import browser
from testkit.servers import mongodb, rabbitmq, secantus
from testkit.servers.found import Missing, TestServer

NOTHING_SELECTED = 5
NEEDS_SERVER = "rabbitmq or mongodb or servers"
IN_A_BROWSER = "browser"
ROOT = Path(__file__).parents[1]
TWO_WORKERS = ("-q", "-n", "2", "--dist", "loadscope")
THREE_WORKERS = ("-q", "-n", "3", "--dist", "loadscope")
"""On two cores: many tests without servers wait for a process of their own, and leave a core idle meanwhile."""


class Tests:
    """Runs of pytest with the caller's own arguments added to each."""

    def __init__(self, chosen: list[str], repeat: int) -> None:
        self._chosen = chosen
        self._repeat = repeat
        self.code = 0

    def run(self, *arguments: str) -> None:
        for _ in range(self._repeat):
            code = self._once(*arguments)
            self.code = self.code or code
            if code and self._repeat > 1:
                return

    def _once(self, *arguments: str) -> int:
        print(f"\n$ pytest {' '.join((*arguments, *self._chosen))}", flush=True)
        code = subprocess.run([sys.executable, "-m", "pytest", *arguments, *self._chosen]).returncode
        # With arguments one of the two halves may have nothing to run.
        return 0 if self._chosen and code == NOTHING_SELECTED else code


def main() -> int:
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--repeat", type=int, default=1)
    given, chosen = options.parse_known_args()
    tests, started = Tests(chosen, given.repeat), time.monotonic()
    tests.run(*THREE_WORKERS, "-m", f"not ({NEEDS_SERVER} or {IN_A_BROWSER})")
    durable = secantus.install()
    found = {"RabbitMQ": rabbitmq.acquire(), "MongoDB": mongodb.acquire()}
    try:
        for kind, variable in (("RabbitMQ", "TEST_BROKER_URL"), ("MongoDB", "TEST_DATABASE_URL")):
            server = found[kind]
            if isinstance(server, TestServer):
                os.environ[variable] = server.url
                os.environ[variable.replace("_URL", "_HOW")] = server.how
        tests.run(*TWO_WORKERS, "-m", NEEDS_SERVER)
    finally:
        for server in found.values():
            if isinstance(server, TestServer):
                server.stop()
    tests.run("-q", "-m", IN_A_BROWSER)
    if not chosen:
        tests.code = subprocess.run([ROOT / "scripts" / "dashboard.sh", "test"]).returncode or tests.code
    verdict = "All passed" if tests.code == 0 else "FAILED"
    print(f"\n{verdict} in {time.monotonic() - started:.0f} s. Servers that took part:")
    lacking = browser.missing()
    seen = f"!!! NOT TESTED in a BROWSER: {lacking}" if lacking else "the dashboard in Chromium"
    print("\n".join(f"  {line}" for line in (*took_part(found, durable), seen)))
    complete = durable is None and all(isinstance(server, TestServer) for server in found.values())
    return tests.code if complete or not os.environ.get("CI") else tests.code or 1


def took_part(found: dict[str, TestServer | Missing], durable: str | None) -> list[str]:
    lines = ["embedded broker and database (SQLite)"]
    for kind, server in found.items():
        if isinstance(server, TestServer):
            lines.append(f"{server.kind} {server.version}, {server.how}")
        else:
            lines.append(f"!!! NOT TESTED against {kind.upper()}: {server.reason}")
    if durable is None:
        return [*lines, f"mongodb that is killed, and the contract suite once more: {secantus.NAME}"]
    return [*lines, f"!!! NOT TESTED with a killed MONGODB: {durable}"]


if __name__ == "__main__":
    sys.exit(main())
