"""Answers with the content of a picture or file, so that nothing in it can run.

It was written by a customer. The type is the one that its content shows (`domain/media/types.py`); browsers are not to
guess another (`nosniff`), and what they open by itself has no rights (`sandbox`). Only pictures, film and sound are
shown in their place.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from conversation.domain.media.byte_range import Span, span_of
from conversation.domain.media.item import MediaItem
from conversation.media.store import MediaStore
from shared.errors import NotFound, Unavailable
from shared.files import CHUNK_BYTES, StoredFile
from shared.http.app import problem

_PRIVATE_SECONDS = 3600
_SAFE = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; img-src 'self'; media-src 'self'; sandbox",
    "referrer-policy": "no-referrer",
    "accept-ranges": "bytes",
}
_AWAITED_SECONDS = 2.0


async def content_of(request: Request, store: MediaStore, item: MediaItem, *, is_public: bool) -> Response:
    """Whole or the part that is asked for; without a body for HEAD.

    Raises `NotFound("media_missing")`, or `Unavailable("media_awaited")` while it is being loaded.
    """
    _require_stored(item)
    file = await store.file_of(item)
    headers = _headers(item, file, is_public=is_public)
    if request.headers.get("if-none-match") in (headers["etag"], "*"):
        return Response(status_code=304, headers=headers)
    try:
        span = span_of(_wanted_range(request, headers["etag"]), file.size)
    except ValueError:
        beyond = problem(416, "range_beyond_end", f"it has {file.size} bytes; ask for earlier ones")
        beyond.headers["content-range"] = f"bytes */{file.size}"
        return beyond
    return await _answer(request.method, store, file, span, headers | {"content-type": _content_type(item)})


def _require_stored(item: MediaItem) -> None:
    if item.state == "awaited":
        raise Unavailable(
            "media_awaited", "this is being fetched from the carrier; try again shortly", _AWAITED_SECONDS
        )
    if item.state == "missing":
        raise NotFound("media_missing", f"this could not be fetched from the carrier: {item.reason}")


async def _answer(
    method: str, store: MediaStore, file: StoredFile, span: Span | None, headers: dict[str, str]
) -> Response:
    part = span or Span(0, file.size - 1)
    headers |= {"content-length": str(part.size)}
    if span:
        headers |= {"content-range": f"bytes {span.first}-{span.last}/{file.size}"}
    status = 206 if span else 200
    if method == "HEAD":
        return Response(status_code=status, headers=headers)
    first = await store.files.chunk(
        file, part.first // CHUNK_BYTES
    )  # what is not there is said before the answer begins
    return StreamingResponse(_pieces(store, file, part, first), status, headers)


async def _pieces(store: MediaStore, file: StoredFile, part: Span, first: bytes) -> AsyncIterator[bytes]:
    at, piece = part.first, first[part.first % CHUNK_BYTES :]
    while True:
        piece = piece[: part.last - at + 1]
        yield piece
        at += len(piece)
        if at > part.last:
            return
        piece = await store.files.chunk(file, at // CHUNK_BYTES)


def _wanted_range(request: Request, etag: str) -> str | None:
    """Of something that has changed since, everything. Nothing here changes, but a client may name another."""
    unless = request.headers.get("if-range")
    return request.headers.get("range") if unless in (None, etag) else None


def _headers(item: MediaItem, file: StoredFile, *, is_public: bool) -> dict[str, str]:
    form = "inline" if item.type.inline else "attachment"
    name = quote(item.file_name or f"{item.type.kind.replace(' ', '-')}.{item.type.ending}", safe="")
    return {
        **_SAFE,
        "etag": f'"{file.sha256[:32]}"',
        "cache-control": f"private, max-age={_PRIVATE_SECONDS}",
        "vary": "authorization, cookie",
        "content-disposition": f"{form}; filename*=UTF-8''{name}",
        "cross-origin-resource-policy": "cross-origin" if is_public else "same-origin",
    }


def _content_type(item: MediaItem) -> str:
    content_type = item.type.content_type
    return f"{content_type}; charset=utf-8" if content_type.startswith("text/") else content_type
