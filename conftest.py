"""Imports the packages whose names are also folders here, before pytest takes the folder for the package."""

import pytest
from hypothesis import settings

import sandbox
import shared
from testkit.marks import STORIES

__all__ = ["sandbox", "shared"]

pytest_plugins = ["testkit.plugin"]

# Examples are judged by what they show, never by how long a busy machine takes for one.
settings.register_profile("parley", settings(), deadline=None)
settings.load_profile("parley")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, or one worker ends long after the other."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    group = item.get_closest_marker("xdist_group")
    if group and STORIES in group.args:
        return 0
    return 1 if item.get_closest_marker("slow") else 2
