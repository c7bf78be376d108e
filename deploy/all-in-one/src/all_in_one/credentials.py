"""The installation's secrets in embedded mode: made once, kept in the data folder, the same at every start."""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path
from typing import Any, cast

from pydantic import SecretStr

from all_in_one.durable import write_durably
from all_in_one.folder import CREDENTIALS, databases
from shared.settings import EMBEDDED, PlatformSettings

_SECRETS = ("secret_key", "admin_token")


def with_secrets(settings: PlatformSettings, folder: Path) -> tuple[PlatformSettings, str]:
    """Settings with all secrets, and a line for people that says where they came from.

    Missing secrets are generated in embedded mode only: several processes on servers must share the same secrets.
    """
    missing = [name for name in _SECRETS if not getattr(settings, name).get_secret_value()]
    given = " and ".join(name.upper() for name in _SECRETS if name not in missing)
    if not missing:
        return settings, f"{given}, as you set them"
    if not settings.database_url.startswith(EMBEDDED):
        sys.exit("With a database server, set SECRET_KEY and ADMIN_TOKEN yourself (32 characters or more each).")
    if "secret_key" in missing:
        _must_not_be_lost(folder)
    kept = load_or_create(folder)
    filled = settings.model_copy(update={name: SecretStr(kept[name]) for name in missing})
    return filled, str((folder / CREDENTIALS).resolve()) + (f"; {given}, as you set it" if given else "")


def _must_not_be_lost(folder: Path) -> None:
    """A new secret beside old databases would leave every carrier key and login in them unreadable."""
    found = databases(folder)
    if found and not (folder / CREDENTIALS).exists():
        raise SystemExit(
            f"Cannot start: {folder.resolve() / CREDENTIALS} is missing, but {found[0]} beside it holds data sealed "
            "with its secret. Restore the file from a backup, or set SECRET_KEY as it was; to begin anew, use an empty "
            "folder."
        )


def load_or_create(folder: Path) -> dict[str, str]:
    """`secret_key` and `admin_token`, readable by the owner alone. Raises SystemExit if the file is damaged."""
    path = folder / CREDENTIALS
    try:
        kept: Any = json.loads(path.read_text())
    except FileNotFoundError:
        return _create(path)
    except (OSError, ValueError) as error:
        raise SystemExit(f"Cannot start: {path} cannot be read ({error}). Restore it from a backup.") from None
    held = cast("dict[str, Any]", kept) if isinstance(kept, dict) else {}
    if not all(isinstance(held.get(name), str) for name in _SECRETS):
        raise SystemExit(f"Cannot start: {path} lacks secret_key or admin_token. Restore it from a backup.")
    return held


def _create(path: Path) -> dict[str, str]:
    made = {"secret_key": secrets.token_urlsafe(48), "admin_token": secrets.token_urlsafe(32)}
    write_durably(path, json.dumps(made, indent=2))
    return made
