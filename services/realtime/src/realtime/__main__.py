"""`python -m realtime`: this service in a process of its own."""

from realtime.settings import Settings
from realtime.wiring import build
from shared.service.process import run
from shared.settings import read

if __name__ == "__main__":
    run(build, read(Settings))
