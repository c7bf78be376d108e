"""campaigns needs nothing beyond what every service understands."""

from __future__ import annotations

from shared.settings import PlatformSettings


class Settings(PlatformSettings):
    pass
