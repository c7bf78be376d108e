"""The Compose file as the specification's own library reads it, with an .env that deploy/write-env.sh wrote."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from testkit.missing import missing

DEPLOY = Path(__file__).parents[1]
NO_GO = 3
Read = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def read_compose(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Reads the file with this profile, and with this settings.env: what `docker compose up` would start."""
    built = subprocess.run([DEPLOY.parent / "scripts/go_tool.sh", "compose-reader"], capture_output=True, text=True)
    if built.returncode == NO_GO:
        missing("Go", built.stderr)
    assert built.returncode == 0, built.stderr
    folder = tmp_path_factory.mktemp("compose")

    def read(profile: str, settings: str = "") -> dict[str, Any]:
        env = folder / f"{profile}.env"
        if not env.exists():
            environment = {"PATH": os.environ["PATH"], "ENV_FILE": str(env)}
            subprocess.run([DEPLOY / "write-env.sh", "sms.example.com", profile], check=True, env=environment)
            with env.open("a") as more:
                more.write("OPENAI_API_KEY=sk-of-a-test\n")
        compose = Path(shutil.copy(DEPLOY / "compose.yaml", folder))
        compose.with_name("settings.env").unlink(missing_ok=True)
        if settings:
            compose.with_name("settings.env").write_text(settings)
        command = [built.stdout.strip(), compose, env]
        answer = subprocess.run(command, capture_output=True, text=True, env={"HOME": str(folder)})
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    return read
