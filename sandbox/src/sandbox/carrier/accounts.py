"""Who may send from which number, where webhooks go, and who has said STOP to which messaging profile."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from sandbox import signing
from sandbox.journal import Journal, Shelf
from shared.errors import Invalid, NotFound
from shared.ids import derive

Capability = Literal["sms", "mms"]


class Account(BaseModel):
    api_key: str
    organization_id: str
    messaging_profile_id: str
    signing_seed: str


class Profile(BaseModel):
    id: str
    api_key: str
    webhook_url: str
    created_at: datetime | None = None
    enabled: bool = True
    webhook_api_version: str = "2"
    redaction_level: int = 0
    """0: off. At 2 the real carrier takes text and sender out of its webhooks too; here it is only said."""


class Number(BaseModel):
    number: str
    api_key: str
    messaging_profile_id: str
    capabilities: tuple[Capability, ...] = ("sms", "mms")
    """What a connection's import reads; sending is not held to it here."""


class Block(BaseModel):
    """A STOP: holds for every number of the profile, is lifted only at the number it was sent to."""

    messaging_profile_id: str
    customer: str
    number: str
    keyword: str
    at: datetime


class Registry:
    def __init__(self, journal: Journal, secret: str, public_url: str) -> None:
        self._secret = secret
        self.public_url = public_url.rstrip("/")
        self._accounts = Shelf(journal, "account", Account)
        self._profiles = Shelf(journal, "profile", Profile)
        self._numbers = Shelf(journal, "number", Number)
        self._blocks = Shelf(journal, "block", Block)

    def account(self, api_key: str) -> Account | None:
        """Any key that begins with KEY is an account, from its first use on."""
        if not api_key.startswith("KEY"):
            return None
        return self._accounts.get(api_key) or self.put_account(api_key)

    def put_account(self, api_key: str, signing_seed: str | None = None) -> Account:
        if not api_key.startswith("KEY"):
            raise Invalid("invalid_api_key", "API keys of the pretend carrier begin with KEY")
        account = Account(
            api_key=api_key,
            organization_id=derive("sandbox-organization", api_key),
            messaging_profile_id=derive("sandbox-profile", api_key),
            signing_seed=signing_seed or signing.derive_seed(self._secret, api_key),
        )
        return self._accounts.put(api_key, account)

    def put_number(
        self,
        number: str,
        api_key: str,
        webhook_url: str | None,
        profile_id: str | None,
        capabilities: tuple[Capability, ...] = ("sms", "mms"),
    ) -> Number:
        account = self.account(api_key) or self.put_account(api_key)
        profile_id = profile_id or account.messaging_profile_id
        known = self._profiles.get(profile_id)
        if known and known.api_key != api_key:
            raise Invalid("foreign_profile", f"messaging profile {profile_id} belongs to another API key")
        url = webhook_url or (known.webhook_url if known else f"{self.public_url}/webhooks/telnyx")
        settings = known or Profile(id=profile_id, api_key=api_key, webhook_url=url)
        self._profiles.put(profile_id, settings.model_copy(update={"webhook_url": url}))
        row = Number(number=number, api_key=api_key, messaging_profile_id=profile_id, capabilities=capabilities)
        return self._numbers.put(number, row)

    def number(self, number: str) -> Number | None:
        return self._numbers.get(number)

    def known_number(self, number: str) -> Number:
        known = self._numbers.get(number)
        if known is None:
            raise NotFound("unknown_number", f"{number} is not registered; PUT /sandbox/control/numbers/{number} first")
        return known

    def numbers(self) -> list[Number]:
        return self._numbers.values()

    def put_profile(self, profile: Profile) -> Profile:
        return self._profiles.put(profile.id, profile)

    def profile(self, profile_id: str) -> Profile | None:
        return self._profiles.get(profile_id)

    def profiles(self) -> list[Profile]:
        return self._profiles.values()

    def seed_of(self, api_key: str) -> str:
        account = self.account(api_key)
        return account.signing_seed if account else signing.derive_seed(self._secret, api_key)

    def public_key(self, api_key: str) -> str:
        return signing.public_key(self.seed_of(api_key))

    def block(self, block: Block) -> None:
        self._blocks.put(f"{block.messaging_profile_id} {block.customer}", block)

    def unblock(self, profile_id: str, customer: str, number: str) -> None:
        key = f"{profile_id} {customer}"
        block = self._blocks.get(key)
        if block and block.number == number:
            self._blocks.drop(key)

    def is_blocked(self, profile_id: str, customer: str) -> bool:
        return self._blocks.get(f"{profile_id} {customer}") is not None

    def blocks(self) -> list[Block]:
        return self._blocks.values()

    def forget(self, numbers_too: bool) -> None:
        self._blocks.clear()
        if numbers_too:
            for shelf in (self._accounts, self._profiles, self._numbers):
                shelf.clear()
