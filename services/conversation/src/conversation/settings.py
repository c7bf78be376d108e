"""Conversation's configuration: nothing of its own yet; tenants' settings come from accounts."""

from __future__ import annotations

from shared.settings import PlatformSettings


class Settings(PlatformSettings):
    """What every process understands."""
