"""`make faults`: the fault benchmark on several hosts of one machine. ARGS="--minutes 3 --only parley".

Root is needed for the hosts. The result goes to `faults.json` (signed) and, with `--page`, into docs/faults.md.
`--verify FILE` looks at the signature of such a file, without root.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from faults import report, servers
from faults.edge import Balancer
from faults.judge import judge
from faults.network import Host, Network, alone, missing
from faults.plan import NAMES
from faults.play import Load, Play
from faults.system import EDGE_PORT, ROOT, WORLD_DOOR, WORLD_PORT, Instance, Stage, System, asked_again, faketime
from testkit.eventually import eventually
from testkit.kills.answers import HABITS

HOSTS = ("desk", "a", "b", "db", "b1", "b2", "b3")
SYSTEMS = {"parley": "faults.product:Product", "naive": "faults.naive:Naive"}
PAGE, MARK = ROOT / "docs/faults.md", "<!-- written by make faults -->"


def main() -> int:
    given = _arguments()
    if given.verify:
        return _verify(given.verify)
    for end in (signal.SIGINT, signal.SIGTERM):  # nohup ignores one, and the other would leave all instances behind
        signal.signal(end, signal.default_int_handler)
    if given.inside:
        asyncio.run(_measure(given))
        return 0
    if reason := missing() or servers.missing("naive" in given.only and not given.system):
        raise SystemExit(f"No fault run: {reason}.")
    lock = alone()
    if lock is None:
        raise SystemExit("No fault run: another one is under way on this machine.")
    if not faketime():
        print("# no libfaketime (Debian: apt install faketime): clocks are not skewed, and the result says so")
    with lock, Network(HOSTS) as hosts:
        command = [sys.executable, "-m", "faults", *sys.argv[1:], "--inside"]
        # In a group of its own: an interrupt reaches it once, and it ends what it started.
        child = subprocess.Popen([*hosts["desk"].inside, *command], cwd=ROOT, env=os.environ, process_group=0)
        try:
            return child.wait()
        except KeyboardInterrupt:
            child.send_signal(signal.SIGINT)
            return child.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="of load and faults, for each system")
    parser.add_argument("--only", default=",".join(SYSTEMS), help="parley, naive, or both by comma")
    parser.add_argument("--system", default="", help="module:Class of another system, instead of both")
    parser.add_argument("--faults", default=",".join(NAMES), help="only these, by comma: " + ", ".join(NAMES))
    parser.add_argument("--texts", type=float, default=Load.texts_per_second, help="customers' texts per second")
    parser.add_argument("--recipients", type=int, default=0, help="of the campaign; default 12 for each minute")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "faults.json")
    parser.add_argument("--page", action="store_true", help="write the result into docs/faults.md")
    parser.add_argument("--keep", action="store_true", help="keep the folder with all logs")
    parser.add_argument("--verify", type=Path, metavar="FILE", help="say whether this result is as it was signed")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if unknown := {*given.faults.split(",")} - {*NAMES}:
        parser.error(f"no fault is called {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    if unknown := {*given.only.split(",")} - {*SYSTEMS}:
        parser.error(f"no system is called {', '.join(sorted(unknown))}; there are {', '.join(SYSTEMS)}")
    return given


def _verify(file: Path) -> int:
    try:
        signed: Any = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise SystemExit(f"{file} is no result of a fault run: {error}") from None
    genuine = report.verify(signed)
    said = f"as signed with the key {signed['public_key']}, run {signed['at']}" if genuine else "NOT as it was signed"
    print(f"{file}: {said}")
    return 0 if genuine else 1


async def _measure(given: argparse.Namespace) -> None:
    recipients, chosen = given.recipients or max(20, round(12 * given.minutes)), tuple(given.faults.split(","))
    load = Load(given.minutes, given.texts, recipients=recipients, seed=given.seed, faults=chosen)
    names = [given.system] if given.system else [SYSTEMS[name] for name in given.only.split(",")]
    systems: list[dict[str, Any]] = []
    signed: dict[str, Any] = {}
    for name in names:
        systems.append(await _one(name, load, given.keep))
        result = _facts(load) | {"systems": systems}
        signed = report.sign(result, ROOT / ".tools/faults.key")  # after each system: the next one may fail
        given.out.write_text(json.dumps(signed, indent=2, ensure_ascii=False) + "\n")
        print(report.tables(signed), flush=True)
    if given.page:
        head = PAGE.read_text().partition(MARK)[0]
        PAGE.write_text(f"{head}{MARK}\n\n{_words(signed)}\n\n{report.tables(signed)}\n")
    print(f"# {given.out}: signed, {'genuine' if report.verify(signed) else 'NOT GENUINE'}", flush=True)


async def _one(name: str, load: Load, keep: bool) -> dict[str, Any]:
    module, _, kind = name.partition(":")
    system: System = getattr(importlib.import_module(module), kind)()
    folder = Path(tempfile.mkdtemp(prefix="parley-faults-"))
    folder.chmod(0o755)  # noqa: ASYNC240 - nothing else runs yet
    hosts = {name: Host(name, address) for name, address in _addresses().items()}
    print(f"# {system.name}: starting the cluster; logs in {folder}", flush=True)
    try:
        return await _play(system, hosts, folder, load)
    finally:
        for host in hosts.values():
            host.heal()
            host.go_on()
            host._signal(signal.SIGKILL)
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _addresses() -> dict[str, str]:
    return {name: host.address for name, host in Network(HOSTS).hosts.items()}


async def _play(system: System, hosts: dict[str, Host], folder: Path, load: Load) -> dict[str, Any]:
    nodes = await servers.cluster([hosts[name] for name in ("b1", "b2", "b3")], folder)
    broker = Balancer(lambda _head: [(node.host.address, servers.AMQP) for node in nodes], reads_head=False)
    await broker.open(hosts["desk"].address, servers.AMQP)
    door = Balancer(lambda _head: [("127.0.0.1", WORLD_PORT)], reads_head=False)
    await door.open(hosts["desk"].address, WORLD_DOOR)
    http = await _world(hosts, folder)
    stage = Stage(hosts, folder, nodes, http)
    started = time.monotonic()
    await system.start(stage)
    print(
        f"# {system.name}: ready after {time.monotonic() - started:.0f} s; {load.minutes:g} minutes begin", flush=True
    )
    played = await Play(stage, system, load).run()
    rows = (await stage.ask("GET", "/ledger", limit=1_000_000))["items"]
    verdict = judge(played, rows, await asked_again(system.leftovers))
    await system.stop()
    await http.aclose()
    for balancer in (broker, door):
        balancer.close()
    return {"name": system.name, "what": system.what, "verdict": verdict.plain()}


async def _world(hosts: dict[str, Host], folder: Path) -> httpx2.AsyncClient:
    """Carrier, model and customers on the desk's host; a door to them on each application's host."""
    desk = hosts["desk"]
    edge = f"http://{desk.address}:{EDGE_PORT}"
    words = ["sandbox", "--port", str(WORLD_PORT), "--data", str(folder / "world"), "--public-url", edge]
    Instance("world", desk, words, {"LOG_LEVEL": "warning"}, folder).start()
    for name in ("a", "b"):
        forward = ["faults.forward", str(WORLD_PORT), desk.address, str(WORLD_DOOR)]
        Instance(f"door-{name}", hosts[name], forward, {}, folder).start()
    # Each request has a connection of its own: a kept one may be closed just as it is used again.
    http = httpx2.AsyncClient(
        base_url=f"http://127.0.0.1:{WORLD_PORT}/sandbox/control",
        timeout=60, trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0),
    )  # fmt: skip

    async def answers() -> bool:
        try:
            return (await http.get("/summary")).status_code == 200
        except httpx2.HTTPError:
            return False

    await eventually(answers, within=60, every=0.2)
    (await http.put("/settings", json=HABITS)).raise_for_status()
    return http


def _facts(load: Load) -> dict[str, Any]:
    version = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT)
    return {
        "benchmark": "parley-faults-2",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": version.stdout.strip(),
        "machine": f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}",
        "hosts": "network namespaces of one machine, joined by a bridge",
        "databases": servers.DATABASES,
        "clock_skew": "libfaketime" if faketime() else "LEFT OUT: libfaketime is not installed",
        "load": {"minutes": load.minutes, "texts_per_second": load.texts_per_second, "recipients": load.recipients,
                 "seed": load.seed, "faults": list(load.faults)},
    }  # fmt: skip


def _words(signed: dict[str, Any]) -> str:
    load = signed["load"]
    return (
        f"Run of {signed['at'][:16].replace('T', ' ')} UTC, version `{signed['version']}`, on {signed['machine']}. "
        f"{load['minutes']:g} minutes for each system, {load['texts_per_second']:g} texts a second, a campaign of "
        f"{load['recipients']}, seed {load['seed']}, {len(load['faults'])} kinds of fault. "
        f"Clock skew: {signed['clock_skew']}. Databases: {signed['databases']}. "
        f"Public key `{signed['public_key']}`."
    )


if __name__ == "__main__":
    sys.exit(main())
