"""`python -m conversation`: this service alone, on real servers."""

from conversation.settings import Settings
from conversation.wiring import build
from shared.service.process import run
from shared.settings import read

if __name__ == "__main__":
    run(build, read(Settings))
