"""The content decides what a picture or file is, never its name; and only what carriers deliver is taken."""

from __future__ import annotations

import pytest

from conversation.domain.media.byte_range import Span, span_of
from conversation.domain.media.types import found_type, named
from conversation.domain.media.words import attached
from conversation.domain.thread.model import MessageMedia

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"
THREE_GP = b"\x00\x00\x00\x1cftyp3gp4\x00\x00\x00\x00"


@pytest.mark.parametrize(
    ("content", "declared", "found"),
    [
        (JPEG, "image/jpeg", "image/jpeg"),
        (JPEG, "image/png", "image/jpeg"),
        (JPEG, "", "image/jpeg"),
        (JPEG, "application/octet-stream", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n....", "image/png", "image/png"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp", "image/webp"),
        (b"BM\x00\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00", "image/bmp", "image/bmp"),
        (HEIC, "image/heic", "image/heic"),
        (THREE_GP, "video/3gpp", "video/3gpp"),
        (THREE_GP, "audio/3gpp", "audio/3gpp"),
        (b"#!AMR\n\x0c", "audio/amr", "audio/amr"),
        (b"ID3\x03\x00", "audio/mp3", "audio/mpeg"),
        (b"OggS\x00\x02", "application/ogg", "audio/ogg"),
        (b"%PDF-1.7\n", "application/pdf", "application/pdf"),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\n", "text/x-vcard", "text/vcard"),
        (b"\xef\xbb\xbfbegin:vcalendar\n", "text/calendar; charset=utf-8", "text/calendar"),
        ("Grüße".encode(), "text/plain", "text/plain"),
    ],
)
def test_the_first_bytes_say_what_it_is(content: bytes, declared: str, found: str) -> None:
    taken = found_type(content, declared)
    assert taken is not None
    assert taken.content_type == found


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (b"<!doctype html><script>alert(1)</script>", "image/png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "image/svg+xml"),
        (b"<html>", "text/html"),
        (b"<html>", ""),
        (b"%PDF-1.7\n", "image/jpeg"),
        (JPEG, "application/pdf"),
        (JPEG, "text/plain"),
        (b"PK\x03\x04", "application/zip"),
        (b"MZ\x90\x00", "image/jpeg"),
        (b"\x00binary\x01", "text/plain"),
        (b"", "image/png"),
        (b"", "text/plain"),
        (b"\xff", "audio/mpeg"),
    ],
)
def test_what_is_no_such_thing_is_not_taken(content: bytes, declared: str) -> None:
    assert found_type(content, declared) is None


def test_a_type_has_one_name() -> None:
    assert named("Image/JPG; name=a.jpg") == "image/jpeg"
    assert named("") == ""


def media(content_type: str, size: int | None = None, **more: str) -> MessageMedia:
    return MessageMedia.read(
        {"id": "med_1", "url": "https://x.test/a", "content_type": content_type, "size": size, **more}
    )


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ([], ""),
        ([media("image/png", 48_213)], "[attached: photo (48 kB)]"),
        ([media("image/png", 900_000), media("image/jpeg", 340_000)], "[attached: 2 photos (1.2 MB)]"),
        ([media("image/png"), media("application/pdf", 10)], "[attached: photo (size unknown), PDF (1 kB)]"),
        ([media("text/calendar", 5), media("text/x-vcalendar", 5)], "[attached: 2 calendar entries (1 kB)]"),
        ([media("image/png", state="missing")], "[attached: photo (could not be loaded)]"),
        ([media("application/zip", 1)], "[attached: file (1 kB)]"),
    ],
)
def test_an_assistant_reads_in_words_what_came(sent: list[MessageMedia], told: str) -> None:
    assert attached(sent) == told


@pytest.mark.parametrize(
    ("header", "span"),
    [
        (None, None),
        ("bytes=0-99", Span(0, 99)),
        ("bytes=900-", Span(900, 999)),
        ("bytes=-10", Span(990, 999)),
        ("bytes=-5000", Span(0, 999)),
        ("bytes=990-5000", Span(990, 999)),
        ("bytes=5-4", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("rows=1-2", None),
        ("bytes=" + "9" * 400 + "-", None),
    ],
)
def test_a_range_is_read(header: str | None, span: Span | None) -> None:
    assert span_of(header, 1000) == span


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=2000-3000", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(header: str) -> None:
    with pytest.raises(ValueError):
        span_of(header, 1000)
