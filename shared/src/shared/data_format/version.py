"""The version of the data format, stored with the data: a version of Parley that is too old must not touch newer data.

`DATA_FORMAT` is raised when an earlier version could no longer read what this one writes. New collections, fields and
indexes do not raise it: stores grow by themselves (docs/operations.md).
"""

from __future__ import annotations

DATA_FORMAT = 1
"""0 is data from before the format was stored. It is read, and marked with today's format."""


def too_new(where: str, found: int) -> str:
    """One sentence for an operator."""
    return (
        f"{where} was written by a newer version of Parley (data format {found}, this version knows {DATA_FORMAT}). "
        "Start that version again, or restore a backup from before the upgrade into an empty folder or database."
    )
