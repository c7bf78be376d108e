"""The one file of an upload form. It is small, so it is read whole; what is larger is refused while it arrives."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from fastapi import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser
from multipart import parse_options_header as _parse  # pyright: ignore[reportUnknownVariableType] - it has no types

from conversation.domain.media.outbound import MOST_BYTES
from shared.errors import Invalid, Malformed, TooLarge
from shared.files.streamed_body import streamed_body

_MOST_AROUND_IT = 64 * 1024
_MOST_PARTS, _LONGEST_NAME, _LONGEST_TYPE = 20, 200, 100
_options: Callable[[str], tuple[str, dict[str, str]]] = cast("Any", _parse)


@dataclass(frozen=True)
class UploadedFile:
    content: bytes
    content_type: str
    """As the sender says."""
    name: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


async def uploaded_file(request: Request) -> UploadedFile:
    """The part named `file`. Raises `Invalid`, `Malformed` or `TooLarge("file_too_large")`."""
    kind, options = _options(request.headers.get("content-type", ""))
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not 1 <= len(boundary) <= _MOST_PARTS * 10:
        raise Invalid("not_multipart", "Send the file as multipart/form-data, in a part named `file`.")
    found: UploadedFile | None = None
    try:
        parser = PushMultipartParser(boundary, max_segment_count=_MOST_PARTS)
        part: MultipartSegment | None = None
        content = bytearray()
        async for piece in streamed_body(request, MOST_BYTES + _MOST_AROUND_IT):
            for event in parser.parse(piece):
                if isinstance(event, MultipartSegment):
                    part, content = event, bytearray()
                elif event is not None:
                    content += event
                elif part is not None and part.name == "file":
                    if found is not None:
                        raise Invalid("several_files", "Upload one file at a time.")
                    found = _file(part, bytes(content))
        parser.close()  # raises if the end is missing
    except (MultipartError, UnicodeError) as error:
        raise Malformed("malformed", f"The multipart body is malformed: {error}.") from None
    if found is None:
        raise Invalid("no_file", "The form has no part named `file`.")
    return found


def _file(part: MultipartSegment, content: bytes) -> UploadedFile:
    if len(content) > MOST_BYTES:
        raise TooLarge("file_too_large", f"The file has more than {MOST_BYTES:,} bytes, the most that carriers take.")
    if not content:
        raise Invalid("file_empty", "The file is empty.")
    name = (part.filename or "").replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in name if sign.isprintable())[:_LONGEST_NAME].strip()
    return UploadedFile(content, (part.content_type or "")[:_LONGEST_TYPE], plain)
