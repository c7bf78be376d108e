"""The installation's secrets in embedded mode: made once, kept in the data folder, the same at every start."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

FILE = "credentials.json"


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
    if not all(isinstance(kept.get(name), str) for name in ("secret_key", "admin_token")):
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
