"""Settings read at the start of the sandbox, and those that tests may change while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_SHORTEST_TOKEN = 32


def _long_enough(token: SecretStr) -> SecretStr:
    """It opens the pretend carrier to everybody who knows it, so it must not be guessed."""
    if 0 < len(token.get_secret_value()) < _SHORTEST_TOKEN:
        raise ValueError(f"give {_SHORTEST_TOKEN} characters or more (openssl rand -hex 32)")
    return token


class Tunables(BaseModel):
    """Timings and habits that `PUT /sandbox/control/settings` changes while the sandbox runs. Times in seconds."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    sent_after: float = Field(default=0.3, ge=0, description="from accepting an SMS to its message.sent")
    delivered_after: float = Field(default=0.9, ge=0, description="from accepting an SMS to its message.finalized")
    records_after: float = Field(default=0.0, ge=0, description="until an SMS shows up in the detail records")
    idempotency: bool = Field(default=True, description="false: the carrier ignores Idempotency-Key")
    webhook_attempts: int = Field(default=3, ge=1, description="deliveries per address before giving up")
    webhook_first_delay: float = Field(default=1.0, ge=0, description="pause before the first repeat; doubles")
    webhook_longest_delay: float = Field(default=60.0, ge=0, description="the pause doubles up to this")
    webhook_timeout: float = Field(default=2.0, gt=0, description="the real carrier gives a receiver 2 s")
    send_latency: float = Field(default=0.0, ge=0, description="before the carrier answers")
    model_latency: float = Field(default=0.0, ge=0, description="before the model answers")


class SandboxSettings(BaseSettings):
    """Read from `SANDBOX_…` variables when built; every value given explicitly wins."""

    model_config = SettingsConfigDict(env_prefix="SANDBOX_", env_nested_delimiter="__", extra="ignore")

    public_url: str = Field(default="http://127.0.0.1:8080", description="where the webhook receiver is reached")
    known_as: str = Field(
        default="", description="the receiver's public address, if messages name that one; webhooks go to public_url"
    )
    token: Annotated[SecretStr, AfterValidator(_long_enough)] = Field(
        default=SecretStr(""), description="lets visitors from other machines in; 32+ characters; empty: none"
    )
    secret: SecretStr = Field(default=SecretStr("sandbox"), description="each account's signing key derives from it")
    seed: int = Field(default=0, description="makes the random choices of faults repeatable")
    data: Path | None = Field(default=None, description="folder that keeps the ledger over restarts; none: memory only")
    tunables: Tunables = Field(default_factory=Tunables, description="timings and habits at the start")
