"""`python -m ai_responder`"""

from ai_responder.settings import Settings
from ai_responder.wiring import build
from shared.service.process import run

if __name__ == "__main__":
    run(build, Settings())
