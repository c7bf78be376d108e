"""`make run` as a user has it: one process with the sandbox's world inside, and the demo's tenant if it is wanted."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2

from testkit.eventually import eventually
from testkit.installation import Installation
from testkit.process import Process
from testkit.world import World

_ELSEWHERE = ("TELNYX_API_BASE", "OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL")


class InnerWorld(World):
    """The sandbox of the installation itself: there is nothing to start."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = f"{url}/sandbox"
        self.process = Process("sandbox", folder, {})
        self.http = httpx2.AsyncClient(base_url=f"{self.url}/control", timeout=30, trust_env=False)

    async def start(self) -> None:
        pass


class DemoInstallation(Installation):
    """`ticket`, `email` and `password` of the demo's admin are read from what `make run` prints."""

    def __init__(self, folder: Path, **settings: str) -> None:
        super().__init__(folder, None, **settings)
        self.world = InnerWorld(folder, self.url)
        self.ticket = self.email = self.password = self.key = ""

    @property
    def environment(self) -> dict[str, str]:
        given = {name: value for name, value in super().environment.items() if name not in _ELSEWHERE}
        # Connections that a test makes name no carrier address: they are to reach the sandbox inside, too.
        inside = {"SANDBOX": "on", "TELNYX_API_BASE": f"{self.url}/sandbox/telnyx/v2"}
        return given | inside | self._settings

    async def start(self) -> None:
        await super().start()
        if self.environment.get("DEMO") != "off":
            await eventually(self._read_banner, within=60)

    def _read_banner(self) -> bool:
        said = self.processes["all-in-one"].log.read_text()
        assert "Ctrl-C stops it" in said
        self.ticket = _found(r"/login\?ticket=(\S+)", said)
        self.email, self.password = _found(r"or with +(\S+), ", said), _found(r"or with +\S+, (\S+)", said)
        self.key = _found(r"API key \(.*?\) +(\S+)", said)
        return True


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, f"{pattern} is not in what was printed"
    return found.group(1)
