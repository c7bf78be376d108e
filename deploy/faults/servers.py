"""The servers that both systems use: a RabbitMQ cluster of three, and one database each."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from pathlib import Path

from faults.network import Host
from testkit.servers import secantus
from testkit.servers.postgresql import _programs
from testkit.servers.rabbitmq import server_script

AMQP, MONGODB, POSTGRESQL = 5672, 27017, 5432
DATABASES = "SecantusDB (WiredTiger) in place of MongoDB, retryWrites=false; PostgreSQL for the naive pipeline"
_COOKIE = "parleyfaultbenchmark"
_ERLANG = "-kernel net_ticktime 8 +S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none"
"""A silent node counts as gone after some 8 s instead of 60; schedulers that have nothing to do leave the processor."""


def missing(tables: bool) -> str:
    """Which server is not installed here, in one sentence; empty if all are. `tables`: PostgreSQL is needed too."""
    if server_script() is None:
        return "there is no rabbitmq-server (Debian: apt install rabbitmq-server)"
    if tables and _programs() is None:
        return "there is no PostgreSQL for the naive pipeline (Debian: apt install postgresql), or say --only parley"
    return secantus.install() or ""


class Node:
    """One RabbitMQ node of the cluster."""

    def __init__(self, host: Host, folder: Path, first: Host) -> None:
        self.host = host
        self._home = folder / host.name
        self._home.mkdir()
        (self._home / ".erlang.cookie").write_text(_COOKIE)
        (self._home / ".erlang.cookie").chmod(0o400)
        (self._home / "plugins").write_text("[].\n")
        (self._home / "env.conf").write_text("")
        (self._home / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 0.0.0.0:{AMQP}\nloopback_users = none\ndisk_free_limit.absolute = 50MB\n"
            "cluster_partition_handling = pause_minority\n"
            "cluster_formation.peer_discovery_backend = classic_config\n"
            f"cluster_formation.classic_config.nodes.1 = rabbit@{first.address}\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        script = server_script()
        if script is None:
            raise SystemExit("no rabbitmq-server on this machine (Debian: apt install rabbitmq-server)")
        self._process = self.host.start([script], self._environment, self._home / "output")

    async def ready(self, within: float = 300) -> None:
        await answers(self.host, AMQP, within)

    def kill(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(20)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)

    def control(self, *words: str) -> str:
        script = Path(server_script() or "").with_name("rabbitmqctl")
        run = subprocess.run(
            [*self.host.inside, str(script), "--longnames", *words],
            env=self._environment, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        return run.stdout

    @property
    def _environment(self) -> dict[str, str]:
        home = str(self._home)
        return {
            "PATH": os.environ.get("PATH", ""),
            "HOME": home,
            "RABBITMQ_USE_LONGNAME": "true",
            "RABBITMQ_NODENAME": f"rabbit@{self.host.address}",
            "RABBITMQ_MNESIA_BASE": f"{home}/data",
            "RABBITMQ_LOG_BASE": f"{home}/log",
            "RABBITMQ_PID_FILE": f"{home}/pid",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{home}/plugins",
            "RABBITMQ_CONFIG_FILE": f"{home}/rabbitmq.conf",
            "RABBITMQ_CONF_ENV_FILE": f"{home}/env.conf",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": _ERLANG,
        }


async def cluster(hosts: list[Host], folder: Path) -> list[Node]:
    """The first node forms it, the others join."""
    nodes = [Node(host, folder, hosts[0]) for host in hosts]
    nodes[0].start()
    await nodes[0].ready()
    for node in nodes[1:]:
        node.start()
        await node.ready()
    return nodes


async def document_store(host: Host, folder: Path) -> str:
    """The durable stand-in for MongoDB (ADR 5). Its host is paused and loses packets, but is never killed."""
    failure = secantus.install()
    if failure:
        raise SystemExit(failure)
    where = ["--host", host.address, "--port", str(MONGODB), "--storage-path", folder / "documents"]
    # It keeps connections of hosts that were cut off, and takes 1,000 by itself; MongoDB takes some 64,000.
    command = [secantus._PROGRAM, *where, "--cache-size", "256M", "--session-max", "8000", "--log-level", "WARNING"]
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder)}
    host.start(command, environment, folder / "documents.log")
    await answers(host, MONGODB, 60)
    # From its ten-thousandth retryable write on it sorts them all at every write. Parley's rules need none: a save that
    # failed is repeated by its cause.
    return f"mongodb://{host.address}:{MONGODB}/?retryWrites=false"


async def table_store(host: Host, folder: Path) -> str:
    """PostgreSQL for the naive pipeline, as durable as it comes."""
    programs = _programs()
    if programs is None:
        raise SystemExit("no PostgreSQL on this machine (Debian: apt install postgresql)")
    home = folder / "tables"
    home.mkdir(mode=0o755)
    shutil.chown(home, "postgres")
    environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "HOME": str(home)}
    make = [programs / "initdb", "-D", home / "data", "-U", "bench", "-A", "trust", "-E", "UTF8"]
    subprocess.run(list(map(str, make)), check=True, capture_output=True, user="postgres", env=environment, cwd=home)  # noqa: ASYNC221
    with (home / "data" / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 10.77.0.0/24 trust\n")
    (home / "log").touch()
    command = [programs / "postgres", "-D", home / "data", "-h", host.address, "-p", str(POSTGRESQL), "-k", home]
    host.start(command, environment, home / "log", user="postgres")
    await answers(host, POSTGRESQL, 60)
    return f"postgresql://bench@{host.address}:{POSTGRESQL}/postgres"


async def answers(host: Host, port: int, within: float) -> None:
    """Until something takes connections there."""
    async with asyncio.timeout(within):
        while True:
            try:
                _, writer = await asyncio.wait_for(asyncio.open_connection(host.address, port), 2)
            except (OSError, TimeoutError):
                await asyncio.sleep(0.2)
                continue
            writer.close()
            return
