"""Which SECRET_KEY a backup belongs to, told without giving it away."""

from __future__ import annotations

from pathlib import Path

from all_in_one.credentials import load_or_create
from all_in_one.folder import CREDENTIALS
from shared.keyring import Keyring
from shared.settings import PlatformSettings


def secret_of(settings: PlatformSettings, data: Path) -> str:
    """The one in use: set in the environment, or kept in the folder; "" if there is none."""
    given = settings.secret_key.get_secret_value()
    if given or not (data / CREDENTIALS).exists():
        return given
    return load_or_create(data)["secret_key"]


def secret_tag(secret: str) -> str:
    """The same for the same secret; says nothing about it."""
    return Keyring(secret).mac("backup", "secret") if secret else ""


def opens(secret: str, tag: str) -> bool:
    """Whether one of these secrets (SECRET_KEY may list several) is the one of the tag."""
    return not tag or (bool(secret) and Keyring(secret).mac_is_valid("backup", "secret", tag))
