"""Starts the services of an image in containers, as an operator would, and texts them: once all in one container on its
volume, once one container per service over RabbitMQ and a database server. `make image-proof` builds the image first.

Every container has a read-only root, no capabilities, and a user that is nobody; the sandbox is one of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from testkit.installation import Installation
from testkit.process import Process
from testkit.servers import mongodb, rabbitmq
from testkit.servers.found import TestServer
from testkit.shop import Shop
from testkit.world import World

IMAGE = sys.argv[1]
USER = 10001
CUSTOMER, NUMBER = "+12025550147", "+12025550123"
CONFINED = ("--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges", "--network", "host")
# A machine that may not raise limits or make control groups can still run containers.
LIMITS = ("--cgroups", "disabled", "--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096")


class Container(Process):
    """A container of the image in place of a process of this machine. SIGTERM to podman reaches the service."""

    def command(self, module: str, *arguments: str) -> list[str]:
        folder = self.log.parent / f"{self.name}-data"
        folder.mkdir(exist_ok=True)
        os.chown(folder, USER, USER)
        named = [part for name in self._environment for part in ("--env", name)]
        run = ["podman", "run", "--rm", *CONFINED, *LIMITS, *named, "--volume", f"{folder}:/data", IMAGE]
        return [*run, module.replace("_", "-"), *arguments]


class ContainedWorld(World):
    program = Container


class ContainedInstallation(Installation):
    program = Container


def inside(*command: str) -> str:
    """What a shell in a container of the image prints."""
    run = ["podman", "run", "--rm", *CONFINED, *LIMITS, "--entrypoint", "/bin/sh", IMAGE, "-c", *command]
    return subprocess.run(run, capture_output=True, text=True, timeout=60).stdout.strip()


def inspect() -> None:
    described = json.loads(subprocess.check_output(["podman", "image", "inspect", IMAGE]))[0]
    labels = {name.rpartition(".")[2]: value for name, value in described["Labels"].items() if "opencontainers" in name}
    print(f"image: {described['Size'] / 1e6:.0f} MB with its base; {labels}")
    user = inside("id -u")
    assert user == str(USER), user
    tools = inside("for tool in pip pip3 gcc cc make node npm git; do command -v $tool; done")
    assert tools == "", f"in the image, but not needed there: {tools}"
    assert inside("touch /x /opt/parley/x 2>/dev/null && echo written") == "", "the root can be written to"
    parts = json.loads(inside("parley sbom"))["components"]
    names = {part["name"] for part in parts}
    assert {"fastapi", "parley-sender"} <= names, "the list of parts is not one of Parley"
    shown = json.loads(inside("parley dashboard-sbom"))["components"]
    assert "react" in {part["name"] for part in shown}, "the dashboard's list of parts is not one of it"
    print(f"user {user}, root read-only, no pip, no Node, no compiler; {len(parts)} + {len(shown)} parts in the SBOMs")


async def story(kind: str, folder: Path, servers: tuple[str, str] | None) -> None:
    """A customer's text, its answer, its delivery; and all of it again after a restart."""
    settings = {} if servers else {"DATABASE_URL": "embedded:/data"}
    parley = ContainedInstallation(folder, servers, **settings)
    parley.world = _world(folder, parley.url)
    began = time.monotonic()
    try:
        await parley.start()
        print(f"{kind}: {len(parley.processes)} container(s) ready after {time.monotonic() - began:.0f} s")
        page = (await parley.http.get("/inbox")).text
        script = re.search(r'src="(/assets/[^"]+\.js)"', page)
        assert script, page[:300]
        code = await parley.http.get(script[1])
        print(f"{kind}: the dashboard is there, {script[1]}: {len(code.content):,} bytes")
        shop = await Shop(parley, NUMBER).open()
        await shop.text(CUSTOMER, "are you open on Saturday?")
        await shop.answered(CUSTOMER)
        await shop.status_of(CUSTOMER, "delivered")
        _show(await shop.messages_with(CUSTOMER))
        codes = await parley.stopped()
        assert set(codes.values()) == {0}, codes
        await parley.resume()
        await shop.text(CUSTOMER, "and on Sunday?")
        await shop.answered(CUSTOMER, times=2)
        assert len(await shop.messages_with(CUSTOMER)) == 4, "a message is missing after the restart"
        print(f"{kind}: stopped with 0, started again, 4 messages there, none twice")
    except BaseException:
        print(parley.logs())
        raise
    finally:
        await parley.stop()


def _world(folder: Path, url: str) -> World:
    world = ContainedWorld(folder, url)
    arguments = ("--port", str(world.port), "--public-url", url, "--data", "/data")
    world.process = Container("sandbox", folder, {"LOG_LEVEL": "warning"}, "sandbox", *arguments)
    return world


def _show(messages: list[dict[str, Any]]) -> None:
    for message in messages:
        print(f"  {message['author']:>9}: {message['text'][:90]}  [{message['status']}]")


async def main() -> None:
    inspect()
    with tempfile.TemporaryDirectory(prefix="parley-image-") as scratch:
        for kind in ("all-in-one", "servers"):
            (Path(scratch) / kind).mkdir()
        await story("all-in-one", Path(scratch) / "all-in-one", None)
        broker, database = rabbitmq.acquire(), mongodb.acquire()
        assert isinstance(broker, TestServer), broker
        assert isinstance(database, TestServer), database
        try:
            await story("servers", Path(scratch) / "servers", (broker.url, database.url))
            print(f"servers: over {broker.kind} {broker.version} and {database.how}")
        finally:
            broker.stop()
            database.stop()


if __name__ == "__main__":
    asyncio.run(main())
