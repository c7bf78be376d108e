"""Accounts on servers does not start with a door that is open to guessing, or that nobody can open."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

UNREACHABLE = {"BROKER_URL": "amqp://127.0.0.1:1", "DATABASE_URL": "mongodb://127.0.0.1:1", "PORT": "0"}


@pytest.mark.parametrize("token", ["", "a", "thirty-one-characters-long-now!"])
def test_an_admin_token_is_given_and_long_or_nothing_starts(tmp_path: Path, token: str) -> None:
    environment = os.environ | UNREACHABLE | {"SECRET_KEY": "s" * 32, "ADMIN_TOKEN": token}
    ended = subprocess.run(
        [sys.executable, "-m", "accounts"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "ADMIN_TOKEN" in ended.stderr
    assert "32 characters" in ended.stderr
    assert not token or token not in ended.stderr.split() + ended.stdout.split()
