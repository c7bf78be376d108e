"""What users ask of imports: upload, correct the preview, commit, cancel, look."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from campaigns.campaigns.domain.lifecycle import must_take_recipients
from campaigns.imports.domain import model
from campaigns.imports.domain.admission import begin_import, end_import
from campaigns.imports.domain.fields import ColumnMapping, checked_mapping
from campaigns.imports.domain.format import Seen, Wishes
from campaigns.imports.domain.model import Import, Preview, Warned
from campaigns.imports.preview import Look, Place, checked_region, guessed_mapping, look_at, preview_of, profile_mapping
from campaigns.imports.reading.encoding import checked_encoding
from campaigns.imports.reading.stored_file import OpenedFile
from campaigns.imports.store import Profiles, import_of
from campaigns.imports.upload import Upload
from campaigns.imports.worker import ImportWorker, Parts
from shared.aggregates import Cause, Decision
from shared.database.paging import documents
from shared.database.protocol import Page, Range, Sort
from shared.errors import Invalid, NotFound, Refused
from shared.events import TenantChanged
from shared.files import StoredFile
from shared.http.idempotency import RequestKey, require_same
from shared.internal.read_models import ReadModel

PREVIEW_DAYS, REJECTED_DAYS, UPLOAD_HOURS = 7, 30, 24
CANCEL_WAITS_SECONDS = 5.0
_ROUTE = "imports"


@dataclass(frozen=True)
class Changes:
    """What a request says about a preview; None: as it was."""

    mapping: Mapping[str, str | None] | None = None
    has_header: bool | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    region: str | None = None


class Imports:
    def __init__(
        self, parts: Parts, worker: ImportWorker, profiles: Profiles, tenants: ReadModel[TenantChanged]
    ) -> None:
        self._parts = parts
        self._worker = worker
        self._profiles = profiles
        self._tenants = tenants

    async def admit(self, tenant_id: str, campaign_id: str) -> None:
        """Before a file is read. Raises `NotFound`, `Refused`."""
        must_take_recipients(await self._parts.campaigns.get(tenant_id, campaign_id))

    async def begin(self, tenant_id: str, campaign_id: str, key: RequestKey, upload: Upload) -> Import:
        """The preview of an uploaded file, or the import that a repeated request made before. Raises `Invalid`; then
        the file is removed."""
        try:
            known = await self._begun(tenant_id, campaign_id, key, upload)
        except BaseException:
            await self._parts.files.delete(tenant_id, upload.file.id)
            raise
        if known.file.id != upload.file.id:
            await self._parts.files.delete(tenant_id, upload.file.id)
            require_same(known.file.sha256, upload.file.sha256)
        return known

    async def get(self, tenant_id: str, campaign_id: str, import_id: str) -> Import:
        return await import_of(self._parts.imports, tenant_id, campaign_id, import_id)

    async def rejected(self, known: Import, limit: int, cursor: str | None) -> Page:
        return await self._parts.rejected.page(known, limit, cursor)

    async def revise(self, known: Import, changes: Changes) -> Import:
        """Look at the file anew. A corrected mapping is remembered for files with the same columns."""
        model.may_revise(known)
        wishes = _wishes(changes, known.wishes)
        region = checked_region(changes.region) if changes.region else known.region
        look = await self._look(known.file, known.seen, wishes, region)
        if changes.mapping is not None:
            mapping, warned = checked_mapping(changes.mapping, len(look.columns)), []
        elif look.fingerprint == known.preview.fingerprint:
            mapping, warned = known.preview.mapping, [w for w in known.preview.warnings if w.code == "mapping_found"]
        else:
            mapping, warned = await self._mapping(known.tenant_id, look)
        preview = await self._preview(
            look, mapping, Place(region=region, allowed_regions=known.allowed_regions), warned
        )
        cause = Cause.request(known.tenant_id)
        change = await self._parts.imports.change(
            known.id, cause, lambda found: model.revise(found or known, preview, wishes, region)
        )
        if changes.mapping is not None:
            await self._profiles.save(known.tenant_id, look.fingerprint, mapping)
        return change.state or known

    async def commit(self, known: Import) -> Import:
        parts, now = self._parts, self._parts.clock.now()
        model.may_commit(known)
        if known.state == "preview":
            await parts.files.keep(known.tenant_id, known.file.id)
            await self._hold_campaign(known)
        try:
            change = await parts.imports.change(
                known.id, Cause.request(known.tenant_id), lambda found: model.commit(found or known, now)
            )
        except Refused:  # it was cancelled meanwhile
            await self._let_campaign_go(known)
            raise
        parts.alarm.ring()
        return change.state or known

    async def cancel(self, known: Import) -> Import:
        """Its rows are gone when this returns, or, if the worker's process has died, a minute later."""
        parts, now = self._parts, self._parts.clock.now()
        if known.state == "done":
            await self._hold_campaign(known)
        change = await parts.imports.change(
            known.id, Cause.request(known.tenant_id), lambda found: model.cancel(found or known, now)
        )
        known = change.state or known
        parts.alarm.ring()
        if known.worker is None and known.is_unsettled:
            await self._worker.settle(known)
        elif not known.is_unsettled:  # another request was first, perhaps before this one held the campaign
            await self._let_campaign_go(known)
        return await self._settled(known)

    async def sweep(self) -> None:
        """End previews that nobody committed, and forget old rejected rows and what crashes left of uploads."""
        parts, now = self._parts, self._parts.clock.now()
        await parts.files.sweep(now - timedelta(hours=UPLOAD_HOURS))
        await parts.rejected.forget(now - timedelta(days=REJECTED_DAYS))
        old = {"previewed_at": Range(lt=now - timedelta(days=PREVIEW_DAYS))}
        async for document in documents(parts.imports, old, Sort("previewed_at")):
            await self.cancel(parts.imports.state_of(document))

    async def _begun(self, tenant_id: str, campaign_id: str, key: RequestKey, upload: Upload) -> Import:
        tenant = await self._tenants.get(tenant_id)
        changes = _changes_of_form(upload.fields)
        wishes = _wishes(changes, Wishes())
        region = checked_region(changes.region or (tenant.default_region if tenant else "US"))
        place = Place(region=region, allowed_regions=tenant.allowed_regions if tenant else ())
        look = await self._look(upload.file, upload.seen, wishes, region)
        if changes.mapping is not None:
            mapping, warned = checked_mapping(changes.mapping, len(look.columns)), []
            await self._profiles.save(tenant_id, look.fingerprint, mapping)
        else:
            mapping, warned = await self._mapping(tenant_id, look)
        new = Import(
            id=key.id_for("imp", tenant_id, f"{_ROUTE}|{campaign_id}"),
            tenant_id=tenant_id,
            campaign_id=campaign_id,
            file_name=upload.file_name,
            file=upload.file,
            seen=upload.seen,
            wishes=wishes,
            region=region,
            allowed_regions=place.allowed_regions,
            preview=await self._preview(look, mapping, place, warned),
            created_at=self._parts.clock.now(),
        )
        cause = key.cause(tenant_id, _ROUTE, new.id)
        change = await self._parts.imports.change(new.id, cause, lambda known: None if known else Decision(new))
        known = change.state or new
        if known.file.id == upload.file.id:
            await self._parts.files.keep(tenant_id, upload.file.id)
        return known

    async def _look(self, file: StoredFile, seen: Seen, wishes: Wishes, region: str) -> Look:
        source = OpenedFile(self._parts.files, file)
        return await self._parts.threads.run(lambda: look_at(source, seen, wishes, region))

    async def _preview(self, look: Look, mapping: ColumnMapping, place: Place, warned: list[Warned]) -> Preview:
        return await self._parts.threads.run(lambda: preview_of(look, mapping, place, warned))

    async def _mapping(self, tenant_id: str, look: Look) -> tuple[ColumnMapping, list[Warned]]:
        saved = await self._profiles.find(tenant_id, look.fingerprint)
        if saved is None:
            return guessed_mapping(look.columns), []
        detail = "The mapping is the one chosen last for a file with these columns."
        return profile_mapping(saved, look.columns), [Warned(code="mapping_found", detail=detail)]

    async def _hold_campaign(self, known: Import) -> None:
        """Raises `Refused` if it takes no recipients; from then on it does not start."""
        cause = Cause.request(known.tenant_id)
        await self._parts.campaigns.change(
            known.tenant_id, known.campaign_id, cause, lambda campaign: begin_import(campaign, known.id)
        )

    async def _let_campaign_go(self, known: Import) -> None:
        cause = Cause.request(known.tenant_id)
        with suppress(NotFound):  # it was deleted
            await self._parts.campaigns.change(
                known.tenant_id, known.campaign_id, cause, lambda campaign: end_import(campaign, known.id)
            )

    async def _settled(self, known: Import) -> Import:
        """The import once its worker has cleared up, or as it is after some seconds."""
        try:
            async with asyncio.timeout(CANCEL_WAITS_SECONDS):
                while (found := await self._parts.imports.get(known.id) or known).is_unsettled:  # noqa: ASYNC110 - perhaps another process
                    await asyncio.sleep(0.02)
                return found
        except TimeoutError:
            return known


