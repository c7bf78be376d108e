"""The variables every process understands. Built in `__main__` only; nothing else reads the environment."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

EMBEDDED = "embedded:"
_ADDRESS = r"^(https?://\S+)?$"


def _addresses(text: str) -> str:
    """Nothing that uvicorn would pass over in silence: a name, a network with host bits, a star within a list."""
    if text.strip() != "*":
        for entry in filter(None, map(str.strip, text.split(","))):
            ipaddress.ip_network(entry)  # says ValueError
    return text


class PlatformSettings(BaseSettings):
    """Environment first, then a `.env` file; an explicit value always wins."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    broker_url: str = Field(default=EMBEDDED, description="embedded:, or amqp://user:pass@host/vhost for RabbitMQ")
    database_url: str = Field(default="embedded:./data", description="embedded:FOLDER, or mongodb://…")
    host: str = Field(default="127.0.0.1", description="address the HTTP server binds")
    port: int = Field(default=8080, ge=0, le=65535, description="port of the HTTP server")
    forwarded_allow_ips: Annotated[str, AfterValidator(_addresses)] = Field(
        default="127.0.0.1",
        description="proxies whose X-Forwarded-For and -Proto are believed: addresses and networks, by comma; *: any",
    )
    public_url: str = Field(default="", description="where the carrier reaches us; default http://127.0.0.1:PORT")
    internal_url: str = Field(
        default="",
        description="where services reach each other; {service} stands for the service's name; default as public_url",
    )
    admin_token: SecretStr = Field(default=SecretStr(""), description="opens /api/accounts/tenants…; 32+ characters")
    secret_key: SecretStr = Field(default=SecretStr(""), description="signs and encrypts; 32+ characters; a,b rotates")
    telnyx_api_base: str = Field(default="", description="carrier API for connections without their own")
    openai_api_key: SecretStr = Field(default=SecretStr(""), description="key of the model endpoint")
    openai_base_url: str = Field(default="", description="any OpenAI-compatible endpoint")
    openai_model: str = Field(default="", description="default model")
    sandbox: Literal["auto", "on", "off"] = Field(
        default="auto", description="pretend carrier, model and phone; auto: in make run without a real one"
    )
    log_level: str = Field(default="info", description="debug, info, warning, error")
    log_format: Literal["console", "json"] = Field(default="console", description="console or json")
    otel_exporter_otlp_endpoint: str = Field(
        default="",
        pattern=_ADDRESS,
        description="OTLP/HTTP collector for traces, e.g. http://localhost:4318; empty: none; other OTEL_* count too",
    )
    otel_exporter_otlp_traces_endpoint: str = Field(
        default="", pattern=_ADDRESS, description="the same as a whole address, …/v1/traces; wins"
    )

    @property
    def local_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def public_base(self) -> str:
        return (self.public_url or self.local_url).rstrip("/")

    @property
    def telnyx_base(self) -> str:
        return (self.telnyx_api_base or "https://api.telnyx.com/v2").rstrip("/")

    @property
    def sandbox_is_on(self) -> bool:
        outside = bool(self.telnyx_api_base or self.openai_api_key.get_secret_value())
        return self.sandbox == "on" or (self.sandbox == "auto" and not outside)

    @property
    def traces_endpoint(self) -> str:
        """Where spans are posted, or "": no tracing."""
        base = self.otel_exporter_otlp_endpoint.rstrip("/")
        return self.otel_exporter_otlp_traces_endpoint or (f"{base}/v1/traces" if base else "")

    def internal_base(self, service: str) -> str:
        return (self.internal_url or self.local_url).replace("{service}", service).rstrip("/")

    @property
    def data_folder(self) -> Path | None:
        """The embedded mode's folder, or None if the database is a server."""
        if self.database_url.startswith(EMBEDDED):
            return Path(self.database_url.removeprefix(EMBEDDED) or "./data")
        return None
