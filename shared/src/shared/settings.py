"""The variables that every process understands. Read in `__main__` only; nothing else reads the environment.

A value that cannot work is refused here, with a sentence that names the variable: `read` ends the process with it.
"""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

EMBEDDED = "embedded:"


def _http_address(text: str) -> str:
    """Empty, or http(s) with a host. A scheme that a browser or client would run otherwise is no address."""
    if text:
        parts = urlsplit(text)  # says ValueError
        if parts.scheme not in ("http", "https") or not parts.hostname or any(map(str.isspace, text)):
            raise ValueError("give an address that begins with http:// or https:// and names a host")
        _ = parts.port  # says ValueError beyond 65535
    return text


def _backend(*schemes: str) -> AfterValidator:
    def check(text: str) -> str:
        if not text.startswith(schemes):
            # The value itself may hold a password: only the schemes are named.
            raise ValueError(f"begin it with {' or '.join(schemes)}")
        if not text.startswith(EMBEDDED) and not urlsplit(text).hostname:
            raise ValueError("name the host of the server after the //")
        return text

    return AfterValidator(check)


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def is_loopback(host: str) -> bool:
    """Whether this host name or address can be reached from this machine only."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


HttpAddress = Annotated[str, AfterValidator(_http_address)]


def _addresses(text: str) -> str:
    """Nothing that uvicorn would pass over in silence: a name, a network with host bits, a star within a list."""
    if text.strip() != "*":
        for entry in filter(None, map(str.strip, text.split(","))):
            ipaddress.ip_network(entry)  # says ValueError
    return text


class PlatformSettings(BaseSettings):
    """Environment first, then a `.env` file; an explicit value always wins."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    broker_url: Annotated[str, _backend(EMBEDDED, "amqp://", "amqps://")] = Field(
        default=EMBEDDED, description="embedded:, or amqp://user:pass@host/vhost for RabbitMQ"
    )
    database_url: Annotated[str, _backend(EMBEDDED, "mongodb://", "mongodb+srv://")] = Field(
        default="embedded:./data", description="embedded:FOLDER, or mongodb://…"
    )
    host: str = Field(default="127.0.0.1", description="address the HTTP server binds")
    port: int = Field(default=8080, ge=0, le=65535, description="port of the HTTP server")
    forwarded_allow_ips: Annotated[str, AfterValidator(_addresses)] = Field(
        default="127.0.0.1",
        description="proxies whose X-Forwarded-For and -Proto are believed: addresses and networks, by comma; *: any",
    )
    public_url: HttpAddress = Field(
        default="", description="where the carrier reaches us; default http://127.0.0.1:PORT"
    )
    internal_url: HttpAddress = Field(
        default="",
        description="where services reach each other; {service} stands for the service's name; default as public_url",
    )
    admin_token: SecretStr = Field(default=SecretStr(""), description="opens /api/accounts/tenants…; 32+ characters")
    secret_key: SecretStr = Field(default=SecretStr(""), description="signs and encrypts; 32+ characters; a,b rotates")
    telnyx_api_base: HttpAddress = Field(default="", description="carrier API for connections without their own")
    openai_api_key: SecretStr = Field(default=SecretStr(""), description="key of the model endpoint")
    openai_base_url: HttpAddress = Field(default="", description="any OpenAI-compatible endpoint")
    openai_model: str = Field(default="", description="default model")
    sandbox: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="pretend carrier, model and phone; auto: only on this machine's own addresses, nothing real set",
    )
    parley_commit: str = Field(
        default="", max_length=80, description="the commit this was built of, for the operator's page; images set it"
    )
    demo: Literal["on", "off"] = Field(
        default="on", description="the sandbox's demo tenant of make run; off: begin at /setup with the sandbox"
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = Field(
        default="info", description="debug, info, warning, error"
    )
    log_format: Annotated[Literal["console", "json"], BeforeValidator(_lower)] = Field(
        default="console", description="console or json"
    )
    publish_former_versions: bool = Field(
        default=False,
        description="publish events in their former version too, for readers of yours that do not know today's yet",
    )
    otel_exporter_otlp_endpoint: HttpAddress = Field(
        default="",
        description="OTLP/HTTP collector for traces, e.g. http://localhost:4318; empty: none; other OTEL_* count too",
    )
    otel_exporter_otlp_traces_endpoint: HttpAddress = Field(
        default="", description="the same as a whole address, …/v1/traces; wins"
    )

    @property
    def local_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_base(self) -> str:
        """Every address of the pretend carrier and model begins with this."""
        return f"{self.local_url}/sandbox/"

    @property
    def public_base(self) -> str:
        return (self.public_url or self.local_url).rstrip("/")

    @property
    def telnyx_base(self) -> str:
        return (self.telnyx_api_base or "https://api.telnyx.com/v2").rstrip("/")

    @property
    def sandbox_is_on(self) -> bool:
        return self.sandbox == "on" or (self.sandbox == "auto" and not self.against_sandbox)

    @property
    def against_sandbox(self) -> list[str]:
        """The variables that point beyond this machine or to something real. With one of them set, `auto` cannot know
        whether a pretend carrier and model are wanted."""
        real = {
            "TELNYX_API_BASE": self.telnyx_api_base,
            "OPENAI_API_KEY": self.openai_api_key.get_secret_value(),
            "OPENAI_BASE_URL": self.openai_base_url,
            "HOST": "" if is_loopback(self.host) else self.host or "every address",
            "PUBLIC_URL": "" if is_loopback(urlsplit(self.public_base).hostname or "") else self.public_url,
        }
        return [name for name, value in real.items() if value]

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


T = TypeVar("T", bound=BaseSettings)


def read(settings: type[T], **given: Any) -> T:
    """The settings from environment and `.env`. Ends the process with one line if a value cannot work."""
    try:
        return settings(**given)
    except ValidationError as error:
        raise SystemExit(f"Cannot start: {explain(error, settings)}") from None


def explain(error: ValidationError, settings: type[BaseSettings]) -> str:
    """One sentence per wrong variable. Never the value itself: it may hold a password."""
    prefix = str(settings.model_config.get("env_prefix", ""))
    wrong = ((".".join(map(str, each["loc"])), each["msg"].removeprefix("Value error, ")) for each in error.errors())
    return "; ".join(f"{(prefix + name).upper()} cannot be used: {why}" for name, why in wrong)