def _wishes(changes: Changes, known: Wishes) -> Wishes:
    return Wishes(
        encoding=checked_encoding(changes.encoding) if changes.encoding else known.encoding,
        delimiter=known.delimiter if changes.delimiter is None else _delimiter(changes.delimiter),
        sheet=changes.sheet or known.sheet,
        has_header=known.has_header if changes.has_header is None else changes.has_header,
    )


def _delimiter(text: str) -> str:
    found = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}.get(text.casefold(), text)
    if len(found) > 1 or found in ("\n", "\r", '"', "\0") or 0xD800 <= ord(found or " ") < 0xE000:
        raise Invalid("bad_delimiter", "A delimiter is one character, and neither a quote nor a line end; empty: none.")
    return found


def _changes_of_form(fields: Mapping[str, str]) -> Changes:
    """The form fields beside the file. Raises `Invalid`."""
    header = fields.get("has_header", "").strip().casefold()
    if header not in ("", "true", "false", "1", "0", "yes", "no"):
        raise Invalid("bad_has_header", "has_header is true or false.")
    return Changes(
        mapping=_mapping_of(fields["mapping"]) if fields.get("mapping", "").strip() else None,
        has_header=header in ("true", "1", "yes") if header else None,
        encoding=fields.get("encoding") or None,
        delimiter=fields.get("delimiter"),
        sheet=fields.get("sheet") or None,
        region=fields.get("region", "").strip() or None,
    )


def _mapping_of(text: str) -> dict[str, str | None]:
    try:
        found: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Invalid("bad_mapping", "mapping is not JSON.") from None
    if not isinstance(found, dict) or not all(value is None or isinstance(value, str) for value in found.values()):  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        raise Invalid("bad_mapping", "mapping is an object: column index to field name, or null.")
    return found  # pyright: ignore[reportUnknownVariableType]
