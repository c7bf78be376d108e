"""`python -m accounts`: this service alone, on RabbitMQ and MongoDB."""

from __future__ import annotations

from accounts.settings import Settings
from accounts.wiring import build
from shared.service.process import run
from shared.settings import read


def main() -> None:
    settings = read(Settings)
    if not settings.admin_token.get_secret_value():
        raise SystemExit(
            "Set ADMIN_TOKEN (32 characters or more; make one with: openssl rand -hex 32): without it no "
            "tenant can be opened."
        )
    run(build, settings)


if __name__ == "__main__":
    main()
