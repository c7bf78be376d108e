"""The operator's command line: dead letters of a running installation, read, mended, replayed or discarded.

    python -m shared.dead_letters_cli dead-letters [list | show ID | replay ID [--body FILE] | discard ID WHY]

It signs its calls with the installation's secret, so it needs SECRET_KEY, or the data folder of an embedded one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shlex
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2

from shared.clock import SystemClock
from shared.events.catalogue import EVERY_HTTP_SERVICE
from shared.keyring import Keyring
from shared.settings import PlatformSettings, read


def _keyring(settings: PlatformSettings) -> Keyring:
    secret = settings.secret_key.get_secret_value()
    if not secret and settings.data_folder:
        kept = settings.data_folder / "credentials.json"
        secret = str(json.loads(kept.read_text())["secret_key"]) if kept.exists() else ""
    if not secret:
        sys.exit("No SECRET_KEY, and no credentials.json in the data folder: set SECRET_KEY to the installation's.")
    return Keyring(secret)


class Letters:
    """A letter's id starts with the service that owns its queue, so one argument is enough to find it.

    Ids hold bars, and whatever else a publisher puts into an event's id: they are listed quoted, ready for a shell.
    """

    def __init__(self, settings: PlatformSettings, http: httpx2.AsyncClient) -> None:
        claims = {"kind": "internal", "exp": int(SystemClock().now().timestamp()) + 300}
        self._headers = {"authorization": f"Bearer {_keyring(settings).token(claims)}"}
        self._settings, self._http = settings, http

    async def call(self, method: str, service: str, path: str = "", body: Any = None) -> Any:
        url = f"{self._settings.internal_base(service)}/internal/{service}/dead-letters{path}"
        answer = await self._http.request(method, url, json=body, headers=self._headers)
        if answer.is_error:
            problem: dict[str, Any] = answer.json() if "json" in answer.headers.get("content-type", "") else {}
            sys.exit(f"{service}: {problem.get('detail', f'HTTP {answer.status_code}')}")
        return answer.json()

    async def list(self) -> None:
        count = 0
        for service in EVERY_HTTP_SERVICE:
            for letter in (await self.call("GET", service, "?limit=1000"))["items"]:
                count += 1
                print(f"{letter['at']}  {shlex.quote(letter['id'])}\n    {letter['reason']}")
        print(f"{count} dead letters are waiting." if count else "No dead letters are waiting.")

    async def one(self, arguments: argparse.Namespace) -> None:
        path = "/" + quote(arguments.id, safe="")
        service = arguments.id.split(".")[0]
        if arguments.action == "show":
            answer = await self.call("GET", service, path)
        elif arguments.action == "replay":
            answer = await self.call("POST", service, f"{path}/replay", {"body": arguments.body})
        else:
            answer = await self.call("POST", service, f"{path}/discard", {"why": arguments.why})
        print(json.dumps(answer, indent=2))


async def _run(arguments: argparse.Namespace) -> None:
    async with httpx2.AsyncClient(timeout=10, trust_env=False) as http:
        letters = Letters(read(PlatformSettings), http)
        try:
            await (letters.one(arguments) if getattr(arguments, "id", None) else letters.list())
        except httpx2.TransportError as error:
            sys.exit(f"No answer ({type(error).__name__}): is Parley running, and is INTERNAL_URL right?")


def _text_of(path: str) -> str:
    return Path(path).read_text()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m shared.dead_letters_cli", description="What waits for a person")
    letters = parser.add_subparsers(dest="what", required=True).add_parser("dead-letters")
    actions = letters.add_subparsers(dest="action")
    actions.add_parser("list", help="what waits, newest first")
    for name, meaning in (("show", "one letter with its body"), ("replay", "back into its queue"), ("discard", "")):
        action = actions.add_parser(name, help=meaning or "not to be handled; say why")
        action.add_argument("id")
        if name == "replay":
            action.add_argument("--body", type=_text_of, help="file with the mended event (CloudEvents JSON)")
        if name == "discard":
            action.add_argument("why")
    asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
