"""campaigns has no settings of its own."""

from __future__ import annotations

from shared.settings import PlatformSettings


class Settings(PlatformSettings):
    pass
