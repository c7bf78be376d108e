"""`python -m shared.events.former_bindings_cli`: removes the bindings that an earlier version made on RabbitMQ.

They lose nothing: they only bring events to services that do not need them. Run it once no service of the earlier
version runs any more, and its outboxes are empty: until then they bring events that go by no newer binding.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

import aio_pika

from shared.broker.protocol import Subscription
from shared.broker.topology import EXCHANGE
from shared.events.catalogue import topology
from shared.settings import EMBEDDED, PlatformSettings


async def remove_former_bindings(url: str, queues: Sequence[Subscription]) -> list[tuple[str, str]]:
    """Queue and routing key of every binding that is gone now, or was not there. Repeating it is harmless."""
    former = [(one.queue, key) for one in queues for key in one.former]
    connection = await aio_pika.connect(url)
    async with connection, connection.channel() as channel:
        for name, key in former:
            queue = await channel.get_queue(name)
            await queue.unbind(EXCHANGE, key)
    return former


def main() -> int:
    url = PlatformSettings().broker_url
    if url.startswith(EMBEDDED):
        print("The embedded broker keeps no bindings: there is nothing to remove.")
        return 0
    for queue, key in asyncio.run(remove_former_bindings(url, topology())):
        print(f"{queue} is no longer bound to {key}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
