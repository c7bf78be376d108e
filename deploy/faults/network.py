"""Hosts as Linux network namespaces on one bridge, and what can go wrong with them. Only these addresses get traffic.

Each host has its own addresses, ports and firewall; processor, memory and disk are this machine's. Needs root, `ip`
(iproute2), `nsenter` (util-linux) and `nft` (nftables).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PREFIX, SWITCH = "parley-", "parley-switch"
SUBNET = "10.77.0"
_TOOLS = {"ip": "iproute2", "nsenter": "util-linux", "nft": "nftables"}
_CUT = (
    'table inet fault {{ chain in {{ type filter hook input priority 0; iifname != "lo" {match}drop; }}; '
    'chain out {{ type filter hook output priority 0; oifname != "lo" {match}drop; }}; }}'
)


def missing() -> str:
    """Why no hosts can be made here, in one sentence; empty if they can."""
    if os.geteuid() != 0:
        return "network namespaces need root: run it as root on a test machine"
    absent = [f"{tool} (Debian: apt install {package})" for tool, package in _TOOLS.items() if not shutil.which(tool)]
    if absent:
        return f"these programs are missing: {', '.join(absent)}"
    host = Host("try", "")
    try:
        _ip("netns", "add", f"{PREFIX}try")
        _ip("-n", f"{PREFIX}try", "link", "add", "bridge", "type", "bridge")
        _ip("-n", f"{PREFIX}try", "link", "add", "one", "type", "veth", "peer", "name", "other")
        host.lose(1)
    except subprocess.CalledProcessError as error:
        said = str(error.stderr.decode(errors="replace")).strip().partition("\n")[0]
        return f"this machine (or container) gives no network namespaces with a bridge and a firewall: {said}"
    finally:
        subprocess.run(["ip", "netns", "del", f"{PREFIX}try"], capture_output=True)
    return ""


def alone() -> IO[str] | None:
    """The lock of this machine's one fault run, held until it is closed; None while another run has it."""
    lock = Path("/run/parley-faults.lock").open("w")  # noqa: SIM115 - the caller closes it
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    return lock


@dataclass
class Host:
    """`name` is also the end of its namespace's name."""

    name: str
    address: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])

    @property
    def inside(self) -> list[str]:
        """The beginning of a command that is to run on it."""
        return ["nsenter", f"--net=/run/netns/{PREFIX}{self.name}", "--"]

    def run(self, *words: str) -> None:
        subprocess.run([*self.inside, *words], check=True, capture_output=True)

    def start(
        self, words: Sequence[str | Path], environment: dict[str, str], log: Path, user: str | None = None
    ) -> subprocess.Popen[bytes]:
        """A process group of its own on this host; its output goes to a file."""
        as_user = ["setpriv", f"--reuid={user}", "--clear-groups"] if user else []
        with log.open("ab") as output:
            process = subprocess.Popen(
                [*self.inside, *as_user, *map(str, words)],
                env=environment, stdout=output, stderr=output, cwd=log.parent, process_group=0,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def cut(self) -> None:
        """It neither hears nor is heard any more. Connections stay open and say nothing."""
        self.run("nft", _CUT.format(match=""))

    def lose(self, percent: int) -> None:
        """So many of its packets are lost, in and out."""
        self.run("nft", _CUT.format(match=f"numgen random mod 100 < {percent} "))

    def heal(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            self.run("nft", "delete", "table", "inet", "fault")

    def pause(self) -> None:
        """As a machine that stands still: its kernel still takes connections, its programs do nothing."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        for process in self.processes:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, number)


class Network:
    """`with Network(names) as hosts`: made at the start, removed at the end."""

    def __init__(self, names: Sequence[str]) -> None:
        self.hosts = {name: Host(name, f"{SUBNET}.{n}") for n, name in enumerate(names, 10)}

    def __enter__(self) -> dict[str, Host]:
        self._remove()  # what a killed run left
        _ip("netns", "add", SWITCH)
        _ip("-n", SWITCH, "link", "add", "bridge", "type", "bridge")
        _ip("-n", SWITCH, "link", "set", "bridge", "up")
        for host in self.hosts.values():
            space = PREFIX + host.name
            _ip("netns", "add", space)
            _ip("-n", SWITCH, "link", "add", f"to-{host.name}", "type", "veth", "peer", "name", "eth0", "netns", space)
            _ip("-n", SWITCH, "link", "set", f"to-{host.name}", "master", "bridge", "up")
            _ip("-n", space, "addr", "add", f"{host.address}/24", "dev", "eth0")
            for link in ("eth0", "lo"):
                _ip("-n", space, "link", "set", link, "up")
        return self.hosts

    def __exit__(self, *_: object) -> None:
        self._remove()

    def _remove(self) -> None:
        for space in [*(PREFIX + name for name in self.hosts), SWITCH]:
            subprocess.run(["ip", "netns", "del", space], capture_output=True)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
