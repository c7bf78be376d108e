"""What a caller reads when something behind us is away: what to do, and nothing of how the installation is built."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from accounts.carrier.adapters.telnyx import CarrierAccount
from accounts.carrier.adapters.telnyx import Telnyx as AccountsTelnyx
from shared.broker.rabbitmq.broker import RabbitBroker
from shared.clock import SystemClock
from shared.database.mongodb.database import MongoDatabase
from shared.database.protocol import CollectionSpec
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import ParleyError
from shared.events.catalogue import topology
from shared.http.app import problem_of
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from testkit.ports import free_port

TELLTALES = ("127.0.0.1", "localhost", "mongo", "rabbit", "amqp", "sqlite", "errno", "Error", "Exception", "Timeout")
NOTES = CollectionSpec("secret_collection", {})


async def mongodb(port: int, _folder: Path) -> None:
    database = MongoDatabase(f"mongodb://127.0.0.1:{port}/", "secret_database", "test")
    try:
        await database.collection(NOTES).get("one")
    finally:
        await database.close()


async def rabbitmq(port: int, _folder: Path) -> None:
    broker = RabbitBroker(
        f"amqp://secret_user:secret_word@127.0.0.1:{port}/", SystemClock(), "test", first_connect_seconds=0.5
    )
    try:
        await broker.start(topology())
    finally:
        await broker.close()


async def another_service(port: int, _folder: Path) -> None:
    keyring = Keyring("a secret of thirty-two characters or more")
    client = InternalClient(keyring, SystemClock(), lambda _: f"http://127.0.0.1:{port}")
    try:
        await client.get("accounts", "tenants")
    finally:
        await client.close()


async def carrier(port: int, _folder: Path) -> None:
    telnyx = AccountsTelnyx(f"http://127.0.0.1:{port}")
    try:
        await telnyx.numbers(CarrierAccount("KEYsecret", None))
    finally:
        await telnyx.close()


async def damaged_file(_port: int, folder: Path) -> None:
    path = folder / "secret_folder.sqlite"
    path.write_bytes(b"this is no database" * 1_000)
    database = EmbeddedDatabase(path)
    try:
        await database.start()
        await database.collection(NOTES).get("one")
    finally:
        await database.close()


FAILURES: tuple[Callable[[int, Path], Awaitable[None]], ...] = (
    mongodb,
    rabbitmq,
    another_service,
    carrier,
    damaged_file,
)


@pytest.mark.parametrize("fail", FAILURES, ids=lambda fail: fail.__name__)
async def test_a_caller_reads_no_host_port_file_or_exception(
    fail: Callable[[int, Path], Awaitable[None]], tmp_path: Path
):
    port = free_port()  # with no listener
    with pytest.raises(ParleyError) as failed:
        await fail(port, tmp_path)
    with capture_logs() as told:
        body = bytes(problem_of(failed.value).body).decode()
    assert failed.value.status == 503
    assert not [word for word in (*TELLTALES, str(port), str(tmp_path), "secret") if word.lower() in body.lower()]
    assert told, "the operator's log has the rest"
    assert told[0]["detail"] not in body
