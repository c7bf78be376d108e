"""Configuration: none of its own; tenants' settings come from accounts."""

from __future__ import annotations

from shared.settings import PlatformSettings


class Settings(PlatformSettings):
    """The variables that every service understands."""
