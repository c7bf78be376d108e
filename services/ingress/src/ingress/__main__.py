"""`python -m ingress`: this service alone, on RabbitMQ and MongoDB."""

from __future__ import annotations

from ingress.settings import Settings
from ingress.wiring import build
from shared.service.process import run
from shared.settings import read

if __name__ == "__main__":
    run(build, read(Settings))
