"""Who else looks at a conversation, told to all streams of the tenant and to the other instances.

Words travel as transient messages. Each instance repeats those of its open sockets, so an instance that comes later, or
one that missed a word, is right again soon; what nobody repeats runs out (`domain/streams.py`).
"""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass

import structlog
from cachetools import TTLCache

from realtime.live.hearing import Hearing
from realtime.live.hub import Hub
from realtime.live.listener import Listener
from realtime.presence.domain.streams import KEPT_SECONDS, Looking, Sighting, TenantPresence
from shared.access.principal import Principal
from shared.broker.protocol import Broker, FanOut, Message
from shared.clock import Clock
from shared.errors import ParleyError
from shared.ids import new_id
from shared.internal.client import InternalClient
from shared.values import Malformed

log = structlog.get_logger()

TYPE = "presence.updated"
ROUTING_PREFIX = "presence."
FAN_OUT = FanOut("realtime-presence", (f"{ROUTING_PREFIX}#",))
BEAT_SECONDS = KEPT_SECONDS / 6
REPEATED_EVERY = 2
"""Beats. Two words of a stream may get lost."""
MOST_TOLD = 200
"""Conversations that a new stream hears of."""
_NAMES, _NAME_SECONDS = 10_000, 300.0


@dataclass(frozen=True)
class _Own:
    tenant_id: str
    sighting: Sighting


class Presence:
    def __init__(self, hub: Hub, broker: Broker, internal: InternalClient, clock: Clock) -> None:
        self._hub = hub
        self._broker = broker
        self._internal = internal
        self._clock = clock
        self._instance = new_id("ins")
        self._own: dict[str, _Own] = {}
        """Of the sockets open here, by stream."""
        self._tenants: dict[str, TenantPresence] = {}
        self._names: TTLCache[str, str] = TTLCache(_NAMES, _NAME_SECONDS, timer=clock.monotonic)
        self.hearing = Hearing(broker, FAN_OUT, self.on_message)

    def greet(self, listener: Listener) -> None:
        """Tell a new stream what there is."""
        tenant_id = listener.who.tenant_id
        tenant = self._tenants.get(tenant_id)
        for conversation_id in sorted(tenant.conversations)[:MOST_TOLD] if tenant else ():
            self._hub.tell(tenant_id, TYPE, self._shown(tenant_id, conversation_id), only=listener)

    async def look(self, who: Principal, looking: Looking, socket: str | None = None) -> None:
        """The word of a user, through an open socket, whose name is kept as long as it is open, or by itself."""
        stream = socket or who.subject_id
        if who.user_id is None or (socket and self._says_already(socket, looking)):
            return
        name = await self._name(who.user_id)
        now = round(self._clock.now().timestamp() * 1000)
        sighting = Sighting(
            instance=self._instance, stream=stream, n=now, user_id=who.user_id, name=name, looking=looking
        )
        if socket and looking.conversation_id:
            self._own[stream] = _Own(who.tenant_id, sighting)
        else:
            self._own.pop(stream, None)
        self._take(who.tenant_id, sighting)
        await self._send(who.tenant_id, sighting)

    async def leave(self, who: Principal, socket: str) -> None:
        """This socket has closed."""
        if socket in self._own:
            await self.look(who, Looking(conversation_id=None), socket)

    async def on_message(self, message: Message) -> None:
        try:
            sighting = Sighting.decode(message.body)
        except Malformed:
            log.warning("presence_unreadable", event_id=message.event_id)
            return
        if sighting.instance != self._instance:
            self._take(message.routing_key.removeprefix(ROUTING_PREFIX), sighting)

    async def beat(self) -> None:
        """A background loop: repeats our own words, and forgets those of others that were not repeated."""
        for beats in itertools.count(1):
            await asyncio.sleep(BEAT_SECONDS)
            if beats % REPEATED_EVERY == 0:
                await self.repeat()
            self.expire()

    async def repeat(self) -> None:
        for own in list(self._own.values()):
            self._take(own.tenant_id, own.sighting)
            await self._send(own.tenant_id, own.sighting)

    def expire(self) -> None:
        for tenant_id, tenant in list(self._tenants.items()):
            self._tell(tenant_id, tenant.expire(self._clock.monotonic()))
            if not tenant.conversations:
                del self._tenants[tenant_id]

    # Inside.

    def _says_already(self, socket: str, looking: Looking) -> bool:
        own = self._own.get(socket)
        return own.sighting.looking == looking if own else looking.conversation_id is None

    def _take(self, tenant_id: str, sighting: Sighting) -> None:
        tenant = self._tenants.setdefault(tenant_id, TenantPresence())
        self._tell(tenant_id, tenant.see(sighting, self._clock.monotonic()))

    def _tell(self, tenant_id: str, conversation_ids: set[str]) -> None:
        for conversation_id in sorted(conversation_ids):
            self._hub.tell(tenant_id, TYPE, self._shown(tenant_id, conversation_id))

    def _shown(self, tenant_id: str, conversation_id: str) -> dict[str, object]:
        return {"conversation_id": conversation_id, "users": self._tenants[tenant_id].users(conversation_id)}

    async def _send(self, tenant_id: str, sighting: Sighting) -> None:
        message = Message(ROUTING_PREFIX + tenant_id, sighting.encode(), event_id=new_id("pre"), tenant_id=tenant_id)
        try:
            await self._broker.publish_transient(message)
        except ParleyError as error:
            log.debug("presence_not_sent", code=error.code)  # it is repeated

    async def _name(self, user_id: str) -> str:
        if user_id not in self._names:
            try:
                self._names[user_id] = str((await self._internal.get("accounts", "users", user_id))["name"])
            except (ParleyError, KeyError) as error:
                log.debug("name_unknown", error=type(error).__name__)
                return ""
        return self._names[user_id]
