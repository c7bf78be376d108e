"""The golden samples: events as they were published, frozen. A change that breaks one breaks somebody's program."""

from __future__ import annotations

from types import ModuleType

import pytest

from source_tree import load_script


@pytest.fixture(scope="session")
def event_docs() -> ModuleType:
    return load_script("event_docs")
