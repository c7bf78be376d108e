"""The installation's secrets in embedded mode: made once, kept in the data folder, the same at every start."""

from __future__ import annotations

import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from shared.settings import EMBEDDED, PlatformSettings

FILE = "credentials.json"
_SECRETS = ("secret_key", "admin_token")


def with_secrets(settings: PlatformSettings, folder: Path) -> tuple[PlatformSettings, str]:
    """Settings in which nothing is missing, and where the secrets came from, for people.

    Generated ones fill what was not given, in embedded mode only: servers are shared, so their secrets must be.
    """
    missing = [name for name in _SECRETS if not getattr(settings, name).get_secret_value()]
    given = " and ".join(name.upper() for name in _SECRETS if name not in missing)
    if not missing:
        return settings, f"{given}, as you set them"
    if not settings.database_url.startswith(EMBEDDED):
        sys.exit("With a database server, set SECRET_KEY and ADMIN_TOKEN yourself (32 characters or more each).")
    kept = load_or_create(folder)
    filled = settings.model_copy(update={name: SecretStr(kept[name]) for name in missing})
    return filled, str((folder / FILE).resolve()) + (f"; {given}, as you set it" if given else "")


def load_or_create(folder: Path) -> dict[str, str]:
    """`secret_key` and `admin_token`, readable by the owner alone. Raises SystemExit if the file is damaged."""
    path = folder / FILE
    try:
        kept: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return _create(path)
    except (OSError, ValueError) as error:
        raise SystemExit(
            f"{path} cannot be read ({error}). Mend it or restore a copy: without it nobody can sign in."
        ) from None
    if not all(isinstance(kept.get(name), str) for name in _SECRETS):
        raise SystemExit(f"{path} lacks secret_key or admin_token. Restore a copy: without them nobody can sign in.")
    return kept


def _create(path: Path) -> dict[str, str]:
    made = {"secret_key": secrets.token_urlsafe(48), "admin_token": secrets.token_urlsafe(32)}
    fresh = path.with_suffix(".new")
    # Written whole and synced before it gets its name: a crash leaves either no file or a good one.
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(made, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    return made
