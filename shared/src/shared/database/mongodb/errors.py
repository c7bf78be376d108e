"""Translates the failures of MongoDB into our errors: no driver exception leaves the adapter.

A write that ends in `StoreUnavailable` may have happened anyway, because only the answer was lost; read again to know.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

from bson.errors import BSONError
from pymongo.errors import DocumentTooLarge, DuplicateKeyError, OperationFailure, PyMongoError

from shared.errors import STORE_AWAY, Conflict, ParleyError, StoreUnavailable, TooLarge

DUPLICATE_KEY = 11000
_INDEX_CONFLICTS = {85, 86}  # IndexOptionsConflict, IndexKeySpecsConflict


@contextmanager
def translated() -> Generator[None]:
    """Translate every exception of the driver except `DuplicateKeyError`, which is an answer and not a failure.

    A cancellation that the driver lost is raised again: the driver sends through `asyncio.wait_for`, which before
    Python 3.12 forgets a cancellation that arrives just as its work ends. Without this a service would not stop.
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
        return TooLarge("document_too_large", "This is more than one document can hold. Keep less in it.")
    if isinstance(error, OperationFailure) and error.code in _INDEX_CONFLICTS:
        why = "An index of this name exists with another definition; drop or rename it by hand."
        return Conflict("index_conflict", STORE_AWAY, operator_detail=f"{why} {_first_line(error)}")
    what = f"MongoDB: {type(error).__name__}: {_first_line(error)}"
    return StoreUnavailable("store_unavailable", STORE_AWAY, operator_detail=what)


def _first_line(error: Exception) -> str:
    """Drivers append whole topologies and server answers; those may hold what was written."""
    return str(error).split(", full error:")[0].split(", Timeout:")[0][:300]
