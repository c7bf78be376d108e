"""Builds small PDF and Word files, good and awkward ones, byte by byte."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from pypdf import PdfReader, PdfWriter
from responder_world import World

from ai_responder.knowledge.domain.blocks import FileKind
from ai_responder.knowledge.reading.content import Content
from ai_responder.knowledge.reading.read import read_file
from ai_responder.knowledge.worker import KnowledgeWorker

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def worker_of(world: World) -> KnowledgeWorker:
    return world.service.tasks["knowledge"].__self__  # type: ignore[attr-defined]


def reads_files_here(world: World) -> World:
    """Files are read in the test's own process: starting one takes longer than all else of a test."""
    worker = worker_of(world)
    worker._parts = replace(worker._parts, read_file=_read_here)
    return world


async def _read_here(pieces: AsyncIterator[bytes], kind: FileKind) -> Content:
    return read_file(b"".join([piece async for piece in pieces]), kind)


def pdf_of(*pages: Sequence[str]) -> bytes:
    """A PDF with these lines on its pages; a page without lines has none, like a scanned one."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids: list[int] = []
    for lines in pages:
        drawn = "\n".join(f"({_escaped(line)}) Tj T*" for line in lines)
        stream = f"BT /F1 11 Tf 14 TL 50 780 Td\n{drawn}\nET".encode("latin-1") if lines else b"0 0 m"
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R "
        objects.append(f"{page}/Resources << /Font << /F1 3 0 R >> >> >>".encode())
        kids.append(len(objects))
    named = " ".join(f"{kid} 0 R" for kid in kids)
    objects[1] = f"<< /Type /Pages /Kids [{named}] /Count {len(kids)} >>".encode()
    return _file(objects)


def locked(pdf: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def docx_of(body: str, **parts: str) -> bytes:
    """A Word document with this XML in its body."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def paragraph(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places: list[int] = []
    for n, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
