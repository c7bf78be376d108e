"""The golden samples: events as they were published, frozen. A change that breaks one breaks somebody's program."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

_ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def event_docs() -> ModuleType:
    """scripts/event_docs.py, which is no package."""
    spec = importlib.util.spec_from_file_location("event_docs", _ROOT / "scripts" / "event_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["event_docs"] = module
    spec.loader.exec_module(module)
    return module
