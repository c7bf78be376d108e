"""Imports the packages whose names are also folders here, before pytest takes the folder for the package."""

from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

import sandbox
import shared
from testkit.marks import group_of

__all__ = ["sandbox", "shared"]

pytest_plugins = ["testkit.plugin"]

# Examples are judged by what they show, never by how long a busy machine takes for one.
settings.register_profile("parley", settings(), deadline=None)
settings.load_profile("parley")


class Groups(LoadScopeScheduling):
    """`--dist loadgroup`: tests of one group run in one worker, all others anywhere. xdist's own passes the group in
    the test's id, which this pytest no longer lets it change, so that it groups nothing."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid) or nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Groups | None:
    return Groups(config, log) if config.getoption("dist") == "loadgroup" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, or one worker ends long after the other."""
    items.sort(key=lambda item: (group_of(item.nodeid) is None, item.get_closest_marker("slow") is None))
