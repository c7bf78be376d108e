"""Imports the packages whose names are also folders here, before pytest takes the folder for the package."""

import sandbox
import shared

__all__ = ["sandbox", "shared"]

pytest_plugins = ["shared.testing.plugin"]
