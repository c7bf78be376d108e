"""Accounts, wired. The only file here that knows concrete classes."""

from __future__ import annotations

from functools import partial

import httpx2

from accounts.access import AccountAccess
from accounts.billing.adapters.telnyx_detail_records import DetailRecords
from accounts.billing.api.router import billing_routers
from accounts.billing.default_prices import publish_default_prices_until_done
from accounts.billing.erasing import BillErasure, kept_usage
from accounts.billing.jobs import open_jobs
from accounts.billing.reconcile import Reconciler
from accounts.billing.record_usage import UsageRecorder
from accounts.billing.schemas import default_card
from accounts.billing.store import open_billing_store
from accounts.carrier.adapters.telnyx import Telnyx
from accounts.carrier.key_rotation import reseal_all
from accounts.carrier.requests import CarrierRequests
from accounts.housekeeping import forget_spent_revocations
from accounts.idempotency import RequestKeys
from accounts.internal_pages import internal_routers
from accounts.key_uses import key_uses_router
from accounts.operator_sessions import OperatorSessions
from accounts.people.login_throttle import LoginThrottle
from accounts.people.login_tickets import LoginTickets
from accounts.people.password_hashing import PasswordHashing
from accounts.people.requests import People
from accounts.people.store import open_people_store
from accounts.routers import Parts, routers
from accounts.settings import Settings
from accounts.store import SERVICE, open_storage
from accounts.system.api import System, system_routers
from accounts.tenants.addresses import Addresses
from accounts.tenants.store import open_tenant_store
from accounts.tenants.unsafe_keys import withdraw_unsafe_keys
from shared.access.gate import Access
from shared.events import AccessRevoked, ContactErased, UsageRecorded
from shared.internal.kept import kept_router
from shared.service import Platform, Service
from shared.service.erasing import Erasures
from shared.service.sweeping import keep_swept
from shared.sqlite.patience import patiently


def build(settings: Settings, platform: Platform, transport: httpx2.AsyncBaseTransport | None = None) -> Service:
    """`transport` is for tests: a carrier without a network."""
    database = platform.open_database(SERVICE)
    relay = platform.relay(database)
    storage = open_storage(database, relay, platform.keyring, platform.clock)
    tenants, people_store = open_tenant_store(storage), open_people_store(storage)
    billing = open_billing_store(storage, tenants, default_card(settings.accounts_default_rate_card))
    gate = Access(platform.keyring, database, platform.internal, platform.clock, settings.admin_token)
    operators = OperatorSessions(storage, settings.admin_token.get_secret_value())
    access = AccountAccess(gate, operators, tenants.has_tenant)
    request_keys = RequestKeys(storage)
    throttle = LoginThrottle(people_store)
    people = People(people_store, PasswordHashing(), throttle, settings.session_life)
    tickets = LoginTickets(people_store, settings.session_life)
    recorder = UsageRecorder(billing)
    telnyx = Telnyx(settings.telnyx_base, transport)
    records = DetailRecords(settings.telnyx_base, transport)
    jobs = open_jobs(billing, recorder, Reconciler(billing, records, settings.fresh))
    carrier = CarrierRequests(tenants, telnyx, settings.public_base)
    addresses = Addresses(settings.public_base, settings.telnyx_base, settings.sandbox_base)
    parts = Parts(
        access=access,
        request_keys=request_keys,
        tenant_store=tenants,
        people_store=people_store,
        people=people,
        login_tickets=tickets,
        throttle=throttle,
        carrier=carrier,
        audit=storage.audit,
        sandbox_is_on=settings.sandbox_is_on,
    )
    bill = BillErasure(billing)
    steps = {"usage_ledger": bill.ledger, "reconciliation_differences": bill.differences}
    erasures = Erasures(SERVICE, database, relay, platform, steps)
    forgetting = [
        throttle.forget_old,
        request_keys.forget_old,
        operators.forget_old,
        partial(forget_spent_revocations, storage),
    ]
    return Service(
        name=SERVICE,
        database=database,
        handlers=[
            (UsageRecorded, patiently(recorder.on_usage_recorded)),
            (ContactErased, erasures.on_contact_erased),
            (AccessRevoked, gate.on_access_revoked),
        ],
        relay=relay,
        routers=[
            *routers(parts, addresses),
            *system_routers(access, System.of(platform, tenants)),
            *billing_routers(access, billing, jobs, request_keys),
            *internal_routers(storage, tenants, people_store, billing),
            kept_router(SERVICE, {"usage": kept_usage(billing.ledger)}, platform.keyring),
            key_uses_router(tenants.key_uses, platform.keyring),
        ],
        tasks={
            "sweep": partial(keep_swept, forgetting),
            "seal carrier keys anew": partial(keep_swept, [partial(reseal_all, tenants)]),
            "withdraw unsafe public keys": partial(keep_swept, [partial(withdraw_unsafe_keys, tenants)]),
            **{f"{kind} jobs": loop.run for kind, loop in jobs.loops.items()},
            "default prices": partial(publish_default_prices_until_done, billing),
        },
        erasures=erasures,
        read_models=[gate.revocations],
        on_stop=[telnyx.close, records.close],
    )
