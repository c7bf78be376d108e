"""`make test`: two lanes side by side. One has everything that needs no server; the other the RabbitMQ and MongoDB
suites against what can be had, then the front desk's day in Chromium, then the dashboard's own tests. Tests on servers
wait for them much of their time, and the first lane uses the processor meanwhile.

What the second lane says goes to a file meanwhile, and is printed when both have ended. The last lines name the servers
and versions that took part, and say loudly what was missing.
`make test ARGS="--repeat 20 -k name"` runs the chosen tests twenty times and ends at the first failure.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import IO

from testkit import browser
from testkit.servers import mongodb, rabbitmq, secantus
from testkit.servers.found import Missing, TestServer

NOTHING_SELECTED = 5
NEEDS_SERVER = "rabbitmq or mongodb or servers"
IN_A_BROWSER = "browser"
ROOT = Path(__file__).parents[1]
ASIDE = ROOT / ".tools/test-on-servers.log"
TWO_WORKERS = ("-q", "-n", "2", "--dist", "loadgroup")


class Tests:
    """Runs of pytest with the caller's own arguments added to each."""

    def __init__(self, chosen: list[str], repeat: int, output: IO[bytes] | None = None) -> None:
        self.chosen = chosen
        self._repeat = repeat
        self._output = output
        self.code = 0

    def run(self, *arguments: str, **environment: str) -> None:
        for _ in range(self._repeat):
            code = self.call(sys.executable, "-m", "pytest", *arguments, *self.chosen, **environment)
            # With arguments a run may have nothing to do.
            self.code = self.code or (0 if self.chosen and code == NOTHING_SELECTED else code)
            if self.code and self._repeat > 1:
                return

    def dashboard(self) -> None:
        """Its own tests, where nothing else was chosen."""
        if not self.chosen:
            self.code = self.call(str(ROOT / "scripts" / "dashboard.sh"), "test") or self.code

    def call(self, *command: str, **environment: str) -> int:
        said = f"\n$ {' '.join(command[2:] if command[0] == sys.executable else command)}\n"
        if self._output is None:
            print(said, end="", flush=True)
        else:
            self._output.write(said.encode())
        done = subprocess.run(command, stdout=self._output, stderr=self._output, env=os.environ | environment)
        return done.returncode


class OnServers:
    """The second lane, and what it found to run against."""

    def __init__(self, tests: Tests) -> None:
        self._tests = tests
        self.durable: str | None = None
        """Why there is no durable stand-in; None if there is one."""
        self.found: dict[str, TestServer | Missing] = {}
        self.seconds = 0.0

    def run(self) -> None:
        started = time.monotonic()
        self.durable = secantus.install()
        self.found = {"RabbitMQ": rabbitmq.acquire(), "MongoDB": mongodb.acquire()}
        servers = {kind: server for kind, server in self.found.items() if isinstance(server, TestServer)}
        environment: dict[str, str] = {}
        for kind, variable in (("RabbitMQ", "TEST_BROKER"), ("MongoDB", "TEST_DATABASE")):
            if server := servers.get(kind):
                environment |= {f"{variable}_URL": server.url, f"{variable}_HOW": server.how}
        try:
            self._tests.run(*TWO_WORKERS, "-m", NEEDS_SERVER, **environment)
        finally:
            for server in servers.values():
                server.stop()
        # Where nothing was chosen, only its folder: to find all tests takes a quarter of a minute.
        self._tests.run("-q", "-m", IN_A_BROWSER, *([] if self._tests.chosen else ["tests/browser"]))
        self._tests.dashboard()
        self.seconds = time.monotonic() - started


def main() -> int:
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--repeat", type=int, default=1)
    given, chosen = options.parse_known_args()
    started = time.monotonic()
    ASIDE.parent.mkdir(exist_ok=True)
    print(f"The lane on servers and in the browser writes to {ASIDE.relative_to(ROOT)}", flush=True)
    with ASIDE.open("w+b", buffering=0) as output, ThreadPoolExecutor() as lanes:
        here, aside = Tests(chosen, given.repeat), Tests(chosen, given.repeat, output)
        servers = OnServers(aside)
        lane = lanes.submit(servers.run)
        here.run(*TWO_WORKERS, "-m", f"not ({NEEDS_SERVER} or {IN_A_BROWSER})")
        first = time.monotonic() - started
        wait([lane])
        output.seek(0)
        shutil.copyfileobj(output, sys.stdout.buffer)
        sys.stdout.flush()
        lane.result()  # raises what ended it
    code, whole = here.code or aside.code, time.monotonic() - started
    print(f"\n{'FAILED' if code else 'All passed'} in {whole:.0f} s ({first:.0f} s without servers, beside it "
          f"{servers.seconds:.0f} s on servers and in the browser). Servers that took part:")  # fmt: skip
    lacking = browser.missing()
    seen = f"!!! NOT TESTED in a BROWSER: {lacking}" if lacking else "the dashboard in Chromium"
    print("\n".join(f"  {line}" for line in (*took_part(servers.found, servers.durable), seen)))
    complete = servers.durable is None and all(isinstance(one, TestServer) for one in servers.found.values())
    return code if complete or not os.environ.get("CI") else code or 1


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
