"""The demo's own tenant on a running sandbox installation, asked over HTTP as any developer would."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

NAME, NUMBER, CARRIER_KEY = "Ann's Bakery (campaign demo)", "+13125550120", "KEYcampaign-demo"
PRICES = {"sms_out": {"*": "0.0120"}, "sms_in": {"*": "0.0040"}, "carrier_fee": {"mode": "none"}}
"""What the bakery pays for a part: more than the pretend carrier charges, as an agency would bill it."""
_TENANTS = "/api/accounts/tenants"


class DemoShop:
    def __init__(self, url: str, admin_token: str) -> None:
        self.url, self.number, self.key = url, NUMBER, ""
        self._admin_token = admin_token
        self._http = httpx2.Client(base_url=url, timeout=60, trust_env=False)

    @classmethod
    def open(cls, url: str, data: Path) -> DemoShop | str:
        """A tenant with a number that may text at any hour; or what the user must do first."""
        try:
            token = json.loads((data / "credentials.json").read_text())["admin_token"]
            shop = cls(url, token)
            shop._prepare()
        except (FileNotFoundError, httpx2.TransportError):
            return f"No Parley answers at {url} with its data in {data}. Start it first: make run"
        return shop

    def ask(self, method: str, path: str, body: Any = None, *, token: str = "") -> Any:
        headers = {"authorization": f"Bearer {token or self.key}"}
        return _read(self._http.request(method, path, json=body, headers=headers))

    def upload(self, path: str, name: str, content: bytes) -> Any:
        headers = {"authorization": f"Bearer {self.key}"}
        return _read(self._http.post(path, files={"file": (name, content, "text/csv")}, headers=headers))

    def carrier(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        """The pretend carrier."""
        return _read(self._http.request(method, f"/sandbox/control{path}", json=body, params=params))

    def until(self, path: str, reached: Callable[[Any], bool], seconds: float) -> Any:
        """What GET answers once it is so. Raises SystemExit after `seconds`."""
        deadline = time.monotonic() + seconds
        while not reached(now := self.ask("GET", path)):
            if time.monotonic() > deadline:
                raise SystemExit(f"{path}: still {now}")
            time.sleep(0.3)
        return now

    def _prepare(self) -> None:
        account = self.carrier("PUT", f"/accounts/{CARRIER_KEY}", {})
        tenants = self._admin("GET", "?limit=200")["items"]
        known = next((tenant["id"] for tenant in tenants if tenant["name"] == NAME), None)
        tenant_id = known or self._open_tenant(account["public_key"])
        key = self._admin("POST", f"/{tenant_id}/api-keys", {"label": "campaign demo", "role": "admin"})
        self.key = key["key"]

    def _open_tenant(self, public_key: str) -> str:
        """The bakery's guests are texted at any hour, because a demo is looked at when it is run."""
        wish = {"name": NAME, "ai_mode": "off", "default_region": "US", "quiet_hours": {"opens": 0, "closes": 24}}
        tenant_id = self._admin("POST", "", wish)["id"]
        connection = {
            "kind": "telnyx",
            "api_key": CARRIER_KEY,
            "public_key": public_key,
            "api_base": f"{self.url}/sandbox/telnyx/v2",
        }
        made = self._admin("POST", f"/{tenant_id}/connections", connection)
        prices = {"valid_from": datetime.now(UTC).isoformat(), "currency": "USD", **PRICES}
        self._admin("POST", f"/{tenant_id}/rate-cards", prices)
        number = {"phone_number": NUMBER, "connection_id": made["id"], "label": "Campaigns", "parts_per_second": 20}
        self._admin("POST", f"/{tenant_id}/numbers", number)
        self.carrier("PUT", f"/numbers/{NUMBER}", {"api_key": CARRIER_KEY, "webhook_url": made["webhook_url"]})
        return tenant_id

    def _admin(self, method: str, path: str, body: Any = None) -> Any:
        return self.ask(method, f"{_TENANTS}{path}", body, token=self._admin_token)


def _read(answer: httpx2.Response) -> Any:
    if not answer.is_success:
        raise SystemExit(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else None
