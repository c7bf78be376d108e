"""A service as data: what it handles, what it serves, what it keeps running. Built in each service's `wiring.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fastapi import APIRouter

from shared.aggregates.joint import JointSave
from shared.aggregates.relay import Relay
from shared.broker.protocol import Broker
from shared.clock import Clock
from shared.consuming.consumer import Handles
from shared.database.protocol import Database
from shared.erasure.person import ErasedPerson
from shared.internal.client import InternalClient
from shared.internal.read_models import ReadModel
from shared.keyring import Keyring
from shared.service.holder import Holder
from shared.service.retention import Forget
from shared.settings import PlatformSettings

Task = Callable[[], Awaitable[None]]


def no_joint_save(_database: Database) -> None:
    """Database and broker are two, so effects wait in an outbox until both have them."""


@dataclass(frozen=True)
class Platform:
    """What every service is given, whichever way it runs."""

    broker: Broker
    open_database: Callable[[str], Database]
    clock: Clock
    keyring: Keyring
    internal: InternalClient
    settings: PlatformSettings
    holder: Holder = field(default_factory=Holder)
    joint: Callable[[Database], JointSave | None] = no_joint_save
    """Where database and broker share a file: the save that takes its effects with it."""

    def relay(self, database: Database) -> Relay:
        former = self.settings.publish_former_versions
        return Relay(database, self.broker, self.clock, self.joint(database), former_versions=former)


class Erases(Protocol):
    """What erases one person in a service (`shared.service.erasing`)."""

    def add(self, what: str, step: Callable[[ErasedPerson], Awaitable[int]]) -> None: ...

    async def run(self) -> None: ...


@dataclass(frozen=True)
class Service:
    """One service, wired. `handlers` reads as its table of contents; the catalogue says which types it must cover."""

    name: str
    database: Database
    handlers: Sequence[Handles]
    relay: Relay
    routers: Sequence[APIRouter] = ()
    tasks: Mapping[str, Task] = field(default_factory=dict[str, Task])
    """Background loops; one that ends or fails stops the process, with its name in the last line."""
    forget: Mapping[str, Forget] = field(default_factory=dict[str, Forget])
    """What is deleted when a tenant's retention is over, besides dead letters: everything that holds words."""
    erasures: Erases | None = None
    """Forgets one person, besides in dead letters: everything that holds words, names or numbers of customers."""
    read_models: Sequence[ReadModel[Any]] = ()
    not_ready: Sequence[Callable[[], str | None]] = ()
    """Further reasons not to be ready yet; each returns one, or None."""
    degraded: Sequence[Callable[[], str | None]] = ()
    """What has to wait although requests are taken; each returns it, or None."""
    on_drain: Sequence[Task] = ()
    """First thing at shutdown, while HTTP still answers: say goodbye to long-lived connections."""
    on_stop: Sequence[Task] = ()
    """Last thing at shutdown, when no handler, task or request of the service runs any more."""
