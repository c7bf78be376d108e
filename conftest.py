"""Imports the packages whose names are also folders here, before pytest takes the folder for the package."""

import pytest
from hypothesis import settings

import sandbox
import shared

__all__ = ["sandbox", "shared"]

pytest_plugins = ["testkit.plugin"]

# Examples are judged by what they show, never by how long a busy machine takes for one.
settings.register_profile("parley", settings(), deadline=None)
settings.load_profile("parley")


STORIES = "one Parley on servers"
"""The tests that share the session's installation on servers, in one worker: a second one takes its messages."""


@pytest.hookimpl(tryfirst=True)  # before xdist looks for the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, or one worker ends long after the other."""
    for item in items:
        if item.get_closest_marker("servers") and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(STORIES))
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    group = item.get_closest_marker("xdist_group")
    if group and STORIES in group.args:
        return 0
    return 1 if item.get_closest_marker("slow") else 2
