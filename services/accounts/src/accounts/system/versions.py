"""What runs: each service's version, whether it is ready, and the versions of events."""

from __future__ import annotations

from accounts.system.asking import answers
from accounts.system.schemas import EventVersionOut, ServiceOut, VersionsOut
from shared.events.catalogue import CATALOGUE, EVERY_HTTP_SERVICE
from shared.internal.about import PATH
from shared.internal.client import InternalClient


async def versions(internal: InternalClient) -> VersionsOut:
    found, unreachable = await answers(EVERY_HTTP_SERVICE, lambda service: internal.get(service, PATH))
    services = [
        ServiceOut(
            service=name,
            version=about["version"],
            commit=about["commit"] or None,
            status="not ready" if about["missing"] else "degraded" if about["waiting"] else "ready",
            reasons=[*about["missing"], *about["waiting"]],
        )
        for name, about in found
    ]
    away = [
        ServiceOut(service=name, version=None, commit=None, status="unreachable", reasons=[]) for name in unreachable
    ]
    kinds = sorted({entry.data for entry in CATALOGUE}, key=lambda kind: kind.TYPE)
    return VersionsOut(
        services=sorted([*services, *away], key=lambda one: EVERY_HTTP_SERVICE.index(one.service)),
        events=[EventVersionOut(type=kind.TYPE, version=kind.VERSION, also_read=sorted(kind.FORMER)) for kind in kinds],
    )
