"""Takes the file of an import, and notes while it comes whether all of it is UTF-8."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from campaigns.imports.domain.format import Seen
from campaigns.imports.domain.rows import visible
from campaigns.imports.reading.encoding import Utf8Check
from shared.files import FileStore, StoredFile, uploads

MOST_BYTES = 512 * 1024**2


@dataclass
class Upload:
    file: StoredFile
    file_name: str
    seen: Seen
    fields: dict[str, str]


async def take_upload(request: Request, files: FileStore, tenant_id: str) -> Upload:
    """The part `file`, stored, and the other parts as text. Raises `Invalid`, `Malformed`, `TooLarge`; then nothing
    stays."""
    check = Utf8Check()
    taken = await uploads.take_upload(request, files, tenant_id, uploads.Form(MOST_BYTES, check.feed))
    check.finish()
    seen = Seen(utf8=check.valid, high=bytes(check.high))
    return Upload(taken.file, visible(taken.file_name) or "file", seen, taken.fields)
