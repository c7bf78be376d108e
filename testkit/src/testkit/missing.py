"""What a test does without something that this machine should have: a loud skip, and a failure in CI."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def missing(kind: str, reason: str) -> NoReturn:
    """Skip, naming what is not there; fail where nothing may be missing."""
    if os.environ.get("CI"):
        pytest.fail(f"{kind} is needed in CI: {reason}", pytrace=False)
    pytest.skip(f"NO {kind.upper()}: {reason}")


def program(name: str, package: str) -> str:
    """Where this program is. `package`: the Debian package that has it."""
    return shutil.which(name) or missing(name, f"apt install {package}")
