"""`python -m accounts`: this service alone, on RabbitMQ and MongoDB."""

from __future__ import annotations

from accounts.settings import Settings
from accounts.wiring import build
from shared.service.process import run

if __name__ == "__main__":
    run(build, Settings())
