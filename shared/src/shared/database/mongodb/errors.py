"""What goes wrong at MongoDB, in our words: no driver exception leaves the adapter.

A write that ends in `StoreUnavailable` may have happened all the same (the answer got lost): whoever asked reads again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

from bson.errors import BSONError
from pymongo.errors import DocumentTooLarge, DuplicateKeyError, OperationFailure, PyMongoError

from shared.errors import Conflict, ParleyError, StoreUnavailable, TooLarge

DUPLICATE_KEY = 11000
_INDEX_CONFLICTS = {85, 86}  # IndexOptionsConflict, IndexKeySpecsConflict


@contextmanager
def translated() -> Generator[None]:
    """Let nothing of the driver's out but `DuplicateKeyError`, which is an answer and not a failure.

    A cancellation that the driver lost is raised all the same: it sends through `asyncio.wait_for`, which before Python
    3.12 forgets one that comes in the very moment its work is done. A service that is told to stop would not.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    try:
        yield
    except DuplicateKeyError:
        raise
    except (PyMongoError, BSONError, OSError) as error:
        if task and task.cancelling() > before:
            raise asyncio.CancelledError from error
        raise _ours(error) from error
    if task and task.cancelling() > before:
        raise asyncio.CancelledError


def _ours(error: Exception) -> ParleyError:
    if isinstance(error, DocumentTooLarge):
        return TooLarge("document_too_large", "MongoDB refuses a document of this size. Keep less in one document.")
    if isinstance(error, OperationFailure) and error.code in _INDEX_CONFLICTS:
        detail = "An index of this name exists with another definition. Drop or rename it by hand: a migration."
        return Conflict("index_conflict", f"{detail} {_first_line(error)}")
    return StoreUnavailable("store_unavailable", f"MongoDB: {type(error).__name__}: {_first_line(error)}")


def _first_line(error: Exception) -> str:
    """Drivers append whole topologies and server answers; those may hold what was written."""
    return str(error).split(", full error:")[0].split(", Timeout:")[0][:300]
