"""One AMQP connection that is kept alive: connect, set up, wait for its end, again.

aio-pika's robust connection is not used: here the owner's `set_up` decides what is restored after a loss, in which
order and under which names. It runs in full on every new connection and starts from nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aio_pika import connect
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import AMQPError
from yarl import URL

_HEARTBEAT_SECONDS = 10  # a dead peer is noticed after three of them; the default of 60 would be three minutes
_CONNECT_SECONDS = 15.0
_SET_UP_SECONDS = 60.0  # some two hundred quorum queues, the first time, on a cluster
_PAUSE_SECONDS = 1.0
_log = structlog.get_logger(__name__)

AMQP_FAILURES = (TimeoutError, AMQPError, OSError, RuntimeError)
"""What a lost connection, a closed channel or a silent server looks like. See `cancelled_by_us` for the last kind."""


def cancelled_by_us() -> bool:
    """True for a real cancellation. aiormq also raises CancelledError in every waiter of a dying connection."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def ended(task: asyncio.Task[None]) -> None:
    """Cancel it and wait for its end. Repeated each second, because the driver may lose a cancellation: before
    Python 3.12 `asyncio.wait_for` does, if it arrives just as its work ends."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=1)


class Link:
    def __init__(self, url: str, name: str, set_up: Callable[[AbstractConnection], Awaitable[None]]) -> None:
        self._url = URL(url).update_query({"heartbeat": str(_HEARTBEAT_SECONDS), "name": name})
        self._name = name
        self._set_up = set_up
        self._connection: AbstractConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self.up = asyncio.Event()
        self.trouble: str | None = "not connected yet"

    def open(self) -> None:
        """Connect in the background; wait for `up`."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._keep_alive())

    def connection(self) -> AbstractConnection | None:
        return self._connection if self.up.is_set() else None

    async def close(self) -> None:
        self._closing = True
        self.up.clear()
        self.trouble = "closed"
        if self._task is not None:
            await ended(self._task)
        await self._hang_up(self._connection)
        self._connection = None

    async def _keep_alive(self) -> None:
        while not self._closing:
            lost = asyncio.Event()
            try:
                async with asyncio.timeout(_CONNECT_SECONDS + _SET_UP_SECONDS):
                    self._connection = await self._connect(lost)
                    await self._set_up(self._connection)
            except asyncio.CancelledError:
                if cancelled_by_us():
                    raise
                self._failed("the connection was lost while it was set up")
            except Exception as error:  # noqa: BLE001 - whatever it was, the next try may do better
                self._failed(f"{type(error).__name__}: {error}")
            else:
                self.trouble = None
                self.up.set()
                _log.info("broker_connected", connection=self._name)
                await lost.wait()
                self.up.clear()
                self._failed("the connection was lost")
            await self._hang_up(self._connection)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _connect(self, lost: asyncio.Event) -> AbstractConnection:
        connection = await connect(self._url, timeout=_CONNECT_SECONDS)

        def gone(*_: object) -> None:
            lost.set()

        connection.close_callbacks.add(gone)
        return connection

    def _failed(self, why: str) -> None:
        self.trouble = f"RabbitMQ ({self._name}): {why}"
        if not self._closing:
            _log.warning("broker_not_connected", connection=self._name, why=why)

    async def _hang_up(self, connection: AbstractConnection | None) -> None:
        if connection is None:
            return
        try:
            async with asyncio.timeout(5):
                await connection.close()
        except asyncio.CancelledError:
            if cancelled_by_us():
                raise
        except Exception as error:  # noqa: BLE001 - it is gone either way
            _log.debug("broker_goodbye_failed", connection=self._name, error=str(error))
