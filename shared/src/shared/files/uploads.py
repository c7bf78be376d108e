"""Takes a multipart upload as a stream: the file goes to the file store piece by piece, small form fields are kept.

Starlette's own form parser writes the file to the disk first. This one (`multipart`, without dependencies) gives the
pieces as they come; 50 MB take it 40 ms.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, cast

from multipart import MultipartError, MultipartSegment, PushMultipartParser
from multipart import parse_options_header as _parse  # pyright: ignore[reportUnknownVariableType] - it has no types
from starlette.requests import Request

from shared.errors import Invalid, Malformed
from shared.files.store import FileStore, StoredFile
from shared.files.streamed_body import streamed_body

_FIELD_BYTES = 64 * 1024
_MOST_PARTS = 20

_options: Callable[[str], tuple[str, dict[str, str]]] = cast("Any", _parse)
Event = MultipartSegment | bytes | bytearray | None
"""A part begins, a piece of it, it ends."""


@dataclass(frozen=True)
class Form:
    """What is taken. `see` is shown every piece of the file as it comes; what it raises ends the upload."""

    most_bytes: int
    see: Callable[[bytes], None] = lambda _piece: None


@dataclass
class Upload:
    """`file_name` is the last part of what the browser sent, unchecked and at most 200 characters."""

    file: StoredFile
    file_name: str
    content_type: str
    fields: dict[str, str] = field(default_factory=dict[str, str])


async def take_upload(request: Request, files: FileStore, tenant_id: str, form: Form) -> Upload:
    """The part `file`, stored, and the other parts as text. Raises `Invalid`, `Malformed`, `TooLarge`; then nothing
    stays."""
    events = _events(request, form.most_bytes)
    fields: dict[str, str] = {}
    upload: Upload | None = None
    try:
        async for event in events:
            if not isinstance(event, MultipartSegment):
                continue
            name = event.name or ""
            if name != "file":
                fields[name] = await _text(events, name)
            elif upload is None:
                file = await files.write(tenant_id, _seen(events, form), limit=form.most_bytes)
                upload = Upload(file, _last_part(event.filename), event.content_type or "")
            else:
                raise Invalid("several_files", "Upload one file at a time.")
    except BaseException:
        if upload is not None:
            await files.delete(tenant_id, upload.file.id)
        raise
    if upload is None:
        raise Invalid("no_file", "The form has no part named `file`.")
    upload.fields = fields
    return upload


def is_multipart(request: Request) -> bool:
    return _options(request.headers.get("content-type", ""))[0] == "multipart/form-data"


def _last_part(path: str | None) -> str:
    return (path or "").replace("\\", "/").rpartition("/")[2][:200]


async def _seen(events: AsyncIterator[Event], form: Form) -> AsyncIterator[bytes]:
    async for piece in _pieces(events):
        form.see(piece)
        yield piece


async def _text(events: AsyncIterator[Event], name: str) -> str:
    content = bytearray()
    async for piece in _pieces(events):
        content += piece
        if len(content) > _FIELD_BYTES:
            raise Invalid("field_too_large", f"The form field {name[:60]!r} has more than 64 KiB.")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Malformed("malformed", f"The form field {name[:60]!r} is not UTF-8.") from None


async def _pieces(events: AsyncIterator[Event]) -> AsyncIterator[bytes]:
    """Of the part that has begun, until it ends."""
    async for event in events:
        if event is None:
            return
        if isinstance(event, MultipartSegment):
            break
        yield bytes(event)


async def _events(request: Request, most_bytes: int) -> AsyncGenerator[Event]:
    kind, options = _options(request.headers.get("content-type", ""))
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not 1 <= len(boundary) <= 200:
        raise Invalid("not_multipart", "Send the file as multipart/form-data, in a part named `file`.")
    try:
        parser = PushMultipartParser(boundary, max_segment_count=_MOST_PARTS)
        async for piece in streamed_body(request, most_bytes + 1024**2):
            for event in parser.parse(piece):
                yield event
        parser.close()  # raises if the end is missing
    except (MultipartError, UnicodeError) as error:
        raise Malformed("malformed", f"The multipart body is malformed: {error}.") from None
