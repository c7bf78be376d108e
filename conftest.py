"""Imports the packages whose names are also folders here, before pytest takes the folder for the package."""

from hypothesis import settings

import sandbox
import shared

__all__ = ["sandbox", "shared"]

pytest_plugins = ["shared.testing.plugin"]

# Examples are judged by what they show, never by how long a busy machine takes for one.
settings.register_profile("parley", settings(), deadline=None)
settings.load_profile("parley")
