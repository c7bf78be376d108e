"""What the room of contacts is made of."""

from __future__ import annotations

from dataclasses import dataclass

from conversation import store
from conversation.activities.linking import Linking
from conversation.people.claims import Claims
from conversation.people.finishing import Finishing
from conversation.people.news import ContactNews
from conversation.people.reading import ContactQueries
from conversation.people.requests import ContactRequests
from conversation.people.spreading import Spreading
from conversation.people.timeline import ContactTimeline, TimelineRecords
from conversation.queries import Queries
from conversation.resources import Resources
from shared.database.protocol import Database


@dataclass(frozen=True)
class ContactParts:
    queries: ContactQueries
    requests: ContactRequests
    timeline: ContactTimeline
    spreading: Spreading
    linking: Linking


def contact_parts(resources: Resources, queries: Queries, database: Database, news: ContactNews) -> ContactParts:
    people, clock = resources.people, resources.clock
    claims = Claims(people)
    finishing = Finishing(people, claims, resources.timeline.records, clock)
    requests = ContactRequests(people, claims, finishing, resources.threads, clock)
    records = TimelineRecords(
        messages=database.collection(store.MESSAGE_SPEC),
        activities=resources.activities.records,
        consent=database.collection(store.LEDGER_SPEC),
        entries=resources.timeline.records,
    )
    return ContactParts(
        queries=ContactQueries(people, queries),
        requests=requests,
        timeline=ContactTimeline(records, resources.threads),
        spreading=Spreading(resources, finishing, news),
        linking=Linking(claims, requests),
    )
