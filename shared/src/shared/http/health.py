"""`/healthz` (this process is not stuck), `/readyz` (it can do its work, or why not), `/metrics`.

A broker that went away makes nobody unready: webhooks are spooled, API writes are saved and their effects wait. A load
balancer that took every instance out then would turn a broker's pause into lost requests. So that is `degraded`, and
200. One that was never reached is different: a roll-out with a wrong address must stop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Literal

import structlog
from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from pydantic import BaseModel

from shared.broker.protocol import Broker
from shared.clock import Clock
from shared.errors import ParleyError
from shared.http.openapi_examples import with_example
from shared.http.served import Companion, Served
from shared.http.summed_metrics import Summed
from shared.metrics import OUTBOX_AGE_SECONDS

log = structlog.get_logger()

MAX_CLOCK_SKEW_SECONDS = 2.0
_METRICS = """# HELP parley_outbox_oldest_seconds Age of the oldest effect not carried out
# TYPE parley_outbox_oldest_seconds gauge
parley_outbox_oldest_seconds{service="sender"} 0.0
"""
_READY: dict[int | str, dict[str, Any]] = {
    503: {
        "description": "Not ready, and why",
        "content": {"application/json": {"example": {"status": "not ready", "reasons": ["sender: store_full"]}}},
    }
}


class Alive(BaseModel):
    model_config = with_example({"status": "ok"})

    status: Literal["ok"]


class Readiness(BaseModel):
    model_config = with_example({"status": "ready", "reasons": []})

    status: Literal["ready", "degraded", "not ready"]
    """`degraded`: requests are taken and nothing is lost, but what they cause has to wait for what `reasons` name."""
    reasons: list[str]


class Health:
    """What this process, and its companions, say about themselves."""

    def __init__(
        self,
        services: Sequence[Served],
        broker: Broker,
        clock: Clock,
        starting: Callable[[], str | None],
        companions: Sequence[Companion] = (),
    ) -> None:
        self._services = services
        self._broker = broker
        self._clock = clock
        self._starting = starting
        self._companions = companions

    async def reasons(self) -> tuple[list[str], list[str]]:
        """Why it cannot do its work, and what its work has to wait for."""
        missing = [reason for service in self._services for reason in await _reasons(service, self._clock)]
        missing += [reason for reason in (self._starting(),) if reason]
        waiting = [f"{service.name}: {reason}" for service in self._services for reason in _said_by(service.degraded)]
        waiting += ["broker_away"] if self._broker.trouble() else []
        for companion in self._companions:
            theirs = await companion.reasons()
            missing, waiting = missing + theirs[0], waiting + theirs[1]
        return list(dict.fromkeys(missing)), list(dict.fromkeys(waiting))

    async def reasons_of(self, service: Served) -> tuple[list[str], list[str]]:
        """The same for one service of this process."""
        missing = await _reasons(service, self._clock) + [reason for reason in (self._starting(),) if reason]
        return missing, _said_by(service.degraded) + (["broker_away"] if self._broker.trouble() else [])

    async def metrics(self) -> bytes:
        """Of all processes, summed."""
        for service in self._services:
            try:
                OUTBOX_AGE_SECONDS.labels(service.name).set(await service.relay.oldest_waiting_seconds())
            except ParleyError:
                continue  # the other figures are still worth having
        theirs = [await companion.metrics() for companion in self._companions]
        return generate_latest(Summed(theirs) if self._companions else REGISTRY)


def health_router(health: Health) -> APIRouter:
    router = APIRouter(tags=["operation"])

    @router.head("/healthz", include_in_schema=False)
    @router.get("/healthz", summary="Is this process alive?", response_model=Alive)
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.head("/readyz", include_in_schema=False)
    @router.get(
        "/readyz",
        summary="Can it do its work? 503 with the reasons if not.",
        response_model=Readiness,
        responses=_READY,
    )
    async def readyz(response: Response) -> dict[str, Any]:
        missing, waiting = await health.reasons()
        response.status_code = 503 if missing else 200
        status = "not ready" if missing else "degraded" if waiting else "ready"
        reasons = list(dict.fromkeys([*missing, *waiting]))
        shown = [without_places(reason) for reason in reasons]
        if shown != reasons:
            log.warning("not_all_well", status=status, reasons=reasons)
        return {"status": status, "reasons": shown}

    @router.get(
        "/metrics",
        summary="Prometheus metrics",
        response_class=PlainTextResponse,
        responses={200: {"content": {"text/plain": {"example": _METRICS}}}},
    )
    async def metrics() -> Response:
        return Response(await health.metrics(), media_type=CONTENT_TYPE_LATEST)

    return router


def without_places(reason: str) -> str:
    """Without paths, URLs and `host:port`: anybody may ask this address. The log has the whole reason."""
    return " ".join("…" if _is_place(word) else word for word in reason.split(" "))


def _is_place(word: str) -> bool:
    host, _, port = word.rstrip(".,;:)").rpartition(":")
    return "/" in word or "\\" in word or bool(host and port.isdigit())


def _said_by(checks: Sequence[Callable[[], str | None]]) -> list[str]:
    return [reason for check in checks if (reason := check())]


async def _reasons(service: Served, clock: Clock) -> list[str]:
    found = [model.not_ready() for model in service.read_models]
    found += _said_by(service.not_ready)
    try:
        async with asyncio.timeout(2):
            await service.database.ping()
            server_time = await service.database.server_time()
    except ParleyError as error:
        return [f"{service.name}: {error.code}"]
    except TimeoutError:
        return [f"{service.name}: store_slow"]
    if server_time and abs((server_time - clock.now()).total_seconds()) > MAX_CLOCK_SKEW_SECONDS:
        found.append("this machine's clock and the database's differ by more than 2 s")
    return [f"{service.name}: {reason}" for reason in found if reason]
