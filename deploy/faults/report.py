"""The result as JSON, signed with Ed25519, and as a page.

The signature proves that the file is as the run wrote it and came from the holder of the key, which stays in
`.tools/faults.key` of the machine that ran it. It does not prove that the run took place as described: repeat it.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

Result = dict[str, Any]


def sign(result: Result, key_file: Path) -> Result:
    """The result with public key and signature: over its other fields as JSON, keys sorted, no spaces, UTF-8."""
    key = _key(key_file)
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    return result | {"public_key": public, "signature": base64.b64encode(key.sign(_bytes(result))).decode()}


def verify(signed: Result) -> bool:
    """Whether nothing was changed since it was signed with the key that stands in it."""
    try:
        result = {name: value for name, value in signed.items() if name not in ("public_key", "signature")}
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(signed["public_key"]))
        public.verify(base64.b64decode(signed["signature"]), _bytes(result))
    except Exception:  # noqa: BLE001 - InvalidSignature, or what is no key and no signature at all
        return False
    return True


def _bytes(result: Result) -> bytes:
    return json.dumps(result, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _key(file: Path) -> Ed25519PrivateKey:
    if file.exists():
        return Ed25519PrivateKey.from_private_bytes(file.read_bytes())
    key = Ed25519PrivateKey.generate()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(0o600)
    file.write_bytes(key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
    return key


_ROWS = (
    ("texts that should leave", "asked"),
    ("**lost**: taken (2xx) and never sent", "lost"),
    ("**doubled**: sent again to the same person", "doubled"),
    ("**out of order**: persons with numbered texts", "out_of_order"),
    ("never confirmed, so counted neither here nor there", "given_up"),
    ("unknown outcomes at the carrier, settled by evidence", "settled"),
    ("… left for a person", "unresolved"),
    ("left waiting at the end", "left_waiting"),
    ("instances that ended by themselves and were started again", "ended_alone"),
    ("longest silence: from a customer's text to its answer, s", "longest_silence"),
    ("median of the same, s", "median_silence"),
    ("two open dashboards, one on each host: customers whose text or answer one of them never showed", "unseen"),
    ("… frames missed, repeated", "missed/repeated"),
    ("… connections it made, of which had to read all anew", "connections/resets"),
    ("… longest wait for a customer's text, s", "longest_wait"),
    ("longest recovery: from a fault's end until all who texted before are answered, s", "longest_recovery"),
)


def tables(result: Result) -> str:
    """Markdown: the totals with a column for each system, then fault by fault."""
    systems: list[Result] = result["systems"]
    names = [system["name"] for system in systems]
    lines = [f"| | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    lines += [f"| {what} | {' | '.join(_cell(system, field) for system in systems)} |" for what, field in _ROWS]
    for system in systems:
        lines += ["", f"**{system['name']}**, fault by fault:", ""]
        lines += ["| fault | to | lasted, s | waiting at its end | recovered after, s |", "|---|---|---|---|---|"]
        lines += [
            f"| {one['what']} | {one['to']} | {one['lasted']:.0f} | {one['waiting']} | {_seconds(one['seconds'])} |"
            for one in system["verdict"]["recoveries"]
        ]
    return "\n".join(lines)


def _cell(system: Result, field: str) -> str:
    verdict: Result = system["verdict"]
    if field == "settled":
        unknown = verdict["unknown"]
        return "does not know" if unknown is None else str(unknown - verdict["unresolved"])
    if field not in verdict:
        shown: Result | None = verdict["dashboards"]
        return "has none" if shown is None else ", ".join(str(shown[word]) for word in field.split("/"))
    return _seconds(verdict[field]) if field == "longest_recovery" else str(verdict[field])


def _seconds(value: float | None) -> str:
    return "never in this run" if value is None else f"{value:.1f}"
