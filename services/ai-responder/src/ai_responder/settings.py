"""Environment variables of ai-responder, besides those that every service has."""

from __future__ import annotations

from pydantic import Field, SecretStr

from shared.settings import PlatformSettings

OPENAI = "https://api.openai.com/v1"
OPENAI_DEFAULT_MODEL = "gpt-4o-mini"


class Settings(PlatformSettings):
    model_calls_at_once: int = Field(default=32, ge=1, description="model calls under way in one process")
    model_calls_per_tenant: int = Field(default=8, ge=1, description="the most of these for one tenant")
    model_timeout_seconds: float = Field(default=30.0, gt=0, description="time-out of one model call")
    model_tries: int = Field(default=3, ge=1, description="model calls in a row before a run is put off")

    embeddings_model: str = Field(
        default="",
        description="model for embeddings, by which knowledge is also found where the words differ; empty: words only",
    )
    embeddings_base_url: str = Field(
        default="", description="OpenAI-compatible server of that model; empty: the same as OPENAI_BASE_URL"
    )
    embeddings_api_key: SecretStr = Field(
        default=SecretStr(""), description="its key; empty: OPENAI_API_KEY, if the server is the same"
    )

    @property
    def embeddings_endpoint(self) -> tuple[str, str, str] | None:
        """Address, key and model; None without a model, and with one but without a server."""
        if not self.embeddings_model:
            return None
        if self.embeddings_base_url:
            return self.embeddings_base_url, self.embeddings_api_key.get_secret_value() or "none", self.embeddings_model
        endpoint = self.model_endpoint
        return (endpoint[0], endpoint[1], self.embeddings_model) if endpoint else None

    @property
    def model_endpoint(self) -> tuple[str, str, str] | None:
        """Address, key and default model; None if no model is configured and the sandbox is off."""
        key = self.openai_api_key.get_secret_value()
        if key or self.openai_base_url:
            return self.openai_base_url or OPENAI, key or "none", self.openai_model or OPENAI_DEFAULT_MODEL
        if self.sandbox_is_on:
            return f"{self.sandbox_base}openai/v1", "sandbox", self.openai_model or "sandbox"
        return None

    @property
    def model_only_for_carrier(self) -> str:
        """The model answers only numbers at a carrier with an address that begins so. Empty: all numbers."""
        endpoint = self.model_endpoint
        return self.sandbox_base if endpoint and endpoint[0].startswith(self.sandbox_base) else ""
