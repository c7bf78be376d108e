"""A pretend outside world: a Telnyx, an OpenAI-compatible model and a phone, so that Parley runs with no account.

It imports `shared` and no service. Services reach it over HTTP only, exactly as they would reach the real ones.
"""

from sandbox.settings import SandboxSettings, Tunables
from sandbox.wiring import Sandbox, build

__all__ = ["Sandbox", "SandboxSettings", "Tunables", "build"]
