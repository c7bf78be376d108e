"""The parts of ai-responder and how they fit together."""

from __future__ import annotations

from functools import partial

import httpx2

from ai_responder import handlers
from ai_responder.adapters.openai_chat import OpenAiChat
from ai_responder.adapters.openai_embeddings import OpenAiEmbeddings
from ai_responder.answering import Answering, Patience
from ai_responder.api import Deps, router
from ai_responder.assistants.choosing import Choosing
from ai_responder.assistants.store import ASSISTANTS, VERSION_SPEC, Assistants
from ai_responder.erasing.steps import AnswersErasure
from ai_responder.fair_queue import Limits
from ai_responder.internal_api import internal_router
from ai_responder.job_loader import JobLoader, Tenants
from ai_responder.knowledge.build import Needs, knowledge_parts, serving
from ai_responder.knowledge.embeddings import Embeddings
from ai_responder.knowledge.retrieval import Retrieval
from ai_responder.leases import Leases
from ai_responder.model import Model, NoModel
from ai_responder.model_reach import ModelReach
from ai_responder.pictures import Pictures
from ai_responder.replays.build import Asking, open_replays, replay_parts
from ai_responder.scores.api import scores_router
from ai_responder.scores.store import SHEETS, ScoreSheets
from ai_responder.settings import Settings
from ai_responder.store import THREADS, TRIALS
from ai_responder.try_assistant import TryAssistant
from ai_responder.workers import Workers
from shared.access.gate import Access
from shared.aggregates import Aggregates
from shared.clock import Clock
from shared.events import AccessRevoked, ContactErased, ReplyJudged, ReplyRequested, TenantChanged
from shared.internal.kept import kept_router
from shared.internal.read_models import ReadModel, Source
from shared.service import Platform, Service
from shared.service.erasing import Erasures
from shared.service.sweeping import keep_swept

NAME = "ai-responder"


def build(settings: Settings, platform: Platform, model_transport: httpx2.AsyncBaseTransport | None = None) -> Service:
    """`model_transport` reaches a model within this process (tests, all-in-one); None: over the network."""
    clock, database = platform.clock, platform.open_database(NAME)
    relay = platform.relay(database)
    threads = Aggregates(THREADS, database, relay, clock, NAME)
    versions = relay.file_into(VERSION_SPEC)
    assistants = Assistants(Aggregates(ASSISTANTS, database, relay, clock, NAME), versions, clock)
    trials = Aggregates(TRIALS, database, relay, clock, NAME)
    gate = Access(platform.keyring, database, platform.internal, clock, settings.admin_token)
    tenants: Tenants = ReadModel(
        TenantChanged, _tenant_id, Source(service="accounts", path="tenants"), database, platform.internal, clock
    )
    model = _model(settings, model_transport, clock)
    embeddings = _embeddings(settings, model_transport)
    parts = knowledge_parts(Needs(assistants, embeddings, database, relay, clock), NAME)
    knowledge = serving(parts, gate)
    patience = Patience(settings.model_timeout_seconds, settings.model_tries)
    answering = Answering(model, patience, clock, Retrieval(parts.kept, parts.passages, embeddings))
    reach = ModelReach(platform.internal, settings.model_only_for_carrier, settings.telnyx_base, clock)
    loader = JobLoader(Choosing(assistants), tenants, reach, Pictures(platform.internal, clock), clock)
    limits = Limits(settings.model_calls_at_once, settings.model_calls_per_tenant)
    workers = Workers(threads, loader, answering, limits, clock, platform.holder)
    leases = Leases(threads, clock, workers.offer, platform.holder)
    sheets = ScoreSheets(Aggregates(SHEETS, database, relay, clock, NAME), clock)
    replays = open_replays(database, relay, platform, NAME)
    replaying = replay_parts(replays, Asking(assistants, tenants, answering, model), workers, gate, platform)
    erasures = Erasures(NAME, database, relay, platform, AnswersErasure(threads, trials, replays).steps)
    try_assistant = TryAssistant(trials, assistants, tenants, answering, clock)
    return Service(
        name=NAME,
        database=database,
        relay=relay,
        handlers=[
            (ReplyRequested, partial(handlers.on_reply_requested, threads=threads, clock=clock, workers=workers)),
            (ContactErased, erasures.on_contact_erased),
            (TenantChanged, partial(handlers.on_tenant_changed, tenants=tenants, assistants=assistants)),
            (ReplyJudged, sheets.on_reply_judged),
            (AccessRevoked, gate.on_access_revoked),
        ],
        routers=[
            router(Deps(gate, assistants, clock, replays, try_assistant)),
            scores_router(gate, sheets, assistants.get),
            replaying.router,
            knowledge.router,
            internal_router(assistants, platform.keyring),
            kept_router(NAME, {"replay_cases": replays.kept_cases}, platform.keyring),
        ],
        tasks={
            "workers": workers.run,
            "overlooked runs": workers.look,
            "leases": leases.run,
            "knowledge": knowledge.worker.run,
            "old trials and uploads": partial(
                keep_swept,
                [try_assistant.forget_old, knowledge.knowledge.sweep, sheets.forget_old, replays.forget_old],
            ),
            "replays": replaying.worker.run,
        },
        erasures=erasures,
        forget={"intents": sheets.forget_intents, "replays": replays.forget},
        read_models=[tenants, gate.revocations],
        on_stop=[model.close, *([embeddings.close] if embeddings else [])],
    )


def _model(settings: Settings, transport: httpx2.AsyncBaseTransport | None, clock: Clock) -> Model:
    endpoint = settings.model_endpoint
    return OpenAiChat(*endpoint, transport=transport, monotonic=clock.monotonic) if endpoint else NoModel()


def _embeddings(settings: Settings, transport: httpx2.AsyncBaseTransport | None) -> Embeddings | None:
    endpoint = settings.embeddings_endpoint
    return OpenAiEmbeddings(*endpoint, transport=transport) if endpoint else None


def _tenant_id(tenant: TenantChanged) -> str:
    return tenant.tenant_id
