"""`python -m ai_responder`"""

from ai_responder.settings import Settings
from ai_responder.wiring import build
from shared.service.process import run
from shared.settings import read

if __name__ == "__main__":
    run(build, read(Settings))
