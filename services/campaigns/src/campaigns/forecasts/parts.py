"""What a marketer uses before anything is sent: previews, test texts, forecasts and audiences."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from campaigns.around import Around
from campaigns.campaigns.parts import CampaignStores
from campaigns.counting.store import Contacts, Tallies
from campaigns.forecasts.api import forecasts_router
from campaigns.forecasts.audience import Audience
from campaigns.forecasts.known_contacts import KnownContacts
from campaigns.forecasts.maker import ForecastMaker
from campaigns.forecasts.sources import ForecastSources
from campaigns.settings import Settings
from campaigns.texts.api import texts_router
from campaigns.texts.preview import Previews
from campaigns.texts.sample import SAMPLES, Samples
from shared.aggregates import Aggregates


@dataclass(frozen=True)
class Known:
    """What was counted of the tenant's people and campaigns."""

    contacts: Contacts
    tallies: Tallies


def before_sending(around: Around, stores: CampaignStores, known: Known, settings: Settings) -> list[APIRouter]:
    clock, copies, contacts = around.platform.clock, around.copies, KnownContacts(known.contacts)
    campaigns, recipients = stores.campaigns, stores.recipients
    texts = Aggregates(SAMPLES, around.database, around.relay, clock, around.name)
    samples = Samples(campaigns, recipients, contacts, copies, texts, clock)
    sources = ForecastSources(campaigns, recipients, known.tallies, copies, settings)
    audience = Audience(campaigns, recipients, around.platform.internal)
    return [
        texts_router(Previews(campaigns, recipients, copies.tenants), samples, around.gate),
        forecasts_router(ForecastMaker(sources, contacts, clock), audience, around.gate),
    ]
