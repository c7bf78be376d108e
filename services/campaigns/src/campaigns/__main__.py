"""`python -m campaigns`"""

from campaigns.settings import Settings
from campaigns.wiring import build
from shared.service.process import run
from shared.settings import read

if __name__ == "__main__":
    run(build, read(Settings))
