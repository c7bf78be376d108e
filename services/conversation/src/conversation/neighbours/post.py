"""One request of a neighbour, read within its limits: a JSON body as it is, a form field by field without its files."""

from __future__ import annotations

import asyncio
import codecs
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl

from multipart import MultipartError, MultipartSegment, PushMultipartParser
from multipart import parse_options_header as _parse  # pyright: ignore[reportUnknownVariableType] - it has no types
from starlette.requests import ClientDisconnect, Request

from shared.errors import Malformed
from shared.files.streamed_body import streamed_body

MOST_FORM_BYTES = 4 * 1024 * 1024
"""Of a form without files."""
MOST_FIELD_BYTES = 256 * 1024
"""Of a field; the rest of it is not read. A person's words stand at its beginning."""
MOST_KEPT_BYTES = 2 * 1024 * 1024
_MOST_PARTS = 200
_NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})
"""Codecs of Python's that no mail is written in. The sender of a mail names its charset, and punycode takes time with
the square of the length."""
_BODY_SECONDS = 60.0
_options: Callable[[str], tuple[str, dict[str, str]]] = cast("Any", _parse)


@dataclass
class Post:
    headers: Mapping[str, str]
    """By lower-case name."""
    raw: bytes = b""
    """Of a body that is no multipart form."""
    fields: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """Of a form. Neighbours name them; the names never become keys of a document."""
    files: int = 0
    digest: bytes = b""
    """SHA-256 of what SendGrid signs: its timestamp header, then the body."""

    def text(self, name: str, charset: str = "utf-8") -> str:
        """Half surrogate pairs, which some charsets can express, become `?`: no event could carry them."""
        raw, codec = self.fields.get(name, b""), codec_of(charset)
        try:
            return raw.decode(codec, errors="replace").encode("utf-8", "replace").decode()
        except UnicodeError:  # a codec that cannot replace what it does not know
            return raw.decode(errors="replace")


def codec_of(charset: str) -> str:
    """UTF-8 for a charset that is unknown or that no mail is written in."""
    try:
        codec = codecs.lookup(charset).name
    except (LookupError, ValueError):  # ValueError: of a zero byte in the name
        return "utf-8"
    return "utf-8" if codec.replace("-", "_") in _NO_CHARSETS else codec


async def read_post(request: Request, most_bytes: int, stamp: str) -> Post:
    """`stamp` is the header that is signed in front of the body. Raises `Malformed`, `TooLarge`."""
    kind, options = _options(request.headers.get("content-type", "")[:500])
    post = Post(headers={name.lower(): value for name, value in request.headers.items()})
    seen = hashlib.sha256(post.headers.get(stamp, "").encode())
    is_form = kind == "application/x-www-form-urlencoded"
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            if kind == "multipart/form-data":
                await _read_parts(request, _Parts(post, options.get("boundary", "")), most_bytes, seen.update)
            else:
                await _read_whole(
                    request, post, min(most_bytes, MOST_FORM_BYTES) if is_form else most_bytes, seen.update
                )
    except TimeoutError:
        raise Malformed("body_too_slow", f"the body did not arrive within {_BODY_SECONDS:.0f} s") from None
    except ClientDisconnect:
        raise Malformed("body_incomplete", "the connection ended before the body did") from None
    if is_form:
        post.fields = _form_fields(post.raw)
    post.digest = seen.digest()
    return post


async def _read_whole(request: Request, post: Post, most_bytes: int, see: Callable[[bytes], None]) -> None:
    content = bytearray()
    async for piece in streamed_body(request, most_bytes):
        see(piece)
        content += piece
    post.raw = bytes(content)


async def _read_parts(request: Request, parts: _Parts, most_bytes: int, see: Callable[[bytes], None]) -> None:
    if not 1 <= len(parts.boundary) <= 200:
        raise Malformed("malformed", "the multipart body names no boundary")
    try:
        parser = PushMultipartParser(parts.boundary, max_segment_count=_MOST_PARTS)
        async for piece in streamed_body(request, most_bytes):
            see(piece)
            for event in parser.parse(piece):
                parts.take(event)
        parser.close()  # raises if the end is missing
    except (MultipartError, UnicodeError) as error:
        raise Malformed("malformed", f"the multipart body is malformed: {error}") from None


class _Parts:
    """Keeps the fields of a multipart form as they come, and counts its files."""

    def __init__(self, post: Post, boundary: str) -> None:
        self.boundary = boundary
        self._post = post
        self._name: str | None = None
        self._content = bytearray()
        self._kept = 0

    def take(self, event: MultipartSegment | bytes | bytearray | None) -> None:
        if isinstance(event, MultipartSegment):
            self._post.files += event.filename is not None
            self._name, self._content = None if event.filename is not None else event.name, bytearray()
        elif self._name is None:
            return
        elif event is None:
            self._post.fields.setdefault(self._name, bytes(self._content))
        else:
            room = min(MOST_FIELD_BYTES - len(self._content), MOST_KEPT_BYTES - self._kept)
            self._content += event[: max(room, 0)]
            self._kept += min(len(event), max(room, 0))


def _form_fields(raw: bytes) -> dict[str, bytes]:
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, max_num_fields=_MOST_PARTS)
    except ValueError:
        raise Malformed("malformed", f"the form has more than {_MOST_PARTS} fields") from None
    fields: dict[str, bytes] = {}
    for name, value in pairs:
        fields.setdefault(name.decode(errors="replace"), value[:MOST_FIELD_BYTES])
    return fields
