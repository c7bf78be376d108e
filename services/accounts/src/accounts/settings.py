"""Accounts needs no variables besides those of every process."""

from __future__ import annotations

from shared.settings import PlatformSettings


class Settings(PlatformSettings):
    """PUBLIC_URL is what webhook addresses begin with; ADMIN_TOKEN opens /api/accounts/tenants…"""
