"""`make test`: first everything that needs no server, then the RabbitMQ and MongoDB suites against what can be had.

The last lines name the servers and versions that took part, and say loudly what was missing.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from testkit import mongo_server, rabbitmq_server
from testkit.servers import TestServer

NOTHING_SELECTED = 5
NEEDS_SERVER = "rabbitmq or mongodb or servers"


def pytest(*arguments: str) -> int:
    print(f"\n$ pytest {' '.join(arguments)}", flush=True)
    code = subprocess.run([sys.executable, "-m", "pytest", *arguments, *sys.argv[1:]]).returncode
    chosen = len(sys.argv) > 1  # then one of the two halves may have nothing to run
    return 0 if chosen and code == NOTHING_SELECTED else code


def main() -> int:
    started = time.monotonic()
    code = pytest("-q", "-n", "2", "--dist", "loadgroup", "-m", f"not ({NEEDS_SERVER})")
    found = {"RabbitMQ": rabbitmq_server.acquire(), "MongoDB": mongo_server.acquire()}
    try:
        for kind, variable in (("RabbitMQ", "TEST_BROKER_URL"), ("MongoDB", "TEST_DATABASE_URL")):
            server = found[kind]
            if isinstance(server, TestServer):
                os.environ[variable] = server.url
        code = pytest("-q", "-m", NEEDS_SERVER) or code
    finally:
        for server in found.values():
            if isinstance(server, TestServer):
                server.stop()
    print(f"\n{'All passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s. Servers that took part:")
    print("  embedded broker and database (SQLite)")
    missing = False
    for kind, server in found.items():
        if isinstance(server, TestServer):
            print(f"  {server.kind} {server.version}, {server.how}")
        else:
            missing = True
            print(f"  !!! NOT TESTED against {kind.upper()}: {server.reason}")
    return 1 if missing and os.environ.get("CI") else code


if __name__ == "__main__":
    sys.exit(main())
