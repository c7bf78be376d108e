"""Whether containers can be started here."""

from __future__ import annotations

import subprocess

from testkit.servers.found import Missing

NO_ENGINE = Missing("no Docker engine answers")


def engine_answers() -> bool:
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=10, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
