"""One tenant in end-to-end stories, as a developer of a neighbouring system sees it: an API key and a number."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shared.ids import new_id
from testkit.eventually import eventually
from testkit.installation import ADMIN_TOKEN, Installation


class Shop:
    """A new tenant with one number, a carrier account and an admin key: `await Shop(parley, number).open()`."""

    def __init__(self, parley: Installation, number: str) -> None:
        self.parley, self.number = parley, number
        self.tenant_id = self.key = self.connection_id = self.carrier_key = self.webhook_url = ""

    async def open(self, **settings: Any) -> Shop:
        self.carrier_key = f"KEY{new_id('t')}"
        world = self.parley.world
        account = await world.ask("PUT", f"/accounts/{self.carrier_key}", {})
        tenant = await self._admin("POST", "", {"name": f"Shop {self.number}", "ai_mode": "auto", **settings})
        self.tenant_id = tenant["id"]
        connection = {"kind": "telnyx", "api_key": self.carrier_key, "public_key": account["public_key"]}
        made = await self._admin("POST", f"/{self.tenant_id}/connections", connection)
        self.connection_id = made["id"]
        numbers = {"phone_number": self.number, "connection_id": self.connection_id, "parts_per_second": 50}
        await self._admin("POST", f"/{self.tenant_id}/numbers", numbers)
        key = await self._admin("POST", f"/{self.tenant_id}/api-keys", {"label": "tests", "role": "admin"})
        self.key = key["key"]
        self.webhook_url = made["webhook_url"]
        await self.at_carrier(self.number)
        return self

    async def at_carrier(self, number: str) -> None:
        """Have a number of the shop's carrier account: texts to it come over the shop's connection."""
        registration = {"api_key": self.carrier_key, "webhook_url": self.webhook_url}
        await self.parley.world.ask("PUT", f"/numbers/{number}", registration)

    async def _admin(self, method: str, path: str, body: Any) -> Any:
        return await self.call(method, f"/api/accounts/tenants{path}", body, token=ADMIN_TOKEN)

    async def call(
        self, method: str, path: str, body: Any = None, *, token: str = "", expect: int | None = None, **headers: str
    ) -> Any:
        sent = {"authorization": f"Bearer {token or self.key}", **headers}
        answer = await self.parley.http.request(method, path, json=body, headers=sent)
        good = answer.status_code == expect if expect else answer.is_success
        assert good, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def text(self, customer: str, text: str, **more: Any) -> dict[str, Any]:
        return await self.parley.world.text(customer, self.number, text, **more)

    async def conversations(self, query: str = "") -> list[dict[str, Any]]:
        return (await self.call("GET", f"/api/conversations?limit=200{query}"))["items"]

    async def conversation_with(self, customer: str) -> dict[str, Any]:
        found = [item for item in await self.conversations() if item["contact"]["phone_number"] == customer]
        assert found, f"no conversation with {customer}"
        return found[0]

    async def messages_with(self, customer: str) -> list[dict[str, Any]]:
        """Oldest first."""
        conversation = await self.conversation_with(customer)
        items = (await self.call("GET", f"/api/conversations/{conversation['id']}/messages?limit=200"))["items"]
        # As moments: a whole second has no fraction, so that as text it would come after the rest of its second.
        return sorted(items, key=lambda message: datetime.fromisoformat(message["created_at"]))

    async def sent_to(self, customer: str) -> list[dict[str, Any]]:
        """What the carrier accepted for this customer from this shop."""
        return await self.parley.world.ledger(**{"to": customer, "from": self.number})

    async def sent_to_all(self) -> list[dict[str, Any]]:
        """What the carrier accepted from this shop, to any customer."""
        return await self.parley.world.ledger(**{"from": self.number})

    async def answered(self, customer: str, times: int = 1, within: float = 45) -> list[dict[str, Any]]:
        """The SMS the carrier accepted for this customer, once there are that many."""

        async def enough() -> list[dict[str, Any]]:
            sent = await self.sent_to(customer)
            assert len(sent) >= times, f"{len(sent)} of {times} sent"
            return sent

        return await eventually(enough, within=within)

    async def status_of(self, customer: str, wanted: str, author: str = "assistant") -> dict[str, Any]:
        """The last message of this author to the customer, once it has that status."""

        async def reached() -> dict[str, Any]:
            found = [m for m in await self.messages_with(customer) if m["author"] == author]
            assert found, "no such message"
            assert found[-1]["status"] == wanted, found[-1]
            return found[-1]

        return await eventually(reached, within=45)

    async def write(self, customer: str, text: str, expect: int | None = None) -> dict[str, Any]:
        """An agent writes in the conversation with this customer."""
        conversation = await self.conversation_with(customer)
        path = f"/api/conversations/{conversation['id']}/messages"
        return await self.call("POST", path, {"text": text}, expect=expect)
