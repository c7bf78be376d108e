"""Hears from the keeper of the other process: each time it starts, two fresh sockets to it arrive."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable


class Introductions:
    """`on_door` gets the socket for connections at once; `link` waits for the next one of the broker's."""

    def __init__(self, control: socket.socket, on_door: Callable[[socket.socket], None]) -> None:
        self._control = control
        self._on_door = on_door
        self._links: asyncio.Queue[socket.socket] = asyncio.Queue()

    def listen(self) -> None:
        self._control.setblocking(False)
        asyncio.get_running_loop().add_reader(self._control.fileno(), self._on_readable)

    async def link(self) -> socket.socket:
        return await self._links.get()

    def _on_readable(self) -> None:
        try:
            word, (link, door), _, _ = socket.recv_fds(self._control, 1, 2)
        except BlockingIOError:
            return
        except (OSError, ValueError):
            word, link, door = b"", -1, -1
        if not word:
            # The keeper is gone, and with it the one that starts us again: end as suddenly as it did.
            os.kill(os.getpid(), signal.SIGKILL)
        self._links.put_nowait(socket.socket(fileno=link))
        self._on_door(socket.socket(fileno=door))
