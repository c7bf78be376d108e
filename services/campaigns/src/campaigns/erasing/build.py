"""What erases a person in campaigns, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.campaigns.left_after_pause import LeftAfterPause
from campaigns.campaigns.parts import CampaignStores
from campaigns.copies import Copies
from campaigns.counting.marks import Marks
from campaigns.counting.store import Contacts, Tallies
from campaigns.erasing.aliases import Aliases
from campaigns.erasing.files import FileErasure, kept_rejected
from campaigns.erasing.recipients import RecipientErasure
from campaigns.erasing.runs import RunErasure, kept_runs
from campaigns.erasing.tallies import TallyErasure
from campaigns.imports.build import Importing
from campaigns.workflows.wiring import WorkflowParts
from shared.database.protocol import Collection, Database
from shared.erasure import ErasedPerson
from shared.events import ContactChanged
from shared.internal.kept import Section
from shared.service.erasing import Step


@dataclass(frozen=True)
class Kept:
    """Where campaigns keeps something of people."""

    database: Database
    stores: CampaignStores
    contacts: Contacts
    tallies: Tallies
    rows: Collection
    marks: Marks
    flows: WorkflowParts
    imports: Importing
    copies: Copies
    aliases: Aliases


@dataclass(frozen=True)
class CardErasure:
    copies: Copies

    async def copy(self, person: ErasedPerson) -> int:
        """Under every id: the card came under each that leads to the contact."""
        return sum([await self._blank(id) for id in person.contact_ids])

    async def _blank(self, id: str) -> bool:
        return await self.copies.contacts.blank(
            id, lambda revision: ContactChanged(contact_id=id, revision=revision, phone_numbers=())
        )


def sections_of(kept: Kept) -> dict[str, Section]:
    """For an export."""
    return {
        "recipients": _recipients(kept).kept,
        "runs": kept_runs(kept.flows.rows),
        "rejected_rows": kept_rejected(kept.imports.parts.rejected),
    }


def _recipients(kept: Kept) -> RecipientErasure:
    left = LeftAfterPause(kept.database)
    return RecipientErasure(kept.stores.campaigns, kept.stores.recipients, left, kept.aliases)


def steps_of(kept: Kept) -> dict[str, Step]:
    recipients = _recipients(kept)
    tallies = TallyErasure(kept.contacts, kept.stores.campaigns, kept.tallies, kept.rows, kept.marks, kept.aliases)
    runs = RunErasure(kept.flows.people, kept.flows.rows, kept.flows.starts)
    files = FileErasure(kept.imports.imports, kept.imports.parts.imports, kept.imports.parts.rejected)
    return {
        "run_starts": runs.run_starts,
        "participants": runs.participants,
        "runs": runs.filed,
        "campaign_recipients": recipients.rows,
        "left_after_pause": recipients.left_after_pause,
        "contacts": tallies.people,
        "recipients": tallies.results,
        "copy_contacts": CardErasure(kept.copies).copy,
        "imports": files.previews,
        "import_rejected": files.rejected,
    }
