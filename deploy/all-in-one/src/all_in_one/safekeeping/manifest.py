"""What a backup says of itself. A folder without it is no backup, or one that did not end."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from shared.data_format.version import DATA_FORMAT
from shared.values import Malformed, Moment, Value

MANIFEST = "manifest.json"
_BLOCK = 1024 * 1024


class BackupFile(Value):
    name: str
    size: int
    sha256: str


class Manifest(Value):
    """`taken_at` is the moment of which the copies are. `secret` names the SECRET_KEY without giving it away."""

    taken_at: Moment
    format: int = DATA_FORMAT
    files: tuple[BackupFile, ...]
    secret: str
    secret_inside: bool
    """False: SECRET_KEY is set in the environment, and is not part of this backup."""


def describe(folder: Path, names: list[str]) -> tuple[BackupFile, ...]:
    return tuple(
        BackupFile(name=name, size=(folder / name).stat().st_size, sha256=_digest(folder / name)) for name in names
    )


def write(folder: Path, manifest: Manifest) -> None:
    (folder / MANIFEST).write_bytes(msgspec.json.format(manifest.encode(), indent=2) + b"\n")


def read(folder: Path) -> Manifest:
    """Raises SystemExit with one sentence."""
    try:
        return Manifest.decode((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise SystemExit(f"{folder} is no backup of Parley: it has no {MANIFEST}.") from None
    except (OSError, Malformed) as error:
        raise SystemExit(f"{folder / MANIFEST} cannot be read: {error}") from None


def verify(folder: Path, manifest: Manifest) -> None:
    """That each file is there as it was written. Raises SystemExit with one sentence."""
    for file in manifest.files:
        path = folder / file.name
        if Path(file.name).is_absolute() or ".." in Path(file.name).parts:
            raise SystemExit(f"{folder / MANIFEST} names a file outside of the backup: {file.name}")
        if not path.is_file() or path.stat().st_size != file.size or _digest(path) != file.sha256:
            raise SystemExit(f"{path} is missing or not as it was written. Use another backup.")


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
