"""Files as people have them: what is read of each, and why it is refused."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from knowledge_files import docx_of, locked, paragraph, pdf_of

from ai_responder.knowledge.domain.blocks import FileKind
from ai_responder.knowledge.reading import docx
from ai_responder.knowledge.reading.content import Content
from ai_responder.knowledge.reading.kind import kind_of
from ai_responder.knowledge.reading.read import read_file
from shared.errors import Invalid

PAGE = ["Opening hours", "We open at seven every day but Monday.", "Cakes to order need two days."]


def texts(content: Content) -> list[str]:
    return [passage.text for passage in content.passages]


def refusal(name: str, content: bytes) -> str:
    """The code with which it is refused; "" if it is read."""
    try:
        read_file(content, kind_of(name, content))
    except Invalid as error:
        return error.code
    return ""


def test_a_pdf_is_read_page_by_page() -> None:
    read = read_file(pdf_of(PAGE, ["Delivery costs 4.50 within the city (Monday to Friday)."]), "pdf")
    assert read.pages == 2
    assert "Cakes to order need two days." in " ".join(texts(read))
    assert "4.50 within the city (Monday to Friday)" in " ".join(texts(read))


def test_a_pdf_that_only_forbids_printing_is_read() -> None:
    """Such a file is encrypted too, with an empty password."""
    assert "open at seven" in " ".join(texts(read_file(locked(pdf_of(PAGE), ""), "pdf")))


def test_a_word_document_keeps_headings_tables_and_what_stands_in_boxes() -> None:
    box = f"<w:p><w:r><w:pict><w:txbxContent>{paragraph('Closed on holidays.')}</w:txbxContent></w:pict></w:r></w:p>"
    form = f"<w:sdt><w:sdtContent>{paragraph('Ask for Ines.')}</w:sdtContent></w:sdt>"
    row = "<w:tr>{}</w:tr>".format("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in ("Flat white", "3.20")))
    struck = "<w:p><w:del><w:r><w:delText>We are closed.</w:delText></w:r></w:del></w:p>"
    body = f"{paragraph('Prices', 'Heading1')}<w:tbl>{row}</w:tbl>{struck}{form}{paragraph('More', 'berschrift2')}{box}"
    read = read_file(docx_of(body), "docx")
    assert [(one.title, one.text) for one in read.passages] == [
        ("Prices", "Flat white | 3.20\nAsk for Ines."),
        ("Prices › More", "Closed on holidays."),
    ]


def test_markdown_keeps_its_words_and_is_cut_at_its_headings() -> None:
    text = "# Cakes\n\nWe bake **to order**.\n\nHours\n-----\nOpen 7 to 15.\n\n```\n# no heading\n```\n"
    read = read_file(text.encode(), "md")
    assert [one.title for one in read.passages] == ["Cakes", "Cakes › Hours"]
    assert "**to order**" in texts(read)[0]
    assert "# no heading" in texts(read)[1]


@pytest.mark.parametrize(
    ("line", "title"), [("## Prices ##  ", "Prices"), ("# C#", "C#"), ("# a # b", "a # b"), ("###\t#x", "#x")]
)
def test_the_signs_that_close_a_heading_are_no_part_of_it(line: str, title: str) -> None:
    assert [one.title for one in read_file(f"{line}\n\nText.\n".encode(), "md").passages] == [title]


@pytest.mark.parametrize("line", ["# ##", "#no blank", "####### seven"])
def test_what_only_looks_like_a_heading_is_text(line: str) -> None:
    assert line in texts(read_file(f"{line}\n\nText.\n".encode(), "md"))[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Öffnungszeiten: täglich".encode("cp1252"), "Öffnungszeiten: täglich"),
        ("Abierto mañana".encode("utf-16"), "Abierto mañana"),
        ("\ufeffOpen\r\nat seven".encode(), "Open\nat seven"),
        ("営業時間は七時から".encode(), "営業時間は七時から"),
        (b"Call us\x00\x01 at noon", None),
        (b"Open at\x0b seven", "Open at seven"),
    ],
)
def test_text_is_read_in_any_encoding(content: bytes, said: str | None) -> None:
    if said is None:
        assert refusal("a.txt", content) == "not_that_kind"
    else:
        assert texts(read_file(content, "txt")) == [said]


def test_rows_of_a_table_carry_their_headers_and_questions_become_pairs() -> None:
    rows = read_file(b"Item;Price;Note\nFlat white;3.20;\nLatte;3.50;oat milk free\n", "csv")
    assert texts(rows) == ["Item: Flat white; Price: 3.20\nItem: Latte; Price: 3.50; Note: oat milk free"]
    pairs = read_file(b'Question,Answer\n"Do you, by chance, park?","Yes,\nbehind the house."\n', "csv")
    assert [(one.title, one.text) for one in pairs.passages] == [("Do you, by chance, park?", "Yes, behind the house.")]


BOMB = f"<w:p><w:r><w:t>{'a' * 3_000_000}</w:t></w:r></w:p>"
ENTITIES = '<!DOCTYPE x [<!ENTITY a "bbbb">]><w:document xmlns:w="w"><w:body>&a;</w:body></w:document>'


def broken_zip() -> bytes:
    return docx_of(paragraph("Open"))[:-40]


def entities() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(docx.BODY, ENTITIES)
    return out.getvalue()


REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("a.pdf", lambda: locked(pdf_of(PAGE), "secret"), "file_encrypted"),
    ("a.pdf", lambda: pdf_of([], []), "no_text"),
    ("a.pdf", lambda: b"%PDF-1.7\n" + b"garbage " * 100, "file_damaged"),
    ("a.pdf", lambda: pdf_of(PAGE)[:200], "file_damaged"),
    ("a.pdf", lambda: b"not a PDF at all", "not_that_kind"),
    ("a.docx", lambda: docx_of(BOMB), "unpacks_to_too_much"),
    ("a.docx", broken_zip, "file_damaged"),
    ("a.docx", entities, "file_damaged"),
    ("a.docx", lambda: docx_of("<w:p><w:r>"), "file_damaged"),
    ("a.docx", lambda: docx_of(f"<w:p>{'<w:r>' * 5_000}{'</w:r>' * 5_000}</w:p>"), "file_damaged"),
    ("a.docx", lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 100, "not_that_kind"),
    ("a.docx", lambda: docx_of(paragraph("x")).replace(b"word/document.xml", b"word/documenu.xml"), "not_that_kind"),
    ("a.txt", lambda: b"\x7fELF" + bytes(range(256)), "not_that_kind"),
    ("a.txt", lambda: b"\x89PNG\r\n\x1a\n", "not_that_kind"),
    ("a.txt", lambda: b"", "file_empty"),
    ("a.md", lambda: b" \n \r\n", "file_empty"),
    ("a.xlsx", lambda: b"PK\x03\x04", "unsupported_file"),
    ("a", lambda: b"Open at seven", "unsupported_file"),
    ("a.txt", lambda: b"words " * 400_000, "too_much_text"),
]


@pytest.mark.parametrize(("name", "made", "code"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(name: str, made: Callable[[], bytes], code: str) -> None:
    assert refusal(name, made()) == code


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["txt", "md", "csv", "docx", "pdf"]))
def test_whatever_the_bytes_a_reader_raises_nothing_but_invalid(content: bytes, kind: FileKind) -> None:
    start = {"pdf": pdf_of(PAGE), "docx": docx_of(paragraph("Open"))}.get(kind, b"")
    for file in (content, start[: len(content) * 2] + content):
        with suppress(Invalid):
            assert read_file(file, kind).passages
