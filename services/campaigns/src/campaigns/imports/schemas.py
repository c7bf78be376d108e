"""The shapes of the API of imports."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from campaigns.imports import examples
from campaigns.imports.domain.model import Import, ImportState, RowCounts
from campaigns.imports.domain.rejected import RejectionCode
from shared.http.openapi_examples import marked, with_example
from shared.values import Moment


class FormatOut(BaseModel):
    kind: Literal["text", "xlsx"]
    encoding: str | None = Field(description="Of a text.")
    delimiter: str | None = Field(description="Of a text; empty: each line is one cell.")
    has_header: bool
    sheet: str | None = Field(description="Of a workbook: the sheet that is read.")
    sheets: list[str] = Field(description="Of a workbook: all its sheets.")


class GuessOut(BaseModel):
    field: str | None
    confidence: float = Field(description="0 to 1. 0.95 and more: the header says so and the cells agree.")


class ColumnOut(BaseModel):
    index: int
    header: str
    samples: list[str]
    guess: GuessOut


class RowCountsOut(BaseModel):
    read: int = Field(description="accepted + rejected + duplicates. Blank rows count nowhere.")
    accepted: int
    rejected: int
    duplicates: int = Field(description="Their number is in the file or in the campaign already.")


class WarningOut(BaseModel):
    code: str
    detail: str


class PreviewRowOut(BaseModel):
    row: int = Field(description="As a spreadsheet counts: from 1, title rows and header included.")
    values: list[str] = Field(description="The cells of the row, 30 at most, 80 characters of each.")
    code: str = Field(description="Why the row would not be added, as in `rejected`; empty: it would.")
    detail: str


class ImportOut(BaseModel):
    model_config = with_example(examples.IMPORT)

    id: str
    campaign_id: str
    state: ImportState
    file_name: str
    format: FormatOut
    columns: list[ColumnOut]
    mapping: dict[str, str | None] = Field(
        description="Column index to field: phone_number (several columns may have it; a mobile one wins, the others "
        "fill gaps), name, first_name, last_name, company, email, or a lower-case name of your own, usable in texts."
    )
    region: str = Field(description="In which numbers without a country code are read.")
    sampled: bool = Field(description="The preview read only the first 1,000 rows.")
    rows: RowCountsOut = Field(description="Of a preview: the rows it read.")
    preview_rows: list[PreviewRowOut] = Field(
        description="Of a preview: the first 6 rows, and the first 20 of those that would not be added."
    )
    progress: float
    warnings: list[WarningOut]
    error: str | None
    created_at: Moment
    revision: int


class ImportPatch(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [marked({"mapping": {"0": "phone_number", "1": "name"}, "has_header": True})]},
    )

    mapping: dict[str, str | None] | None = Field(default=None, description="Columns that are left out: not imported.")
    has_header: bool | None = None
    encoding: str | None = Field(default=None, max_length=40)
    delimiter: str | None = Field(default=None, max_length=10, description="One character; empty: one column.")
    sheet: str | None = Field(default=None, max_length=200)
    region: str | None = Field(default=None, max_length=10)


class RejectedOut(BaseModel):
    model_config = with_example(examples.REJECTED)

    row: int = Field(description="As a spreadsheet counts: from 1, title rows and header included.")
    code: RejectionCode
    detail: str
    values: list[str] = Field(description="The cells of the row, 30 at most, 200 characters of each.")


def _counts(rows: RowCounts) -> dict[str, int]:
    return {"read": rows.total} | rows.plain(without=("total",))


def import_wire(known: Import) -> dict[str, Any]:
    preview = known.preview
    format = preview.format
    return {
        "id": known.id,
        "campaign_id": known.campaign_id,
        "state": known.state,
        "file_name": known.file_name,
        "format": {
            "kind": format.kind,
            "encoding": format.encoding,
            "delimiter": format.delimiter,
            "has_header": preview.header is not None,
            "sheet": format.sheet,
            "sheets": list(format.sheets),
        },
        "columns": [column.plain(without=("plus_lost",)) for column in preview.columns],
        "mapping": {str(index): field for index, field in preview.mapping},
        "region": known.region,
        "sampled": preview.sampled,
        "rows": _counts(preview.rows if known.state == "preview" else known.rows),
        "preview_rows": [row.plain() for row in preview.shown],
        "progress": round(known.progress, 4),
        "warnings": [warned.plain() for warned in preview.warnings],
        "error": known.error,
        "created_at": known.created_at,
        "revision": known.revision,
    }
