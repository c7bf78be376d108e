"""The sandbox's model answers the sandbox's numbers, and never a customer of a real carrier."""

from __future__ import annotations

import httpx2
import pytest
from responder_world import NOON

from ai_responder.model_reach import REMEMBERED_SECONDS, ModelReach
from ai_responder.settings import Settings
from shared.clock import ManualClock
from shared.errors import Unavailable
from shared.internal.client import InternalClient
from shared.keyring import Keyring

SANDBOX = "http://127.0.0.1:8080/sandbox/"
REAL = "https://api.telnyx.com/v2"
ROWS = {
    "/internal/accounts/numbers/+13125550100": {"connection_id": "con_demo"},
    "/internal/accounts/numbers/+13125550101": {"connection_id": "con_real"},
    "/internal/accounts/numbers/+13125550102": {"connection_id": "con_default"},
    "/internal/accounts/numbers/+13125550103": {"connection_id": None},
    "/internal/accounts/connections/con_demo": {"api_base": f"{SANDBOX}telnyx/v2"},
    "/internal/accounts/connections/con_real": {"api_base": REAL},
    "/internal/accounts/connections/con_default": {"api_base": None},
}


class Accounts:
    def __init__(self) -> None:
        self.asked: list[str] = []
        self.away = False
        self.clock = ManualClock(NOON)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request.url.path)
        if self.away:
            raise httpx2.ConnectError("away")
        row = ROWS.get(request.url.path)
        return httpx2.Response(200, json=row) if row else httpx2.Response(404)

    def reach(self, only: str, default: str = REAL) -> ModelReach:
        internal = InternalClient(Keyring("s" * 32), self.clock, lambda _: "http://inside", httpx2.MockTransport(self))
        return ModelReach(internal, only, default, self.clock)


@pytest.mark.parametrize(
    ("number", "answered"),
    [
        ("+13125550100", True),
        ("+13125550101", False),
        ("+13125550102", False),
        ("+13125550103", False),
        ("+13125550999", False),
    ],
    ids=["sandbox", "real", "the default carrier", "without connection", "unknown"],
)
async def test_the_pretend_model_answers_only_the_sandboxs_numbers(number: str, answered: bool) -> None:
    assert await Accounts().reach(SANDBOX).covers(number) is answered


async def test_a_real_model_answers_all_numbers_and_asks_nobody() -> None:
    accounts = Accounts()
    assert await accounts.reach("").covers("+13125550101")
    assert accounts.asked == []


async def test_an_answer_is_remembered_for_a_while_and_no_longer() -> None:
    accounts = Accounts()
    reach = accounts.reach(SANDBOX)
    assert await reach.covers("+13125550100")
    assert await reach.covers("+13125550100")
    assert len(accounts.asked) == 2
    accounts.clock.advance(REMEMBERED_SECONDS + 1)
    assert await reach.covers("+13125550100")
    assert len(accounts.asked) == 4


async def test_while_accounts_is_away_the_run_waits() -> None:
    accounts = Accounts()
    accounts.away = True
    with pytest.raises(Unavailable):
        await accounts.reach(SANDBOX).covers("+13125550100")


def test_the_limit_follows_from_the_models_address() -> None:
    def settings(**given: str) -> Settings:
        return Settings(_env_file=None, **given)  # pyright: ignore[reportCallIssue, reportArgumentType]

    assert settings().model_only_for_carrier == SANDBOX
    assert settings(openai_base_url=f"{SANDBOX}openai/v1").model_only_for_carrier == SANDBOX
    assert settings(openai_api_key="sk-1").model_only_for_carrier == ""
    assert settings(openai_base_url="http://127.0.0.1:11434/v1").model_only_for_carrier == ""
