"""The parts of replays and how they fit together."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from ai_responder.answering import Answering
from ai_responder.assistants.store import Assistants
from ai_responder.job_loader import Tenants
from ai_responder.model import Model
from ai_responder.replays.answers import ReplayAnswers
from ai_responder.replays.api import ReplayDeps, replays_router
from ai_responder.replays.past_turns import PastTurns
from ai_responder.replays.quotes import TokenQuotes
from ai_responder.replays.rating import Rating
from ai_responder.replays.requests import ReplayRequests
from ai_responder.replays.store import CASE_SPEC, REPLAYS, Replays
from ai_responder.replays.worker import ReplayWorker
from ai_responder.workers import Workers
from shared.access.gate import Access
from shared.aggregates import Aggregates, Relay
from shared.database.protocol import Database
from shared.service import Platform
from shared.service.alarm import Alarm


@dataclass(frozen=True)
class Asking:
    """How versions are found and asked."""

    assistants: Assistants
    tenants: Tenants
    answering: Answering
    model: Model


@dataclass(frozen=True)
class ReplayParts:
    router: APIRouter
    worker: ReplayWorker


def open_replays(database: Database, relay: Relay, platform: Platform, source: str) -> Replays:
    aggregates = Aggregates(REPLAYS, database, relay, platform.clock, source)
    return Replays(aggregates, relay.file_into(CASE_SPEC), platform.clock)


def replay_parts(replays: Replays, asking: Asking, workers: Workers, gate: Access, platform: Platform) -> ReplayParts:
    clock, alarm = platform.clock, Alarm(platform.clock)
    rating = Rating(asking.model)
    answers = ReplayAnswers(asking.assistants, asking.tenants, asking.answering, rating, clock)
    requests = ReplayRequests(replays, answers, clock, alarm)
    worker = ReplayWorker(
        replays, PastTurns(platform.internal), answers, clock, platform.holder, alarm, lambda: workers.are_wanted
    )
    return ReplayParts(replays_router(ReplayDeps(gate, requests, TokenQuotes(platform.internal))), worker)
