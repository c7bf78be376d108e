"""Files as people really send them, and what an import must make of each: its rows, or the code of the refusal."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import openpyxl

ANA, BEN = "+13125550123", "+13125550124"
TWO = [(ANA, "Ana"), (BEN, "Ben")]
PLAIN = "Phone,Name\n+13125550123,Ana\n+13125550124,Ben\n"
XLSX = "list.xlsx"


@dataclass(frozen=True)
class Awkward:
    what: str
    content: bytes
    rows: Sequence[tuple[str, str]] = ()
    """Number and name of each recipient."""
    refused: str = ""
    """Code of the refusal at upload."""
    rejected: Sequence[tuple[int, str]] = ()
    """Row and code."""
    file_name: str = "list.csv"
    fields: dict[str, str] = field(default_factory=dict[str, str])
    format: dict[str, Any] = field(default_factory=dict[str, Any])
    own: dict[str, str] = field(default_factory=dict[str, str])
    """Further fields of the first recipient."""


def workbook(*rows: Sequence[Any], sheets: Sequence[str] = ("Sheet1",), hidden: str = "") -> bytes:
    """An .xlsx file; the rows are on the last of these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name in sheets:
        book.create_sheet(name)
    for row in rows:
        book[sheets[-1]].append(list(row))
    if hidden:
        book[hidden].sheet_state = "hidden"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def archive(**parts: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in parts.items():
            made.writestr(name.replace("__", "/"), part)
    return content.getvalue()


def _text(what: str, text: str, encoding: str = "utf-8", **more: Any) -> Awkward:
    return Awkward(what, text.encode(encoding), **{"rows": TWO, **more})


def bomb() -> bytes:
    """A few kilobytes that unpack to 64 MB of one row."""
    return archive(
        **{
            "[Content_Types].xml": b"<Types/>",
            "xl__workbook.xml": b"<workbook/>",
            "xl__worksheets__sheet1.xml": b"<worksheet><sheetData><row>" + b"<c/>" * 16_000_000 + b"</row>",
        }
    )


TEXTS: list[Awkward] = [
    _text("plain", PLAIN, format={"delimiter": ",", "encoding": "utf-8", "has_header": True}),
    _text("UTF-8 with a mark", PLAIN, "utf-8-sig", format={"encoding": "utf-8-sig"}),
    _text("UTF-16 with a mark", PLAIN, "utf-16", format={"encoding": "utf-16"}),
    _text("UTF-16 little endian without a mark", PLAIN, "utf-16-le", format={"encoding": "utf-16-le"}),
    _text("UTF-16 big endian without a mark", PLAIN, "utf-16-be", format={"encoding": "utf-16-be"}),
    _text("UTF-32", PLAIN, "utf-32"),
    _text(
        "cp1252", "Phone;Name\n+13125550123;Señor “Ana” – €\n", "cp1252",
        rows=[(ANA, "Señor “Ana” – €")], format={"encoding": "cp1252", "delimiter": ";"},
    ),
    _text("latin-1", "Phone;Name\n+13125550123;José Muñoz\n", "latin-1", rows=[(ANA, "José Muñoz")]),
    _text(
        "Cyrillic in cp1251", "Phone;Name\n" + "+13125550123;Анастасия Иванова живёт в городе Екатеринбург\n",
        "cp1251", rows=[(ANA, "Анастасия Иванова живёт в городе Екатеринбург")],
    ),
    _text(
        "one letter of cp1252 after a megabyte of ASCII",
        "Phone,Name\n" + "+13125550123,Ana\n" * 70_000 + "+13125550124,Zoë\n", "cp1252",
        rows=[(ANA, "Ana"), (BEN, "Zoë")],
    ),
    _text("semicolons", PLAIN.replace(",", ";")),
    _text("tabs", PLAIN.replace(",", "\t"), file_name="list.tsv", format={"delimiter": "\t"}),
    _text("pipes", PLAIN.replace(",", "|"), file_name="list.txt", format={"delimiter": "|"}),
    _text("carets", PLAIN.replace(",", "^"), format={"delimiter": "^"}),
    _text("sep= line", "sep=;\nPhone;Name\n+13125550123;Ana, B\n+13125550124;Ben, C\n",
          rows=[(ANA, "Ana, B"), (BEN, "Ben, C")], format={"delimiter": ";"}),
    _text("carriage returns only", PLAIN.replace("\n", "\r")),
    _text("Windows line ends", PLAIN.replace("\n", "\r\n")),
    _text("line ends of all kinds", "Phone,Name\r\n+13125550123,Ana\r+13125550124,Ben\n"),
    _text("no line end at the end", PLAIN.rstrip("\n")),
    _text("quoted line ends", 'Phone,Name,Note\n+13125550123,Ana,"first line\nsecond, line"\n+13125550124,Ben,\n',
          own={"note": "first line\nsecond, line"}),
    _text("everything quoted", '"Phone","Name"\n"+13125550123","Ana"\n"+13125550124","Ben"\n'),
    _text("doubled quotes", 'Phone,Name\n+13125550123,"Ana ""A"" B"\n', rows=[(ANA, 'Ana "A" B')]),
    _text("a quote in the middle", 'Phone,Name,Size\n+13125550123,Ana,5" pipe\n+13125550124,Ben,6"\n'),
    _text("a quote that is never closed", 'Phone\tName\tSize\n+13125550123\tAna\t"big\n+13125550124\tBen\t\n'),
    _text("blank lines and cells", "\n\nPhone,Name\n\n+13125550123,Ana\n,\n , \n+13125550124,Ben\n\n"),
    _text("no header", "+13125550123,Ana\n+13125550124,Ben\n", format={"has_header": False}),
    _text("numbers only", "+13125550123\n+13125550124\n", rows=[(ANA, ""), (BEN, "")], file_name="numbers.txt"),
    _text("one column with a header", "Phone\n(312) 555-0123\n312.555.0124\n", rows=[(ANA, ""), (BEN, "")]),
    _text("title rows above", "Customers of spring\nMade by: the shop, 3 May\n\nPhone,Name,City\n+13125550123,Ana,X\n"
          "+13125550124,Ben,Y\n"),
    _text("title rows padded with delimiters",
          "Customers;;\n;;\nPhone;Name;City\n+13125550123;Ana;X\n+13125550124;Ben;\n"),
    _text("a total below", PLAIN.replace("\n", ",x\n") + "Total: 2 customers,,\n", rejected=[(4, "not_a_table_row")]),
    _text("national numbers of the US", "Phone,Name\n(312) 555-0123,Ana\n1-312-555-0124,Ben\n"),
    _text("national numbers of Germany", "Handy;Name\n0171 1234567;Ana\n0172/7654321;Ben\n", fields={"region": "DE"},
          rows=[("+491711234567", "Ana"), ("+491727654321", "Ben")]),
    _text("national numbers of Britain", "Mobile,Name\n07400 123456,Ana\n", fields={"region": "GB"},
          rows=[("+447400123456", "Ana")]),
    _text("national numbers of Spain", "Móvil;Nombre\n612 34 56 78;Ana\n", "cp1252", fields={"region": "ES"},
          rows=[("+34612345678", "Ana")]),
    _text("national numbers of France", "Téléphone portable;Nom;Prénom\n06 12 34 56 78;Durand;Ana\n",
          fields={"region": "FR"}, rows=[("+33612345678", "Ana Durand")], own={"first_name": "Ana"}),
    _text("national numbers of Brazil", "Celular;Nome;Sobrenome\n(11) 96123-4567;Ana;Silva\n", fields={"region": "BR"},
          rows=[("+5511961234567", "Ana Silva")]),
    _text("invisible characters", "\u200bPhone\u200b,Name\n\u202a+1 312 555 0123\u202c,\u2066Ana\u2069\u00ad\n"
          "\u200e3125550124\ufeff,\u00a0Ben\u200b\n"),
    _text("a family emoji stays whole", "Phone,Name\n+13125550123,Ana 👩‍👧\n", rows=[(ANA, "Ana 👩‍👧")]),
    _text("duplicate columns", "Phone,Name,Note,Note\n+13125550123,Ana,a,b\n+13125550124,Ben,,\n",
          own={"note": "a", "note_2": "b"}),
    _text("two phone columns", "Home phone,Mobile,Name\n3125550199,3125550123,Ana\n3125550124,,Ben\n"),
    _text("formulas", 'Phone,Name\n="+13125550123",Ana\n=+13125550124,Ben\n'),
    _text("apostrophes", "Phone,Name\n'+13125550123,Ana\n’13125550124,Ben\n"),
    _text("decimals and lost signs", "Phone,Name\n13125550123.0,Ana\n13125550124,Ben\n"),
    _text("scientific, all digits", "Phone,Name\n3.125550123E+09,Ana\n1.3125550124e+10,Ben\n"),
    _text("scientific, digits lost", PLAIN + "3.13E+09,Cy\n3.12555E+09,Di\n",
          rejected=[(4, "invalid_number"), (5, "invalid_number")]),
    _text("a column that lost its plus", "Phone,Name\n447400123456,Ana\n447400123457,Ben\n447400123458,Cy\n",
          rows=[("+447400123456", "Ana"), ("+447400123457", "Ben"), ("+447400123458", "Cy")]),
    _text("one number too long to be a slip", PLAIN + "4915112345678,Cy\n", rows=[*TWO, ("+4915112345678", "Cy")]),
    _text("a slip of the hand is no foreign number", PLAIN + "31655501234,Cy\n", rejected=[(4, "invalid_number")]),
    _text("what is no number", PLAIN + "n/a,Cy\n,Di\n12345,Ed\n+1 312 555 01,Flo\nabc,Gus\n",
          rejected=[(4, "no_phone_number"), (5, "no_phone_number"), (6, "short_code"), (7, "invalid_number"),
                    (8, "invalid_number")]),
    _text("a name alone is a person without a number", PLAIN.replace("\n", ",x\n") + ",Cy,\n",
          rejected=[(4, "no_phone_number")]),
    _text("a landline", PLAIN + "+49 241 4701,Cy\n", rejected=[(4, "landline")]),
    _text("the same number twice", PLAIN + "(312) 555-0123,Ana again\n", rejected=[(4, "duplicate_in_file")]),
    _text("a comma that is not quoted", PLAIN + "+13125550125,Cy,Inc\n", rejected=[(4, "not_a_table_row")]),
    _text("columns in Portuguese",
          "Telemóvel;Nome completo;Empresa\n+13125550123;Ana;X\n+13125550124;Ben;\n", "cp1252"),
    _text("header that the user denies", "Phone,Name\n+13125550123,Ana\n", fields={"has_header": "false"},
          rows=[(ANA, "Ana")], rejected=[(1, "invalid_number")]),
]  # fmt: skip
BOOKS: list[Awkward] = [
    Awkward("a workbook", workbook(["Phone", "Name"], [ANA, "Ana"], [BEN, "Ben"]), TWO, file_name=XLSX),
    Awkward("numbers as numbers", workbook(["Phone", "Name"], [3125550123, "Ana"], [13125550124.0, "Ben"]), TWO),
    Awkward(
        "title rows, blank rows and a total",
        workbook(
            ["Spring"], [], ["", "Phone", "Name", "Day"], [None, ANA, "Ana", None], [], [None, BEN, "Ben"], ["Sum"]
        ),
        TWO,
        rejected=[(7, "not_a_table_row")],
    ),
    Awkward(
        "the second sheet",
        workbook(["Phone", "Name"], [ANA, "Ana"], [BEN, "Ben"], sheets=("Notes", "People")),
        TWO,
        fields={"sheet": "People"},
    ),
    Awkward(
        "a hidden first sheet",
        workbook(["Phone", "Name"], [ANA, "Ana"], [BEN, "Ben"], sheets=("Old", "People"), hidden="Old"),
        TWO,
    ),
    Awkward("a workbook called .csv", workbook(["Phone", "Name"], [ANA, "Ana"], [BEN, "Ben"]), TWO),
]
REFUSED: list[Awkward] = [
    Awkward("empty", b"", refused="file_empty"),
    Awkward("only blanks", b"\xef\xbb\xbf \r\n\r\n", refused="file_empty"),
    Awkward("only delimiters", b",,,\n,,,\n", refused="file_empty"),
    Awkward("header only", b"Phone,Name\n", refused="no_rows"),
    Awkward("header only, workbook", workbook(["Phone", "Name"]), refused="no_rows", file_name=XLSX),
    Awkward("an empty workbook", workbook(), refused="file_empty", file_name=XLSX),
    Awkward("a line of 25 MB", b"+13125550123," * 2_000_000, refused="not_a_table"),
    Awkward("binary", bytes(range(256)) * 400, refused="not_a_table"),
    Awkward("HTML called .csv", b"<!DOCTYPE html><html><table><tr><td>+13125550123", refused="not_a_table"),
    Awkward("HTML called .xls", b"\n<html xmlns:x='excel'><table>", refused="not_a_table", file_name="list.xls"),
    Awkward("XML", b'<?xml version="1.0"?><people/>', refused="not_a_table"),
    Awkward("JSON", b'[{"phone": "+13125550123"}]', refused="not_a_table"),
    Awkward("PDF", b"%PDF-1.7\n1 0 obj", refused="not_a_table"),
    Awkward("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), refused="not_a_table"),
    Awkward("a picture", b"\x89PNG\r\n\x1a\n" + bytes(100), refused="not_a_table"),
    Awkward("a broken ZIP", workbook(["Phone"], [ANA])[:-200], refused="not_a_table", file_name=XLSX),
    Awkward("half a ZIP", workbook(["Phone"], [ANA])[:900], refused="not_a_table", file_name=XLSX),
    Awkward("a ZIP of something else", archive(a=b"hello"), refused="not_a_table", file_name=XLSX),
    Awkward("a workbook without its parts", archive(xl__workbook=b"?"), refused="not_a_table", file_name=XLSX),
    Awkward("a bomb", bomb(), refused="not_a_table", file_name=XLSX),
    Awkward("gzip", b"\x1f\x8b\x08" + bytes(50), refused="not_a_table"),
    Awkward("bytes that the chosen encoding does not have", "Phone,Name\n+13125550123,Zoë\n".encode("cp1252"),
            refused="bad_encoding", fields={"encoding": "utf-8"}),
    Awkward("a region that is none", PLAIN.encode(), refused="bad_region", fields={"region": "Bavaria"}),
    Awkward("a mapping for a column that is not there", PLAIN.encode(), refused="bad_mapping",
            fields={"mapping": '{"7": "name"}'}),
    Awkward("a sheet that is not there", workbook(["Phone"], [ANA]), refused="bad_sheet", fields={"sheet": "No"}),
]  # fmt: skip
